"""街道办: disputes, participation points, surveys and readiness."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.families import OUTSIDER
from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, mention, repeat_some, tell_ends, told
from pipelines.city.happenings.disputes import draw_disputes
from pipelines.city.happenings.standing import draw_readiness, draw_surveys
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import has_phone, kin_columns, write_names, write_phones

RESPONSE_UNTOLD_SHARE = 0.06
DAY_FORMS = {"dashed": 0.5, "slashed": 0.25, "serial": 0.12, "dotted": 0.08, "chinese": 0.05}


def dispute_rows(world: World) -> FeedRows:
    """Return disputes with how they were found, where, and how they ended; those that end later come again."""
    rng = world.rng("street_office_disputes")
    disputes = draw_disputes(world)
    size, place = len(disputes), disputes["place"].to_numpy()
    habits = world.habits("street_office")
    written = write_addresses(rng, world.places, place, habits.address, habits.formal)
    untold = pl.Series(rng.random(size) < RESPONSE_UNTOLD_SHARE)
    told = disputes.select(
        pl.format("JF{}", (pl.col("record") + 1).cast(pl.String).str.zfill(7)).alias("编号"),
        write_dates(rng, disputes["at"].dt.date(), DAY_FORMS).alias("受理日期"),
        pl.col("origin").alias("来源"),
        pl.col("kind").alias("纠纷类型"),
        written["text"].alias("发生地址"),
        pl.when("success").then(pl.lit("成功")).otherwise(pl.lit("不成功")).alias("调解结果"),
        write_dates(rng, disputes["closed_on"], DAY_FORMS).alias("办结日期"),
        choice(rng, ["社区居委会", "派出所", "司法所", "街道综治中心"], size).alias("响应部门"),
        pl.when(~untold).then(pl.col("minutes").cast(pl.String)).otherwise(pl.lit("")).alias("响应时长(分钟)"),
        pl.col("record").alias("_record"),
        "night",
        "told_night",
    ).with_columns(*address_truth("location", written))
    frame = tell_ends(told, world.nights, {"调解结果": "调解中", "办结日期": None})
    return FeedRows("street_office", "disputes", repeat_some(rng, frame, habits.repeated_rows), full=False)


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
            "_happened_on": day,
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
    """Return survey counts: five quarters on night 0, then one community a night; by a calendar all every quarter."""
    rng = world.rng("street_office_surveys")
    surveys = _with_community(world, draw_surveys(world))
    frame = surveys.select(
        pl.format("DC2026{}", pl.col("survey").cast(pl.String).str.zfill(5)).alias("调查编号"),
        write_dates(rng, surveys["day"], {"dashed": 1.0}).alias("调查日期"),
        pl.col("community").alias("社区"),
        pl.col("question").alias("题目"),
        pl.col("sampled").cast(pl.String).alias("样本数"),
        pl.col("positive").cast(pl.String).alias("满意人数"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("_record"),
        *lifetime(len(surveys), surveys["night"]),
    )
    return FeedRows("street_office", "surveys", frame, full=False)


def readiness_rows(world: World) -> FeedRows:
    """Return plans, stocks, drills and devices of each community, those of former registers too (`_from` below 0)."""
    rng = world.rng("street_office_readiness")
    entries = _with_community(world, draw_readiness(world))
    frame = entries.select(
        pl.col("community").alias("社区"),
        pl.col("kind").alias("类别"),
        pl.col("name").alias("名称"),
        pl.col("required").cast(pl.String).alias("应有数"),
        pl.col("actual").cast(pl.String).alias("实有数"),
        write_dates(rng, entries["checked"], {"dashed": 0.7, "slashed": 0.3}).alias("检查日期"),
        pl.when("realistic").then(pl.lit("是")).otherwise(pl.lit("否")).alias("是否实战化"),
        pl.col("record").alias("_record"),
        *lifetime(len(entries), entries["from_night"], entries["to_night"]),
    )
    return FeedRows("street_office", "readiness", frame, full=True)


def _with_community(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.join(
        world.places.communities.select("community_id", "community"),
        on="community_id",
        how="left",
        maintain_order="left",
    )
