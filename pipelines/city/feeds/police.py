"""公安: the address register, the residents and the incidents."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.families import CHILD, FATHER, HEAD, MOTHER, OUTSIDER, SPOUSE
from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, mention, repeat_some
from pipelines.city.feeds.scenes import draw_scenes
from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.people import FOREIGN
from pipelines.city.words import places as words
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates, write_instants
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import kin_columns, write_names, write_numbers, write_phones

RENAMED_TO = "云溪大道"
REGISTERED_SHARE, REGISTERED_SHARE_MIGRANT = 0.985, 0.86
CORRECTION_RATE = 0.002
_RELATIONS = {HEAD: "02", SPOUSE: "10", CHILD: "20", FATHER: "51", MOTHER: "52"}
CATEGORIES = [
    "盗窃",
    "入室盗窃",
    "电信网络诈骗",
    "抢劫",
    "打架斗殴",
    "家庭纠纷",
    "邻里纠纷",
    "噪音扰民",
    "火灾",
    "走失",
    "其他",
]
CATEGORY_WEIGHTS = [0.12, 0.03, 0.13, 0.005, 0.06, 0.12, 0.14, 0.2, 0.02, 0.02, 0.155]
_CRIMES, _PETTY = ("入室盗窃", "电信网络诈骗", "抢劫"), ("盗窃", "打架斗殴")


def address_rows(world: World) -> FeedRows:
    """Return the register; on night 1 one road has a new name and its old one among the aliases."""
    r = world.places.register
    renamed = renamed_road(world)
    known = [
        pl.when("nickname_known").then("nickname"),
        pl.when("old_road_known").then("old_road"),
    ]
    text = pl.col
    base = r.select(
        text("address_code").alias("地址编码"), text("province").alias("省"), text("city").alias("市"),
        text("district").alias("区县"), text("street").alias("街道"), text("community").alias("社区"),
        text("road").alias("街路巷"), text("house_number").alias("门牌号"), text("estate").alias("小区"),
        text("building").alias("楼栋"), text("unit").alias("单元"), text("floor").cast(pl.String).alias("楼层"),
        text("room").alias("户室"), text("lon").cast(pl.String).alias("经度"), text("lat").cast(pl.String).alias("纬度"),
        pl.concat_str(*known, separator="、", ignore_nulls=True).alias("别名"), pl.lit("在用").alias("状态"),
        pl.col("place").alias("_record"),
    ).with_columns(*lifetime(len(r)))  # fmt: skip
    if renamed is None:
        return FeedRows("police", "addresses", base, full=True)
    touched = pl.col("街路巷") == renamed
    before = base.with_columns(pl.when(touched).then(1).otherwise(FOREVER).cast(pl.Int64).alias("_to"))
    alias = pl.concat_str(
        pl.when(pl.col("别名") != "").then("别名"), pl.lit(renamed), separator="、", ignore_nulls=True
    )
    after = base.filter(touched).with_columns(
        pl.lit(RENAMED_TO).alias("街路巷"), alias.alias("别名"), pl.lit(1, dtype=pl.Int64).alias("_from")
    )
    return FeedRows("police", "addresses", pl.concat([before, after]).sort("_record", "_from"), full=True)


def renamed_road(world: World) -> str | None:
    """Return the name of the road that is renamed on night 1, null where there is only one night."""
    if world.nights < 2:
        return None
    roads = world.places.roads.filter(pl.col("old_road").is_null())["road"]
    return None if roads.is_empty() else str(roads[len(roads) // 2])


def resident_rows(world: World) -> FeedRows:
    """Return residents: all on night 0, then who moved, was born, died, married in, was corrected or got a new phone."""
    rng = world.rng("police_residents")
    records = _records(world, rng)
    versions = _versions(world, rng, records)
    who = versions["person"].to_numpy()
    habits = world.habits("police")
    own = _stable_texts(world, rng, records)
    residence = write_addresses(rng, world.places, versions["place"].to_numpy(), habits.address, habits.formal)
    frame = versions.join(own, on="record", how="left", maintain_order="left")
    corrected = pl.col("reason") == "correction"
    people = world.persons[who]
    updated = _updated(world, rng, frame)
    status = pl.when(pl.col("reason") == "death").then(pl.lit("死亡")).otherwise(pl.lit("正常"))
    frame = frame.with_columns(
        updated.alias("更新时间"),
        residence["text"].alias("居住地址"),
        people["name"].alias("true_name"),
        people["id_number"].alias("true_number"),
    )
    frame = frame.with_columns(
        pl.when(corrected).then("true_name").otherwise("姓名").alias("姓名"),
        pl.when(corrected).then("true_number").otherwise("公民身份号码").alias("公民身份号码"),
        pl.when(pl.col("reason") == "phone").then("new_mobile").otherwise("联系电话").alias("联系电话"),
        status.alias("人员状态"),
    )
    damage = pl.when(corrected).then(pl.lit("none")).otherwise("_number_damage")
    frame = frame.with_columns(damage.alias("_number_damage"))
    headers = ["人员编号", "姓名", "曾用名", "性别代码", "公民身份号码", "出生日期", "户号", "与户主关系", "户籍地址", "居住地址",
               "居住类别", "联系电话", "登记日期", "更新时间", "人员状态"]  # fmt: skip
    truth = [c for c in frame.columns if c.startswith("_")]
    out = frame.select(
        *headers, *truth, pl.col("record").alias("_record"), pl.col("night").alias("_from")
    ).with_columns(
        *address_truth("residence", residence),
        *mention("self", versions["person"], number_damage=frame["_number_damage"]),
        pl.lit(FOREVER, dtype=pl.Int64).alias("_to"),
    )
    return FeedRows("police", "residents", repeat_some(rng, out, habits.repeated_rows), full=False)


def _records(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row a register record (record, person, place): some people are not registered, some twice."""
    habits = world.habits("police")
    spells = world.people.spells.unique("person", keep="first", maintain_order=True).sort("person")
    migrant = world.persons["migrant"].to_numpy()[spells["person"].to_numpy()]
    chance = np.where(migrant, REGISTERED_SHARE_MIGRANT, REGISTERED_SHARE)
    listed = spells.filter(pl.Series(rng.random(len(spells)) < chance))
    second = listed.filter(pl.Series(rng.random(len(listed)) < habits.second_record))
    homes = world.places.homes
    second = second.with_columns(pl.Series("place", homes[rng.integers(0, len(homes), len(second))]))
    both = pl.concat(
        [
            listed.with_columns(pl.lit(value=False).alias("second")),
            second.with_columns(pl.lit(value=True).alias("second")),
        ]
    )
    return (
        both.sort("from_night", "place", "person", "second")
        .with_row_index("record")
        .select(pl.col("record").cast(pl.Int64), "person", "place", "second", night=pl.col("from_night"))
    )


def _versions(world: World, rng: np.random.Generator, records: pl.DataFrame) -> pl.DataFrame:
    """One row a version (record, person, place, night, reason, new_mobile), in the order of delivery."""
    habits = world.habits("police")
    base = records.with_columns(pl.lit("base").alias("reason"), pl.lit(None, dtype=pl.String).alias("new_mobile"))
    main = records.filter(~pl.col("second")).select("record", "person", first="night", first_place="place")
    moved = world.people.spells.join(main, on="person", maintain_order="left").filter(
        pl.col("from_night") > pl.col("first")
    )
    moved = moved.select("record", "person", "place", night="from_night").with_columns(pl.lit("move").alias("reason"))
    dead = (
        world.persons.filter(pl.col("died_night") < FOREVER)
        .select("person", night="died_night")
        .join(main, on="person")
    )
    dead = dead.select("record", "person", "night", place="first_place").with_columns(pl.lit("death").alias("reason"))
    late = pl.Series(rng.random(len(moved)) < habits.late)
    moved = moved.with_columns((pl.col("night") + late.cast(pl.Int64)).alias("night")).filter(
        pl.col("night") < world.nights
    )
    phones = (
        world.people.phone_changes.join(main, on="person")
        .select("record", "person", "night", place="first_place", new_mobile="mobile")
        .with_columns(pl.lit("phone").alias("reason"))
    )
    corrections = [
        main.filter(pl.Series(rng.random(len(main)) < CORRECTION_RATE)).select("record", "person", place="first_place")
        .with_columns(pl.lit(night, dtype=pl.Int64).alias("night"), pl.lit("correction").alias("reason"))
        for night in range(1, world.nights)
    ]  # fmt: skip
    columns = ["record", "person", "night", "place", "reason"]
    changes = pl.concat([f.select(columns) for f in (moved, dead, *corrections)] + [phones.select(columns)])
    changes = changes.with_columns(pl.lit(None, dtype=pl.String).alias("new_mobile"))
    changes = (
        changes.join(phones.select("record", "night", mobile="new_mobile"), on=["record", "night"], how="left")
        .with_columns(pl.col("mobile").alias("new_mobile"))
        .drop("mobile")
    )
    latest = changes.sort("record", "night", "reason").unique(["record", "night"], keep="first", maintain_order=True)
    latest = _current_place(world, latest)
    return pl.concat(
        [base.drop("second").select([*columns, "new_mobile"]), latest.select([*columns, "new_mobile"])]
    ).sort("night", "record")


def _current_place(world: World, changes: pl.DataFrame) -> pl.DataFrame:
    """Give a phone change or a correction the place where the person lives that night, as the police knows it."""
    spells = world.people.spells.select("person", "from_night", "to_night", now="place")
    now = changes.join(spells, on="person", how="left").filter(
        (pl.col("from_night") <= pl.col("night")) & (pl.col("night") < pl.col("to_night"))
    )
    now = now.unique(["record", "night"], keep="first", maintain_order=True).select("record", "night", "now")
    return (
        changes.join(now, on=["record", "night"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("now", "place").alias("place"))
        .drop("now")
    )


def _stable_texts(world: World, rng: np.random.Generator, records: pl.DataFrame) -> pl.DataFrame:
    """What a record keeps through its versions: name, number, birth date, registration, as first typed in."""
    habits = world.habits("police")
    who = records["person"].to_numpy()
    people, size = world.persons[who], len(records)
    parent, relative = kin_columns(world.persons, who)
    names = write_names(rng, people, habits.name, "(户主)")
    numbers = write_numbers(rng, people, parent, habits.number)
    phones = write_phones(rng, people, relative, habits.phone)
    hukou = write_addresses(rng, world.places, people["hukou_place"].to_numpy(), habits.address, habits.formal)
    outside = people["hukou_place"].to_numpy() < 0
    outside_text = outside_addresses(rng, people["outside"].to_numpy())
    birth = people["birth"].to_numpy().copy()
    wrong = rng.random(size) < habits.birth_wrong
    birth[wrong] += rng.integers(1, 28, int(wrong.sum())).astype("timedelta64[D]")
    registered = np.datetime64(world.start, "D") - rng.integers(10, 3_000, size).astype("timedelta64[D]")
    registered = np.maximum(registered, people["birth"].to_numpy().astype("datetime64[D]"))
    relation = people["role"].replace_strict(_RELATIONS, default="99", return_dtype=pl.String)
    relation = (
        relation.to_frame("r")
        .with_columns(people["sex"], people["kind"], pl.Series("outside", outside))
        .select(
            pl.when(pl.col("r") == "20")
            .then(pl.when(pl.col("sex") == 1).then(pl.lit("20")).otherwise(pl.lit("30")))
            .otherwise("r")
            .alias("r")
        )["r"]
    )
    house = [f"H{h:09d}" for h in people["household"].to_numpy()]
    kind = np.where(
        people["kind"].to_numpy() == FOREIGN, "境外", np.where(people["migrant"].to_numpy(), "流动", "常住")
    )
    return pl.DataFrame(
        {
            "record": records["record"],
            "人员编号": [f"RY9901{n:09d}" for n in records["record"].to_numpy() * 7 + 3],
            "姓名": names["text"],
            "曾用名": people["former_name"],
            "性别代码": choice(rng, ["x"], size).to_frame("x").select(pl.Series(people["sex"].cast(pl.String)))["sex"],
            "公民身份号码": numbers["text"],
            "出生日期": write_dates(rng, pl.Series(birth), {"compact": 0.8, "dashed": 0.15, "slashed": 0.05}),
            "户号": pl.Series(house).to_frame("h").select(pl.when(~pl.Series(outside)).then("h"))["h"],
            "与户主关系": relation,
            "户籍地址": hukou["text"].zip_with(pl.Series(~outside), outside_text),
            "居住类别": kind.tolist(),
            "联系电话": phones["text"],
            "登记日期": write_dates(rng, pl.Series(registered), {"compact": 0.9, "dashed": 0.1}),
            "_name_damage": names["damage"],
            "_number_damage": numbers["damage"],
        }
    ).with_columns(
        *address_truth("hukou", hukou),
        pl.Series("_a.hukou.outside", np.where(outside, people["outside"].to_numpy(), -1)),
    )


def outside_addresses(rng: np.random.Generator, county: Ints) -> pl.Series:
    """Write registered addresses in other provinces: real divisions down to the county, made-up villages."""
    table = words()
    heads = [province + city + name for _, province, city, name, _ in table["outside"]]
    size = len(county)
    tail = pl.DataFrame(
        {
            "head": pl.Series(heads).gather(county),
            "town": choice(rng, table["outside_towns"], size),
            "village": choice(rng, table["outside_villages"], size),
            "number": pl.Series(rng.integers(1, 200, size)).cast(pl.String),
        }
    )
    return tail.select(pl.concat_str("head", "town", "village", "number", pl.lit("号")).alias("t"))["t"]


def _updated(world: World, rng: np.random.Generator, frame: pl.DataFrame) -> pl.Series:
    """Update time: long ago for the first version, the evening before the delivery for the others."""
    size = len(frame)
    night = frame["night"].to_numpy()
    base = frame["reason"].to_numpy() == "base"
    days_back = np.where(base & (night == 0), rng.integers(1, 900, size), 1)
    instant = (
        np.datetime64(world.start, "s")
        + (night - days_back).astype("timedelta64[D]")
        + rng.integers(8 * 3600, 20 * 3600, size).astype("timedelta64[s]")
    )
    return write_instants(pl.Series(instant.astype("datetime64[us]")))


def incident_rows(world: World) -> FeedRows:
    """Return incidents: a year of history on night 0, then the night's own; each with its four clocks."""
    rng = world.rng("police_incidents")
    scenes = draw_scenes(world, rng, "police", per_resident_year=0.05)
    size = len(scenes)
    category = choice(rng, CATEGORIES, size, CATEGORY_WEIGHTS)
    crime, petty = category.is_in(_CRIMES).to_numpy(), category.is_in(_PETTY).to_numpy()
    nature = np.where(crime, "刑事", np.where(petty, "治安", "非警务"))
    dispatched = rng.integers(1, 4, size)
    arrived = dispatched + rng.gamma(2.5, 3.2, size).astype(np.int64) + 1
    closed = arrived + rng.gamma(1.5, 60, size).astype(np.int64)
    open_case = rng.random(size) < np.where(scenes["night"].to_numpy() > 0, 0.25, 0.02)
    origin = choice(rng, ["群众报警", "主动发现", "预警推送"], size, [0.82, 0.13, 0.05])
    at = scenes["at"]

    def clock(minutes: Ints) -> pl.Series:
        return write_instants(pl.Series((at.to_numpy() + minutes.astype("timedelta64[m]")).astype("datetime64[us]")))

    frame = pl.DataFrame(
        {
            "警情编号": [f"JQ9901{n:09d}" for n in range(1, size + 1)],
            "报警时间": clock(np.zeros(size, dtype=np.int64)),
            "派警时间": clock(dispatched),
            "到场时间": clock(arrived),
            "办结时间": clock(closed).zip_with(pl.Series(~open_case), pl.Series([None], dtype=pl.String).new_from_index(0, size)),
            "警情类别": category,
            "案件性质": nature.tolist(),
            "发生地址": scenes["text"],
            "经度": scenes["lon_text"],
            "纬度": scenes["lat_text"],
            "来源": origin,
            "预警编号": [f"YJ{n:08d}" if o == "预警推送" else None for n, o in enumerate(origin)],
            "处置结果": np.where(open_case, "未办结", choice(rng, ["已处置", "移交", "误报"], size, [0.8, 0.13, 0.07])).tolist(),
            "_record": np.arange(size),
        }
    ).with_columns(*lifetime(size, scenes["night"]), *address_truth("location", scenes))  # fmt: skip
    return FeedRows("police", "incidents", repeat_some(rng, frame, world.habits("police").repeated_rows), full=False)
