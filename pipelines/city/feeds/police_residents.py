"""公安: the residents (实有人口).

A record keeps what was first typed in, and gets a version when something happens.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.error_model import Department
from pipelines.city.families import CHILD, FATHER, HEAD, MOTHER, SPOUSE
from pipelines.city.feeds.rows import FeedRows, address_truth, lose_some_keys, mention, repeat_some, told
from pipelines.city.happenings.arrivals import draw_arrivals
from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.people import FOREIGN
from pipelines.city.unruly import UnrulyErrors
from pipelines.city.words import places as words
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.clerk_births import write_clerk_births, write_clerk_sexes
from pipelines.city.writing.dates import write_dates, write_instants
from pipelines.city.writing.draws import choice
from pipelines.city.writing.outside import with_outside, write_outside
from pipelines.city.writing.persons import kin_columns, write_names, write_numbers, write_phones

REGISTERED_SHARE, REGISTERED_SHARE_MIGRANT = 0.985, 0.86
CORRECTION_RATE = 0.002
BIRTH_FORMS = {"compact": 0.8, "dashed": 0.15, "slashed": 0.05}
_RELATIONS = {HEAD: "02", SPOUSE: "10", CHILD: "20", FATHER: "51", MOTHER: "52"}


def resident_rows(world: World) -> FeedRows:
    """Return residents: all on night 0, then who moved, was born, died, was corrected or got a new phone."""
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
    fresh = pl.col("reason") == "phone"
    frame = frame.with_columns(
        *(pl.when(corrected).then(pl.lit("none")).otherwise(c).alias(c) for c in ("_number_damage", "_name_damage")),
        pl.when(fresh).then(pl.lit("none")).otherwise("_phone_damage").alias("_phone_damage"),
    )
    damage = told(**{c: frame[f"_{c}_damage"] for c in ("name", "number", "phone", "birth", "sex")})
    headers = [
        "人员编号",
        "姓名",
        "曾用名",
        "性别代码",
        "公民身份号码",
        "出生日期",
        "户号",
        "与户主关系",
        "户籍地址",
        "居住地址",
        "居住类别",
        "联系电话",
        "登记日期",
        "更新时间",
        "人员状态",
    ]
    truth = [c for c in frame.columns if c.startswith("_")]
    out = frame.select(
        *headers, *truth, pl.col("record").alias("_record"), pl.col("night").alias("_from")
    ).with_columns(
        *address_truth("residence", residence),
        *mention("self", versions["person"], number_damage=frame["_number_damage"], damage=damage),
        pl.lit(FOREVER, dtype=pl.Int64).alias("_to"),
    )
    out = lose_some_keys(rng, out, "人员编号", habits.lost_keys)
    out = repeat_some(rng, out, habits.repeated_rows, {"居住类别": "寄住"})
    return FeedRows("police", "residents", out, full=False)


def _records(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row a register record (record, person, place): some people are not registered, some twice."""
    habits = world.habits("police")
    spells = world.people.spells.unique("person", keep="first", maintain_order=True).sort("person")
    migrant = world.persons["migrant"].to_numpy()[spells["person"].to_numpy()]
    chance = np.where(migrant, REGISTERED_SHARE_MIGRANT, REGISTERED_SHARE)
    if habits.clerks is not None:
        chance = chance * (1 - habits.clerks.unlisted)
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
        main.filter(pl.Series(rng.random(len(main)) < CORRECTION_RATE))
        .select("record", "person", place="first_place")
        .with_columns(pl.lit(night, dtype=pl.Int64).alias("night"), pl.lit("correction").alias("reason"))
        for night in range(1, world.nights)
    ]
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
    county = people["outside"].to_numpy()
    if isinstance(habits.address, UnrulyErrors):
        elsewhere = write_outside(rng, world.places, world.outside, county, habits.address)
        outside_text = elsewhere["text"]
        hukou = with_outside(hukou, elsewhere, pl.Series(outside))
    else:
        outside_text = outside_addresses(rng, county)
    birth = people["birth"].to_numpy().copy()
    wrong = rng.random(size) < habits.birth_wrong
    birth[wrong] += rng.integers(1, 28, int(wrong.sum())).astype("timedelta64[D]")
    registered = np.datetime64(world.start, "D") - rng.integers(10, 3_000, size).astype("timedelta64[D]")
    told = _registered(world, records)
    registered = np.where(np.isnat(told), registered, told)
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
    registered_with = "register_household" if "register_household" in people.columns else "household"
    house = [f"H{h:09d}" for h in people[registered_with].to_numpy()]
    kind = np.where(
        people["kind"].to_numpy() == FOREIGN, "境外", np.where(people["migrant"].to_numpy(), "流动", "常住")
    )
    births, sexes = _birth_and_sex(rng, habits, pl.Series(birth), people["sex"].cast(pl.String))
    return pl.DataFrame(
        {
            "record": records["record"],
            "人员编号": [f"RY9901{n:09d}" for n in records["record"].to_numpy() * 7 + 3],
            "姓名": names["text"],
            "曾用名": people["former_name"],
            "性别代码": sexes["text"],
            "公民身份号码": numbers["text"],
            "出生日期": births["text"],
            "户号": pl.Series(house).to_frame("h").select(pl.when(~pl.Series(outside)).then("h"))["h"],
            "与户主关系": relation,
            "户籍地址": hukou["text"].zip_with(pl.Series(~outside), outside_text),
            "居住类别": kind.tolist(),
            "联系电话": phones["text"],
            "登记日期": write_dates(rng, pl.Series(registered), {"compact": 0.9, "dashed": 0.1}),
            "registered": pl.Series(registered),
            "_name_damage": names["damage"],
            "_number_damage": numbers["damage"],
            "_phone_damage": phones["damage"],
            "_birth_damage": births["damage"],
            "_sex_damage": sexes["damage"],
        }
    ).with_columns(
        *address_truth("hukou", hukou),
        pl.Series("_a.hukou.outside", np.where(outside, people["outside"].to_numpy(), -1)),
    )


def _registered(world: World, records: pl.DataFrame) -> NDArray[np.datetime64]:
    """Return when the police wrote in people of the floating population, NaT for all others."""
    arrivals = draw_arrivals(world).filter("is_floating").unique("person", keep="first", maintain_order=True)
    told = records.join(arrivals.select("person", "registered"), on="person", how="left", maintain_order="left")
    return np.asarray(told["registered"].to_numpy().astype("datetime64[D]"))


def _birth_and_sex(
    rng: np.random.Generator, habits: Department, birth: pl.Series, sex: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Write dates of birth and sex codes: columns text and damage each."""
    clerks = habits.clerks
    if clerks is not None:
        births = write_clerk_births(rng, birth, clerks.birth, BIRTH_FORMS)
        return births, write_clerk_sexes(rng, sex, clerks.sex)
    rng.choice(1, len(sex))  # the draw that the sex once took: later draws, and so the files of old seeds, depend on it
    whole = pl.Series("damage", ["none"]).new_from_index(0, len(sex))
    texts = write_dates(rng, birth, BIRTH_FORMS)
    return pl.DataFrame({"text": texts, "damage": whole}), pl.DataFrame({"text": sex, "damage": whole})


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
    known = (np.datetime64(world.start, "D") - frame["registered"].to_numpy().astype("datetime64[D]")).astype(np.int64)
    days_back = np.where(base & (night == 0), np.clip(rng.integers(1, 900, size), 1, np.maximum(1, known)), 1)
    instant = (
        np.datetime64(world.start, "s")
        + (night - days_back).astype("timedelta64[D]")
        + rng.integers(8 * 3600, 20 * 3600, size).astype("timedelta64[s]")
    )
    return write_instants(pl.Series(instant.astype("datetime64[us]")))
