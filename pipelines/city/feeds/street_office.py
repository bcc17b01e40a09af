"""街道办: disputes, participation points, surveys and readiness."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.families import OUTSIDER
from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, mention, repeat_some, told
from pipelines.city.feeds.scenes import draw_scenes
from pipelines.city.life import FOREVER
from pipelines.city.world import World
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import has_phone, kin_columns, write_names, write_phones

DAY_FORMS = {"dashed": 0.5, "slashed": 0.25, "serial": 0.12, "dotted": 0.08, "chinese": 0.05}
QUESTIONS = ["治安满意度", "夜间出行安全感", "应急响应速度", "机制知晓", "自救互救技能掌握"]
READINESS = [
    ("预案", "火灾应急预案"),
    ("物资", "灭火器"),
    ("物资", "应急照明"),
    ("演练", "疏散演练"),
    ("监控点位", "视频监控"),
    ("智能设备", "烟感"),
    ("社会组织", "平安志愿者队"),
]


def dispute_rows(world: World) -> FeedRows:
    """Return disputes with how they were found, where, and how they ended."""
    rng = world.rng("street_office_disputes")
    scenes = draw_scenes(world, rng, "street_office", per_resident_year=0.012)
    size = len(scenes)
    received = scenes["at"].dt.date()
    outcome = choice(rng, ["成功", "不成功", "调解中"], size, [0.68, 0.17, 0.15])
    days = rng.gamma(2, 5, size).astype(np.int64)
    closed = pl.Series(received.to_numpy() + days.astype("timedelta64[D]"))
    open_now = (outcome == "调解中") | (closed >= world.start)
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, size)
    frame = pl.DataFrame(
        {
            "编号": [f"JF{n:07d}" for n in range(1, size + 1)],
            "受理日期": write_dates(rng, received, DAY_FORMS),
            "来源": choice(rng, ["主动排查", "群众反映", "12345热线", "警情移交"], size, [0.45, 0.25, 0.18, 0.12]),
            "纠纷类型": choice(
                rng, ["邻里", "物业", "家庭", "劳资", "房产", "其他"], size, [0.3, 0.22, 0.2, 0.1, 0.1, 0.08]
            ),
            "发生地址": scenes["text"],
            "调解结果": pl.DataFrame({"o": outcome, "n": open_now}).select(
                pl.when("n").then(pl.lit("调解中")).otherwise("o").alias("o")
            )["o"],
            "办结日期": empty.zip_with(open_now, write_dates(rng, closed, DAY_FORMS)),
            "响应部门": choice(rng, ["社区居委会", "派出所", "司法所", "街道综治中心"], size),
            "响应时长(分钟)": np.where(
                rng.random(size) < 0.06, "", rng.gamma(2, 20, size).astype(np.int64).astype("U5")
            ).tolist(),
            "_record": np.arange(size),
        }
    ).with_columns(*lifetime(size, scenes["night"]), *address_truth("location", scenes))
    return FeedRows(
        "street_office", "disputes", repeat_some(rng, frame, world.habits("street_office").repeated_rows), full=False
    )


def participation_rows(world: World) -> FeedRows:
    """Return entries of volunteers: a name, mostly a phone, and nothing else about them."""
    rng = world.rng("street_office_participation")
    people = world.residents_at_start().filter(
        pl.col("place").is_not_null() & (pl.col("age") > 18) & (pl.col("age") < 76)
    )
    active = people.filter(pl.Series(rng.random(len(people)) < 0.08))
    if world.habits("street_office").clerks is not None:
        active = _with_outsiders(world, rng, active)
    counts = [len(active) * 3, *(max(3, len(active) // 30) for _ in range(1, world.nights))]
    night = np.repeat(np.arange(world.nights), counts)
    size = len(night)
    chosen = active[rng.integers(0, len(active), size)]
    who = chosen["person"].to_numpy()
    habits = world.habits("street_office")
    day = np.datetime64(world.start, "D") + (night - np.where(night == 0, rng.integers(1, 180, size), 1)).astype(
        "timedelta64[D]"
    )
    phones = write_phones(rng, world.persons[who], kin_columns(world.persons, who)[1], habits.phone)
    community = _communities(world, rng, chosen)
    days = write_dates(rng, pl.Series(day), {"compact": 0.6, "dashed": 0.4})
    activity = choice(rng, ["巡逻", "调解", "演练", "宣传", "隐患上报"], size)
    names = write_names(rng, world.persons[who], habits.name, role="participant")
    frame = pl.DataFrame(
        {
            "流水号": [f"PA{n:09d}" for n in range(1, size + 1)],
            "日期": days,
            "社区": community,
            "活动类型": activity,
            "姓名": names["text"],
            "手机号": phones["text"],
            "积分": choice(rng, ["1", "2", "5", "10"], size),
            "_record": np.arange(size),
        }
    ).with_columns(
        *lifetime(size, pl.Series(night)),
        *mention(
            "participant",
            chosen["person"],
            1,
            ~has_phone(phones),
            damage=told(name=names["damage"], phone=phones["damage"]),
        ),
    )
    return FeedRows("street_office", "participation", repeat_some(rng, frame, habits.repeated_rows), full=False)


def _with_outsiders(world: World, rng: np.random.Generator, active: pl.DataFrame) -> pl.DataFrame:
    """Add volunteers who live elsewhere, about one in sixteen; their place is null."""
    outside = world.persons.filter(pl.col("role") == OUTSIDER)
    chosen = outside[np.sort(rng.permutation(len(outside))[: len(active) // 15])]
    place = pl.lit(None, dtype=active.schema["place"]).alias("place")
    return pl.concat([active, chosen.with_columns(place).select(active.columns)])


def _communities(world: World, rng: np.random.Generator, chosen: pl.DataFrame) -> pl.Series:
    """Return the community of each volunteer's home; outsiders help anywhere."""
    own = world.places.register["community"].gather(chosen["place"])
    if not own.null_count():
        return own
    names = world.places.communities["community"]
    return own.fill_null(names.gather(rng.integers(0, len(names), len(own))))


def survey_rows(world: World) -> FeedRows:
    """Return survey counts: all communities on night 0, then one community a night; by a calendar all every quarter."""
    rng = world.rng("street_office_surveys")
    communities = world.places.communities["community"].to_list()
    rounds = [(0, c) for c in communities] + [(n, communities[n % len(communities)]) for n in range(1, world.nights)]
    if world.calendar is not None:
        rounds = [(n, c) for n in world.delivery_nights("street_office_surveys") for c in communities]
    rows = [
        (f"DC2026{i:05d}", night, community, question)
        for i, (night, community) in enumerate(rounds)
        for question in QUESTIONS
    ]
    size = len(rows)
    sampled = rng.integers(40, 220, size)
    positive = rng.binomial(sampled, rng.beta(14, 4, size))
    frame = pl.DataFrame(rows, schema=["调查编号", "_from", "社区", "题目"], orient="row")
    night = frame["_from"].to_numpy()
    day = np.datetime64(world.start, "D") + (night - rng.integers(1, 20, size)).astype("timedelta64[D]")
    frame = frame.select(
        "调查编号",
        write_dates(rng, pl.Series(day), {"dashed": 1.0}).alias("调查日期"),
        "社区",
        "题目",
        pl.Series("样本数", sampled.astype("U5").tolist()),
        pl.Series("满意人数", positive.astype("U5").tolist()),
        pl.Series("_record", np.arange(size)),
        pl.col("_from").cast(pl.Int64),
        pl.lit(FOREVER, dtype=pl.Int64).alias("_to"),
    )
    return FeedRows("street_office", "surveys", frame, full=False)


def readiness_rows(world: World) -> FeedRows:
    """Return plans, stocks, drills and devices of each community; on a later night a few counts have been put right."""
    rng = world.rng("street_office_readiness")
    communities = world.places.communities["community"].to_list()
    rows = [(community, kind, name) for community in communities for kind, name in READINESS]
    size = len(rows)
    required = rng.integers(2, 20, size)
    actual = np.minimum(required, rng.binomial(required, 0.75))
    checked = np.datetime64(world.start, "D") - rng.integers(1, 60, size).astype("timedelta64[D]")
    better = pl.Series(rng.random(size) < 0.05)
    night = pl.Series(rng.integers(1, max(2, world.nights), size))
    base = pl.DataFrame(rows, schema=["社区", "类别", "名称"], orient="row").with_columns(
        pl.Series("应有数", required.astype("U4").tolist()),
        pl.Series("实有数", actual.astype("U4").tolist()),
        write_dates(rng, pl.Series(checked), {"dashed": 0.7, "slashed": 0.3}).alias("检查日期"),
        choice(rng, ["是", "否"], size, [0.4, 0.6]).alias("是否实战化"),
        pl.Series("_record", np.arange(size)),
        *lifetime(size, 0, pl.Series(np.where(better, night, FOREVER))),
    )
    after = base.filter(better).with_columns(
        pl.col("应有数").alias("实有数"), pl.col("_to").alias("_from"), pl.lit(FOREVER, dtype=pl.Int64).alias("_to")
    )
    return FeedRows("street_office", "readiness", pl.concat([base, after]).sort("_record", "_from"), full=True)
