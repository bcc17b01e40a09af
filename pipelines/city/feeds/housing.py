"""住建房管: the register of dwellings with their owners, and leases."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.feeds.rows import FeedRows, address_truth, lifetime, lose_some_keys, mention, repeat_some, told
from pipelines.city.happenings.arrivals import draw_arrivals
from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.words import names as name_words
from pipelines.city.words import pick
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import kin_columns, nulls, write_names, write_numbers, write_phones

LISTED_SHARE, LEASE_REGISTERED_SHARE, SALE_RATE = 0.93, 0.55, 0.0008
RENEWED_DAYS, LEASE_DAYS = 89, 365
_NAME_SEPARATORS = ["、", ","]


def property_rows(world: World) -> FeedRows:
    """Return one row a dwelling that is registered; a sale on a night changes its owner."""
    rng = world.rng("housing_properties")
    owners = world.owners
    homes = owners.filter(pl.col("seq") == 1)
    listed = homes.filter(pl.Series(rng.random(len(homes)) < LISTED_SHARE))
    second = owners.filter(pl.col("seq") == 2).select("place", second="person")
    base = listed.join(second, on="place", how="left", maintain_order="left").with_columns(
        pl.Series("_record", np.arange(len(listed)))
    )
    sold = pl.Series(rng.random(len(base)) < SALE_RATE * max(0, world.nights - 1))
    night = pl.Series(rng.integers(1, max(2, world.nights), len(base)))
    base = base.with_columns(
        pl.lit(0, dtype=pl.Int64).alias("_from"),
        pl.when(sold).then(night).otherwise(FOREVER).cast(pl.Int64).alias("_to"),
    )
    buyers = world.owners["person"].drop_nulls().to_numpy()
    after = base.filter(sold).with_columns(
        pl.col("_to").alias("_from"),
        pl.lit(FOREVER, dtype=pl.Int64).alias("_to"),
        pl.lit(None, dtype=pl.Int64).alias("second"),
        pl.lit(value=False).alias("organisation"),
        pl.Series("person", buyers[rng.integers(0, len(buyers), int(sold.sum()))]),
    )
    rows = pl.concat([base, after]).sort("_record", "_from")
    frame = rows.select("_record", "_from", "_to").with_columns(*_cells(world, rng, rows))
    return FeedRows("housing", "properties", repeat_some(rng, frame, world.habits("housing").repeated_rows), full=True)


def _cells(world: World, rng: np.random.Generator, rows: pl.DataFrame) -> list[pl.Series]:
    """Write a dwelling's cells; what never changes is drawn once a record."""
    register = world.places.register
    size, place, record = len(rows), rows["place"].to_numpy(), rows["_record"].to_numpy()
    records = int(record.max()) + 1
    habits = world.habits("housing")
    home = register[place]
    once = np.zeros(records, dtype=np.int64)
    once[record] = place
    written = write_addresses(rng, world.places, once, habits.address, habits.formal)[record.astype(np.uint32)]
    area = np.round(rng.gamma(9, 10, records) + 25, 2)[record]
    rng.integers(1982, 2022, len(register))  # a draw once taken here: later ones, and old seeds' files, depend on it
    built = world.built[place]
    structure = np.where(built > 2000, "钢混", np.where(home["kind"].to_numpy() == "village", "砖木", "砖混"))
    storeys = register.select(pl.col("floor").max().over("site")).to_series().fill_null(1)
    owners, numbers, truth = _owner_cells(world, rng, rows)
    number = (
        pl.when(pl.col("building_no") > 0)
        .then(pl.col("building_no").cast(pl.String))
        .otherwise(pl.col("building").str.strip_chars_end("座"))
    )
    registered = rows["since"].to_numpy()
    return [
        parcel_numbers(world, place).alias("不动产单元号"),
        written["text"].alias("坐落"),
        home.select(number.alias("幢号"))["幢号"],
        home["unit"].str.strip_suffix("单元").alias("单元"),
        home["room"].alias("室号"),
        pl.Series("建筑面积", [f"{a:.2f}" for a in area]),
        pl.Series("建成年份", built.astype("U4").tolist()),
        pl.Series("房屋结构", structure.tolist()),
        choice(rng, ["住宅", "其他"], size, [0.985, 0.015]).alias("用途"),
        storeys[place].cast(pl.String).alias("总层数"),
        owners.alias("产权人"),
        numbers.alias("产权人证件号"),
        write_dates(rng, pl.Series(registered), {"dashed": 0.92, "slashed": 0.05, "chinese": 0.03}).alias("登记日期"),
        pl.Series("权利状态", ["有效"] * size),
        *address_truth("dwelling", _columns_win(world, written)),
        *truth,
    ]


def _columns_win(world: World, written: pl.DataFrame) -> pl.DataFrame:
    """The columns 幢号/单元/室号 are clean, so a row supports its room where the estate or road can be known at all."""
    home = world.places.register[written["place"].to_numpy()]
    level = home["level"]
    known = pl.col("supported_level") != "none"
    if "site_right" in written.columns:
        village = home["kind"] == "village"
        known = pl.col("site_right") & ~pl.col("damage").str.contains("gap") & ~village
        honest = pl.when(known).then(pl.col("damage").str.replace("!", "", literal=True)).otherwise("damage")
        written = written.with_columns(honest.alias("damage"))
    return written.with_columns(
        pl.when(known).then(level).otherwise("supported_level").alias("supported_level"),
        pl.when(known).then("place").otherwise("supported_place").alias("supported_place"),
    )


def _owner_cells(
    world: World, rng: np.random.Generator, rows: pl.DataFrame
) -> tuple[pl.Series, pl.Series, list[pl.Series]]:
    """Write owners and their numbers, one or two in a cell; some numbers of the second owner are left out."""
    size = len(rows)
    habits = world.habits("housing")
    first, second = rows["person"].fill_null(0).to_numpy(), rows["second"].fill_null(0).to_numpy()
    texts = []
    for who in (first, second):
        parent, _ = kin_columns(world.persons, who)
        numbers = write_numbers(rng, world.persons[who], parent, habits.number)
        names = write_names(rng, world.persons[who], habits.name, role="owner")
        texts.append((names["text"], numbers["text"], numbers["damage"], names["damage"]))
    frame = pl.DataFrame(
        {
            "n1": texts[0][0],
            "n2": texts[1][0],
            "i1": texts[0][1],
            "i2": texts[1][1],
            "two": rows["second"].is_not_null(),
            "both": rng.random(size) < 0.8,
            "sep": choice(rng, _NAME_SEPARATORS, size, [0.75, 0.25]),
            "organisation": rows["organisation"],
            "company": _organisations(rng, size),
        }
    )
    name = pl.when("organisation").then("company").when("two").then(pl.concat_str("n1", "sep", "n2")).otherwise("n1")
    number = (
        pl.when("organisation")
        .then(pl.lit(""))
        .when(pl.col("two") & pl.col("both"))
        .then(pl.concat_str("i1", "sep", "i2"))
        .otherwise("i1")
    )
    known = [frame["i1"].str.contains(r"\d{4}"), frame["i2"].str.contains(r"\d{4}") & frame["both"]]
    shown = pl.when("both").then(texts[1][2]).otherwise(pl.lit("missing"))
    second_number = frame.select(shown.alias("d"))["d"]
    truth = [
        *mention("owner", rows["person"], 1, ~known[0], texts[0][2], told(name=texts[0][3], number=texts[0][2])),
        *mention("owner", rows["second"], 2, ~known[1], second_number, told(name=texts[1][3], number=second_number)),
    ]
    organisation = rows["organisation"].alias("_o.owner.1")
    return frame.select(name.alias("n"))["n"], frame.select(number.alias("n"))["n"], [*truth, organisation]


def _organisations(rng: np.random.Generator, size: int) -> pl.Series:
    words = name_words()["company_words"]
    kinds = ["置业有限公司", "房地产开发有限公司", "机关事务管理局", "中学", "供销合作社", "社区居民委员会", "服务中心"]
    return pl.Series(
        (np.char.add("云川市", pick(rng, words, size).astype("U")).astype(object) + pick(rng, kinds, size)).tolist()
    )


def lease_rows(world: World) -> FeedRows:
    """Return registered leases: a bit more than half of the rented homes, and those of people who moved in."""
    rng = world.rng("housing_leases")
    spells = world.people.spells.sort("from_night", "person").unique(
        ["household", "from_night"], keep="first", maintain_order=True
    )
    rented = world.owners.filter(pl.col("rented") & (pl.col("seq") == 1)).select(
        "place", landlord="person", organisation="organisation"
    )
    lets = spells.join(rented, on="place", maintain_order="left").filter(
        pl.col("landlord").is_not_null() & (pl.col("landlord") != pl.col("person"))
    )
    lets = lets.filter(pl.Series(rng.random(len(lets)) < LEASE_REGISTERED_SHARE))
    renewals = _renewals(world, lets)
    lets = pl.concat([lets, renewals])
    size = len(lets)
    late = (rng.random(size) < world.habits("housing").late) & (lets["from_night"].to_numpy() > 0)
    night = np.where(late, lets["from_night"].to_numpy() + 1, lets["from_night"].to_numpy())
    rng.integers(20, 360, size)  # a draw once taken here: later ones, and old seeds' files, depend on it
    renewed = np.arange(size) >= size - len(renewals)
    starts = _starts(world, lets, renewed)
    ends = starts + np.where(renewed, RENEWED_DAYS, LEASE_DAYS - 1).astype("timedelta64[D]")
    habits = world.habits("housing")
    columns = {}
    for role, who in (("landlord", lets["landlord"].to_numpy()), ("tenant", lets["person"].to_numpy())):
        parent, relative = kin_columns(world.persons, who)
        numbers = write_numbers(rng, world.persons[who], parent, habits.number)
        names = write_names(rng, world.persons[who], habits.name, role=role)
        phones = write_phones(rng, world.persons[who], relative, habits.phone)
        phone_damage = phones["damage"] if role == "tenant" else None
        damage = told(name=names["damage"], number=numbers["damage"], phone=phone_damage)
        columns[role] = (names["text"], numbers["text"], phones["text"], numbers["damage"], damage)
    written = write_addresses(rng, world.places, lets["place"].to_numpy(), habits.address, habits.formal)
    unit_no = parcel_numbers(world, lets["place"].to_numpy())
    shown = pl.Series(rng.random(size) < 0.35)
    members = world.people.spells.group_by("household").len()
    occupants = lets.join(members, on="household", how="left", maintain_order="left")["len"]
    frame = pl.DataFrame(
        {
            "备案号": [f"ZL2026{n:07d}" for n in range(1, size + 1)],
            "房屋坐落": written["text"],
            "不动产单元号": unit_no.zip_with(shown, nulls(rng, size)),
            "出租人": columns["landlord"][0],
            "出租人证件号": columns["landlord"][1],
            "承租人": columns["tenant"][0],
            "承租人证件号": columns["tenant"][1],
            "承租人电话": columns["tenant"][2],
            "起租日期": write_dates(rng, pl.Series(starts), {"dashed": 0.8, "slashed": 0.2}),
            "终止日期": write_dates(rng, pl.Series(ends), {"dashed": 0.8, "slashed": 0.2}),
            "月租金": (rng.integers(6, 60, size) * 100).astype("U5").tolist(),
            "居住人数": occupants.cast(pl.String),
            "_record": np.arange(size),
        }
    )
    frame = frame.with_columns(
        *lifetime(size, pl.Series(night)),
        *address_truth("dwelling", written),
        *mention(
            "landlord", lets["landlord"], 1, ~frame["出租人证件号"].str.contains(r"\d{4}"), *columns["landlord"][3:]
        ),
        *mention("tenant", lets["person"], number_damage=columns["tenant"][3], damage=columns["tenant"][4]),
    ).filter(pl.col("_from") < world.nights)
    frame = lose_some_keys(rng, frame, "备案号", habits.lost_keys)
    return FeedRows("housing", "leases", repeat_some(rng, frame, habits.repeated_rows, {"居住人数": "9"}), full=False)


def _starts(world: World, lets: pl.DataFrame, renewed: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    """Return when each lease began: on the tenant's arrival or its last anniversary, a renewed one on its night."""
    arrived = lets.select("person", "from_night").join(
        draw_arrivals(world), on=["person", "from_night"], how="left", maintain_order="left"
    )["arrived"]
    night = np.datetime64(world.start, "D") + lets["from_night"].to_numpy().astype("timedelta64[D]")
    since = arrived.to_numpy().astype("datetime64[D]")
    years = (night - since).astype(np.int64) // LEASE_DAYS
    last = since + (years * LEASE_DAYS).astype("timedelta64[D]")
    return np.asarray(np.where(renewed | np.isnat(last), night, last))


def _renewals(world: World, lets: pl.DataFrame) -> pl.DataFrame:
    """Draw leases that are renewed on later nights, by the calendar; none without one."""
    if world.calendar is None:
        return lets.clear()
    rng = world.rng("housing_leases/renewals")
    counts = rng.poisson(world.calendar.renewals, world.nights - 1)
    first = lets.filter(pl.col("from_night") == 0)
    chosen = first[rng.integers(0, len(first), int(counts.sum())).astype(np.uint32)]
    nights = pl.Series("from_night", np.repeat(np.arange(1, world.nights), counts)).cast(lets.schema["from_night"])
    return chosen.with_columns(nights)


def parcel_numbers(world: World, place: Ints) -> pl.Series:
    """Return the 28-character parcel unit numbers of dwellings."""
    home = world.places.register[place]
    return pl.Series(
        [
            f"{d}{c:06d}GB{c:05d}F{p:08d}"
            for d, c, p in zip(home["division_code"], home["community_id"], place, strict=True)
        ]
    )
