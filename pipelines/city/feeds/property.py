"""物业: occupants by estate, repairs and complaints."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.feeds.rows import (
    FeedRows,
    address_truth,
    come_and_go,
    lifetime,
    mention,
    repeat_some,
    tell_ends,
    told,
)
from pipelines.city.happenings.arrivals import draw_arrivals
from pipelines.city.happenings.workorders import draw_workorders
from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.words import names as name_words
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses
from pipelines.city.writing.dates import write_dates, write_instants
from pipelines.city.writing.draws import choice
from pipelines.city.writing.persons import has_phone, kin_columns, nulls, write_names, write_numbers, write_phones

MANAGED_SHARE = 0.85
FAMILY_LISTED_SHARE = 0.35


def occupant_rows(world: World) -> FeedRows:
    """Return occupants of managed estates: owners (also those who live elsewhere), tenants, some family members."""
    rng = world.rng("property_occupants")
    listed = _listed(world, rng)
    size, who = len(listed), listed["person"].to_numpy()
    people = world.persons[who]
    habits = world.habits("property")
    parent, relative = kin_columns(world.persons, who)
    written = _room_texts(world, rng, listed["place"].to_numpy())
    phones = write_phones(rng, people, relative, habits.phone)
    written_numbers = write_numbers(rng, people, parent, habits.number)
    numbers = written_numbers["text"]
    plates = np.array([f"云A{n:05X}" for n in rng.integers(0x10000, 0xFFFFF, size)], dtype=object)
    two = np.array([f"云A{n:05X}" for n in rng.integers(0x10000, 0xFFFFF, size)], dtype=object)
    draw = rng.random(size)
    plate_text = np.where(draw < 0.3, plates, np.where(draw < 0.34, plates + "、" + two, ""))
    back = rng.integers(30, 2_500, size)
    moved_in = _moved_in(world, listed, np.datetime64(world.start, "D") - back.astype("timedelta64[D]"))
    updated = np.maximum(
        moved_in, np.datetime64(world.start, "D") - rng.integers(1, 900, size).astype("timedelta64[D]")
    )
    shown = pl.Series(rng.random(size) < 0.4)
    notes = choice(rng, ["", *name_words()["occupant_notes"]], size, [0.8] + [0.2 / 7] * 7)
    names = write_names(rng, people, habits.name, "(业主)", role="occupant")
    damage = told(name=names["damage"], number=written_numbers["damage"], phone=phones["damage"])
    frame = pl.DataFrame(
        {
            "小区": world.places.register["estate"][listed["place"].to_numpy()],
            "房号": written["text"],
            "姓名": names["text"],
            "类别": listed["role_text"],
            "手机号": phones["text"],
            "身份证后六位": numbers,
            "车牌号": plate_text.tolist(),
            "入住日期": write_dates(rng, pl.Series(moved_in), {"dashed": 0.6, "slashed": 0.3, "dotted": 0.1}).zip_with(
                shown, nulls(rng, size)
            ),
            "迁出日期": pl.Series([None] * size, dtype=pl.String),
            "备注": notes,
            "更新日期": write_dates(rng, pl.Series(updated), {"dashed": 0.8, "slashed": 0.2}),
            "_record": np.arange(size),
        }
    )
    name_only = ~(has_phone(phones) | numbers.str.contains(r"\d{4}"))
    frame = frame.with_columns(
        *lifetime(size, listed["from_night"], listed["to_night"]),
        *address_truth("dwelling", written),
        *mention("self", listed["person"], 1, name_only, written_numbers["damage"], damage),
    )
    frame = come_and_go(rng, repeat_some(rng, frame, habits.repeated_rows), habits.absent)
    frame = frame.with_columns(pl.col("小区").alias("_estate"))
    return FeedRows("property", "occupants", frame.sort("_estate", maintain_order=True), full=True)


def _moved_in(world: World, listed: pl.DataFrame, drawn: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return when each person came to live in the home; as drawn for owners, who may live elsewhere."""
    arrivals = draw_arrivals(world).sort("from_night", descending=True).unique(["person", "place"], keep="first")
    came = listed.select("person", "place").join(
        arrivals.select("person", "place", "arrived"), on=["person", "place"], how="left", maintain_order="left"
    )["arrived"]
    arrived = came.to_numpy().astype("datetime64[D]")
    return np.asarray(np.where((listed["role_text"] == "业主").to_numpy() | np.isnat(arrived), drawn, arrived))


def _listed(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Who stands in which estate's list, from which night to which: place, person, role_text, from_night, to_night."""
    register = world.places.register
    managed = register.filter((pl.col("kind") == "estate") & (pl.col("level") == "estate"))["place"]
    managed = managed.filter(pl.Series(rng.random(len(managed)) < MANAGED_SHARE))
    rooms = register.filter(
        pl.col("estate_place").is_in(managed.implode()) & (pl.col("level") == "room") & (pl.col("kind") == "estate")
    ).select("place")
    owners = world.owners.join(rooms, on="place", maintain_order="left").filter(pl.col("person").is_not_null())
    rented = owners.select("place", "rented").unique("place", keep="first", maintain_order=True)
    owners = owners.select(
        "place",
        "person",
        pl.lit("业主").alias("role_text"),
        pl.lit(0, dtype=pl.Int64).alias("from_night"),
        pl.lit(FOREVER, dtype=pl.Int64).alias("to_night"),
    )
    spells = world.people.spells.join(rooms, on="place", maintain_order="left").join(
        owners.select("place", "person"), on=["place", "person"], how="anti", maintain_order="left"
    )
    spells = spells.join(rented, on="place", how="left", maintain_order="left")
    age = world.persons["age"].to_numpy()[spells["person"].to_numpy()]
    head = (
        ~spells.select(pl.struct("household", "from_night").is_duplicated()).to_series()
        | spells.select(pl.struct("household", "from_night").is_first_distinct()).to_series()
    )
    tenant = spells["rented"].fill_null(value=True) & (head | pl.Series(rng.random(len(spells)) < 0.3))
    family = pl.Series((rng.random(len(spells)) < FAMILY_LISTED_SHARE) & (age > 6))
    late = (rng.random(len(spells)) < world.habits("property").late).astype(np.int64)
    people = spells.with_columns(
        pl.when(tenant).then(pl.lit("租户")).otherwise(pl.lit("家属")).alias("role_text"),
        pl.when(pl.col("from_night") > 0)
        .then(pl.col("from_night") + pl.Series(late))
        .otherwise(0)
        .cast(pl.Int64)
        .alias("from_night"),
        pl.when(pl.col("to_night") < FOREVER)
        .then(pl.col("to_night") + pl.Series(late))
        .otherwise(FOREVER)
        .cast(pl.Int64)
        .alias("to_night"),
    ).filter((tenant & pl.Series(rng.random(len(spells)) < 0.85)) | (~tenant & family))
    columns = ["place", "person", "role_text", "from_night", "to_night"]
    return pl.concat([owners.select(columns), people.select(columns)]).sort("place", "from_night", "person")


def _room_texts(world: World, rng: np.random.Generator, place: Ints) -> pl.DataFrame:
    """Write room texts without the estate: `3-2-501`, `3栋2单元501`, `三号楼501`, `3#501`."""
    habits = world.habits("property")
    return write_addresses(rng, world.places, place, habits.address, habits.formal, room_only=True)


def workorder_rows(world: World) -> FeedRows:
    """Return work orders at rooms, buildings or spots of an estate; those that close later come again."""
    rng = world.rng("property_workorders")
    orders = draw_workorders(world)
    size, place = len(orders), orders["place"].to_numpy()
    register = world.places.register
    habits = world.habits("property")
    written = write_addresses(rng, world.places, place, habits.address, habits.formal, room_only=True)
    spots = choice(rng, ["北门消防通道", "南门", "地下车库", "中心花园", "门卫室"], size)
    suffix = choice(rng, ["", "电梯", "楼道", "门禁"], size, [0.5, 0.2, 0.2, 0.1])
    level = register["level"][place]
    location = pl.DataFrame({"text": written["text"], "level": level, "spot": spots, "suffix": suffix}).select(
        pl.when(pl.col("level") == "estate")
        .then("spot")
        .when(pl.col("level") == "building")
        .then(pl.col("text") + pl.col("suffix"))
        .otherwise("text")
        .alias("t")
    )["t"]
    told = orders.select(
        pl.format("WO{}", (pl.col("record") + 1).cast(pl.String).str.zfill(9)).alias("工单号"),
        register["estate"][place].alias("小区"),
        location.alias("房号"),
        pl.col("kind").alias("类型"),
        write_instants(orders["reported"]).alias("上报时间"),
        write_instants(orders["closed"]).alias("办结时间"),
        choice(rng, ["", *name_words()["order_texts"]], size).alias("描述"),
        choice(rng, ["", "1", "2", "3", "4", "5"], size, [0.4, 0.05, 0.08, 0.15, 0.2, 0.12]).alias("满意度"),
        pl.col("record").alias("_record"),
        "night",
        "told_night",
    ).with_columns(*address_truth("location", written))
    frame = tell_ends(told, world.nights, {"办结时间": None})
    return FeedRows("property", "workorders", repeat_some(rng, frame, habits.repeated_rows), full=False)
