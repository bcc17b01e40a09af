"""民政: benefits, the elderly and marriages."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.families import OLD
from pipelines.city.feeds.rows import FeedRows, address_truth, come_and_go, lifetime, mention, repeat_some, told
from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.people import FEMALE, MALE
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.clerk_births import write_clerk_births, write_clerk_sexes
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import has_phone, kin_columns, write_names, write_numbers, write_phones

MONTH_FORMS = {"dotted_month": 0.4, "dashed_month": 0.25, "chinese_month": 0.2, "slashed": 0.08, "compact": 0.07}
DAY_FORMS = {"slashed": 0.5, "dashed": 0.3, "serial": 0.1, "chinese": 0.1}
BENEFIT_SHARE, ELDERLY_COVERAGE = 0.035, 0.85
COUNTER = "序号"  # filled when a file is written
_BENEFITS = ["低保", "特困", "残疾补贴", "临时救助", "高龄津贴"]


def benefit_rows(world: World) -> FeedRows:
    """Return people on benefits: households on 低保, the disabled, and everyone over 80 of 高龄津贴."""
    rng = world.rng("civil_affairs_benefits")
    people = world.residents_at_start().filter(pl.col("place").is_not_null())
    chance = np.where(people["age"].to_numpy() > 80, 0.75, BENEFIT_SHARE)
    listed = people.filter(pl.Series(rng.random(len(people)) < chance))
    second = listed.filter(pl.Series(rng.random(len(listed)) < 0.12))
    listed = pl.concat([listed, second]).sort("place", "person", maintain_order=True)
    size = len(listed)
    benefit = np.where(
        listed["age"].to_numpy() > 80, "高龄津贴", choice(rng, _BENEFITS[:4], size, [0.4, 0.06, 0.34, 0.2])
    )
    again = listed["person"].is_duplicated().to_numpy() & ~listed["person"].is_first_distinct().to_numpy()
    benefit = np.where(again, np.where(benefit == "低保", "残疾补贴", "低保"), benefit)
    head = _heads(world, listed["household"].to_numpy())
    cells = _person_cells(world, rng, listed, "civil_affairs")
    heads = write_names(rng, world.persons[head], world.habits("civil_affairs").name, role="head")
    is_head = head == listed["person"].to_numpy()
    approved = np.datetime64(world.start, "D") - rng.integers(30, 2_500, size).astype("timedelta64[D]")
    members = world.people.spells.group_by("household").len()
    household_size = listed.join(members, on="household", how="left", maintain_order="left")["len"]
    frame = cells.select(
        pl.col("name").alias("姓名"),
        pl.col("number").alias("身份证号"),
        pl.col("sex").alias("性别"),
        pl.col("birth").alias("出生年月"),
        pl.col("text").alias("家庭住址"),
    ).with_columns(
        pl.Series("救助类别", benefit.tolist()),
        heads["text"].alias("户主姓名"),
        pl.Series("与户主关系", np.where(is_head, "本人", _relation(listed)).tolist()),
        household_size.cast(pl.String).alias("家庭人口"),
        cells["phone"].alias("联系方式"),
        write_dates(rng, pl.Series(approved), DAY_FORMS).alias("批准时间"),
        pl.lit(None, dtype=pl.String).alias("停发时间"),
        pl.Series("_record", np.arange(size)),
        *lifetime(size, 0, _end_night(world, rng, listed)),
        *address_truth("residence", cells),
        *mention("self", listed["person"], number_damage=cells["number_damage"], damage=cells["all_damage"]),
        *mention("head", pl.Series(head), 1, pl.Series(~is_head), damage=told(name=heads["damage"])),
    )
    habits = world.habits("civil_affairs")
    frame = come_and_go(rng, repeat_some(rng, frame, habits.repeated_rows), habits.absent)
    return FeedRows("civil_affairs", "benefits", frame.select(pl.lit("").alias(COUNTER), pl.all()), full=True)


def elderly_rows(world: World) -> FeedRows:
    """Return people over 60 whom the street visits, each with a contact: spouse, child, or a relative elsewhere."""
    rng = world.rng("civil_affairs_elderly")
    people = world.residents_at_start().filter(
        pl.col("place").is_not_null() & (pl.col("age") >= 60) & ~pl.col("migrant")
    )
    listed = people.filter(pl.Series(rng.random(len(people)) < ELDERLY_COVERAGE)).sort("place", "person")
    size = len(listed)
    cells = _person_cells(world, rng, listed, "civil_affairs")
    contact = elderly_contacts(world, rng, listed)
    contact_people = world.persons[contact]
    habits = world.habits("civil_affairs")
    names = write_names(rng, contact_people, habits.name, role="contact")
    relative = kin_columns(world.persons, contact)[1]
    phones = write_phones(rng, contact_people, relative, habits.phone)
    template = listed["template"].to_numpy()
    living = np.where(template == OLD[0], "空巢", np.where(template == OLD[1], "独居", "与子女同住"))
    living = np.where(rng.random(size) < 0.03, "机构养老", living)
    health = choice(rng, ["自理", "半失能", "失能"], size, [0.82, 0.13, 0.05])
    visited = np.datetime64(world.start, "D") - rng.integers(1, 120, size).astype("timedelta64[D]")
    frame = cells.select(
        pl.col("name").alias("姓名"),
        pl.col("number").alias("身份证号"),
        pl.col("sex").alias("性别"),
        pl.col("birth").alias("出生年月"),
        pl.col("text").alias("住址"),
    ).with_columns(
        pl.Series("居住情况", living.tolist()),
        health.alias("健康状况"),
        names["text"].alias("紧急联系人"),
        phones["text"].alias("紧急联系电话"),
        write_dates(rng, pl.Series(visited), DAY_FORMS).alias("最近走访日期"),
        pl.Series("_record", np.arange(size)),
        *lifetime(size, 0, _end_night(world, rng, listed)),
        *address_truth("residence", cells),
        *mention("self", listed["person"], number_damage=cells["number_damage"], damage=cells["all_damage"]),
        *mention(
            "contact",
            pl.Series(contact),
            1,
            ~has_phone(phones, "^142"),
            damage=told(name=names["damage"], phone=phones["damage"]),
        ),
    )
    frame = come_and_go(rng, repeat_some(rng, frame, habits.repeated_rows), habits.absent)
    return FeedRows("civil_affairs", "elderly", frame, full=True)


def elderly_contacts(world: World, rng: np.random.Generator, listed: pl.DataFrame) -> Ints:
    """Choose a contact: the spouse, a child of the same house, or an adult of the same surname who lives elsewhere."""
    persons = world.persons
    size = len(listed)
    me = listed["person"].to_numpy()
    spouse = listed["spouse"].to_numpy()
    children = persons.filter((pl.col("father") >= 0) & (pl.col("age") > 20)).select("person", "father", "mother")
    by_parent = pl.concat(
        [children.select("person", parent="father"), children.select("person", parent="mother")]
    ).filter(pl.col("parent") >= 0)
    by_parent = by_parent.sort("parent", "person").unique("parent", keep="first", maintain_order=True)
    child = (
        pl.DataFrame({"parent": me})
        .join(by_parent, on="parent", how="left", maintain_order="left")["person"]
        .fill_null(-1)
        .to_numpy()
    )
    adults = persons.filter((pl.col("age") > 28) & (pl.col("age") < 58) & (pl.col("kind") == 0)).sort(
        "surname", "person"
    )
    groups = (
        adults.with_row_index("at").group_by("surname").agg(pl.col("at").min().alias("first"), pl.len().alias("count"))
    )
    spans = listed.select("surname").join(groups, on="surname", how="left", maintain_order="left").fill_null(0)
    count = np.maximum(spans["count"].to_numpy(), 1)
    far = adults["person"].to_numpy()[spans["first"].to_numpy() + np.floor(rng.random(size) * count).astype(np.int64)]
    near = np.where((child >= 0) & (rng.random(size) < 0.75), child, np.where(spouse >= 0, spouse, far))
    chosen = np.where(rng.random(size) < 0.45, far, near)
    return np.where(chosen == me, far, chosen).astype(np.int64)


def _person_cells(world: World, rng: np.random.Generator, listed: pl.DataFrame, department: str) -> pl.DataFrame:
    """Write name, number, sex, month of birth, phone and address of the people listed."""
    habits = world.habits(department)
    parent, relative = kin_columns(world.persons, listed["person"].to_numpy())
    written = write_addresses(rng, world.places, listed["place"].to_numpy(), habits.address, habits.formal)
    birth = listed["birth"].to_numpy().copy()
    wrong = rng.random(len(listed)) < habits.birth_wrong
    birth[wrong] += rng.integers(25, 200, int(wrong.sum())).astype("timedelta64[D]")
    sex = listed["sex"].replace_strict({MALE: "男", FEMALE: "女"}, return_dtype=pl.String)
    numbers = write_numbers(rng, listed, parent, habits.number)
    names = write_names(rng, listed, habits.name)
    phones = write_phones(rng, listed, relative, habits.phone)
    cells = written.with_columns(
        names["text"].alias("name"),
        numbers["text"].alias("number"),
        numbers["damage"].alias("number_damage"),
        phones["text"].alias("phone"),
    )
    damages: dict[str, pl.Series | None] = {"name": names["damage"], "number": numbers["damage"]}
    if habits.clerks is None:
        return cells.with_columns(
            sex.alias("sex"),
            write_dates(rng, pl.Series(birth), MONTH_FORMS).alias("birth"),
            told(**damages).alias("all_damage"),
        )
    births = write_clerk_births(rng, pl.Series(birth), habits.clerks.birth, MONTH_FORMS)
    sexes = write_clerk_sexes(rng, sex, habits.clerks.sex)
    damages |= {"phone": phones["damage"], "birth": births["damage"], "sex": sexes["damage"]}
    return cells.with_columns(
        sexes["text"].alias("sex"), births["text"].alias("birth"), told(**damages).alias("all_damage")
    )


def _heads(world: World, household: Ints) -> Ints:
    """Return the head of each household: its first person at the start."""
    first = (
        world.people.spells.filter(pl.col("from_night") == 0)
        .sort("person")
        .unique("household", keep="first", maintain_order=True)
    )
    table = pl.DataFrame({"household": household}).join(
        first.select("household", "person"), on="household", how="left", maintain_order="left"
    )
    return table["person"].to_numpy()


def _relation(listed: pl.DataFrame) -> pl.Series:
    male = pl.col("sex") == MALE
    role = pl.col("role")
    return listed.select(
        pl.when(role == 1)
        .then(pl.lit("配偶"))
        .when(role == 2)
        .then(pl.when(male).then(pl.lit("子")).otherwise(pl.lit("女")))
        .when(role == 3)
        .then(pl.lit("父"))
        .when(role == 4)
        .then(pl.lit("母"))
        .otherwise(pl.lit("其他"))
        .alias("r")
    )["r"]


def _end_night(world: World, rng: np.random.Generator, listed: pl.DataFrame) -> pl.Series:
    """Nights on which a row leaves the list: after a death (told late by some), or when a benefit stops."""
    died = listed["died_night"].to_numpy()
    late = (rng.random(len(listed)) < world.habits("civil_affairs").late).astype(np.int64)
    stops = np.where(rng.random(len(listed)) < 0.003, rng.integers(1, max(2, world.nights), len(listed)), FOREVER)
    return pl.Series(np.minimum(np.where(died < FOREVER, died + late, FOREVER), stops))


def marriage_rows(world: World) -> FeedRows:
    """Return certificates: those of couples who live here (most of them), some of outsiders, and the nights' own."""
    rng = world.rng("civil_affairs_marriages")
    persons = world.persons
    couples = persons.filter((pl.col("sex") == MALE) & (pl.col("spouse") >= 0)).select(
        husband="person", wife="spouse", age="age"
    )
    tonight = world.people.weddings
    couples = couples.join(
        tonight.filter(pl.col("event") == "结婚"), on=["husband", "wife"], how="anti", maintain_order="left"
    )
    couples = couples.filter(pl.Series(rng.random(len(couples)) < 0.75)).sort("husband")
    years = np.minimum(
        persons["age"].to_numpy()[couples["wife"].to_numpy()], persons["age"].to_numpy()[couples["husband"].to_numpy()]
    )
    since = np.floor(np.maximum(years - 22, 0.3) * 365 * rng.uniform(0.5, 1, len(couples))).astype(np.int64) + 20
    base = pl.DataFrame(
        {
            "husband": couples["husband"],
            "wife": couples["wife"],
            "day": np.datetime64(world.start, "D") - since.astype("timedelta64[D]"),
            "night": np.zeros(len(couples), dtype=np.int64),
            "event": ["结婚"] * len(couples),
        }
    )
    new = tonight.with_columns(
        (pl.lit(world.start) + pl.duration(days=pl.col("night") - 1)).cast(pl.Date).alias("day")
    ).select("husband", "wife", "day", "night", "event")
    rows = pl.concat([base.cast({"day": pl.Date}), new.cast({"day": pl.Date})])
    habits = world.habits("civil_affairs")
    columns: dict[str, pl.Series] = {}
    damage: dict[str, pl.Series] = {}
    all_damage: dict[str, pl.Series] = {}
    for role, word in (("husband", "男方"), ("wife", "女方")):
        who = rows[role].to_numpy()
        names = write_names(rng, persons[who], habits.name, role="spouse")
        columns[f"{word}姓名"] = names["text"]
        numbers = write_numbers(rng, persons[who], kin_columns(persons, who)[0], habits.number)
        columns[f"{word}证件号"], damage[role] = numbers["text"], numbers["damage"]
        all_damage[role] = told(name=names["damage"], number=numbers["damage"])
    size = len(rows)
    letters = np.where(rows["event"].to_numpy() == "结婚", "J", "L")
    year = rows["day"].dt.year()
    frame = pl.DataFrame(
        {
            "登记字号": [f"{a}990102-{y}-{n:06d}" for a, y, n in zip(letters, year, range(1, size + 1), strict=True)],
            "登记日期": write_dates(rng, rows["day"], {"dashed": 0.9, "compact": 0.1}),
            "登记类别": rows["event"],
            **columns,
            "_record": np.arange(size),
        }
    )
    known = [frame[f"{w}证件号"].str.contains(r"\d{4}") for w in ("男方", "女方")]
    frame = frame.with_columns(
        *lifetime(size, rows["night"]),
        *mention("husband", rows["husband"], 1, ~known[0], damage["husband"], all_damage["husband"]),
        *mention("wife", rows["wife"], 1, ~known[1], damage["wife"], all_damage["wife"]),
    )
    return FeedRows("civil_affairs", "marriages", frame, full=False)
