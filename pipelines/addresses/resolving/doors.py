"""The fast path: texts whose every part is read and whose place stands in the register exactly once, found by joins.

A head (names) is read once and gives a site; a tail (numbers) is read once and gives a place in it. Whatever is not
plain, or not there, is left to `pipelines.addresses.deciding.decide`, whose answer would be the same for what is found
here.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.deciding.answers import Hints
from pipelines.addresses.deciding.confidence import NO_ROOM
from pipelines.addresses.deciding.decide import Decider
from pipelines.addresses.deciding.place import MATCHED
from pipelines.addresses.forms.normal import LONGEST
from pipelines.addresses.register.index import Register
from pipelines.addresses.resolving.door_table import NAMES, building_table, door_table, site_table, unit_table
from pipelines.addresses.resolving.plain_tails import TAIL, read_tails

_HEAD: Final = ["head", "hint_estate", "hint_community"]
_HEAD_SCHEMA: Final = {
    "site": pl.UInt32, "method": pl.String, "confidence": pl.Float64, "confidence_exact": pl.Float64,
}  # fmt: skip
_PLACE: Final = (*NAMES, "estate_code", "building_code", "unit_code", "unit_key", "room_code")
_FOUND: Final = [
    "index", "conflict", "plain", "method", "confidence", "confidence_exact", "full_text", "address_code", "level",
    *_PLACE, "site",
]  # fmt: skip


def _heads(texts: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    distinct = texts.select(_HEAD).unique().sort(_HEAD, nulls_last=True)
    read = [
        decider.plain_head(head, Hints(estate, None, None, None, community))
        for head, estate, community in distinct.iter_rows()
    ]
    return pl.concat([distinct, pl.DataFrame(read, schema=_HEAD_SCHEMA, orient="row")], how="horizontal")


def find_doors(texts: pl.DataFrame, decider: Decider, register: Register) -> pl.DataFrame:
    """The answers for the plain majority of texts.

    Args:
        texts: one row a distinct text: index, plain, head, tail (see `grammar.SPLIT`) and the `HINTS`, in normal form.
        decider: reads heads and tails, and keeps them for the cascade.
        register: the register whose places are wanted.

    Returns:
        One row for each text that was found: index, the columns of `answers.Decision` without candidates and options,
        and `site`, the number of the site whose rows were looked at.
    """
    asked = texts.filter(pl.col("plain").str.len_chars() <= LONGEST)
    heads = _heads(asked, decider).filter(pl.col("site").is_not_null())
    tails = read_tails(asked, decider).filter(pl.col("kind").is_not_null())
    wanted = asked.select("index", "plain", *_HEAD, *TAIL).join(heads, on=_HEAD, nulls_equal=True)
    wanted = wanted.join(tails, on=TAIL, nulls_equal=True)
    sites, doors = site_table(register), door_table(register)
    found = [
        *_in_buildings(wanted.filter(kind="door"), doors),
        _alone(wanted.filter(kind="room"), doors),
        wanted.filter(kind="unit").join(unit_table(register), on=["site", "building", "unit"], suffix="_row"),
        wanted.filter(kind="building").join(building_table(register), on=["site", "building"], suffix="_row"),
        wanted.filter(kind="site").join(sites, on="site", suffix="_row"),
    ]
    return _answers(pl.concat([frame.select(_FOUND) for frame in found]))


def _in_buildings(wanted: pl.DataFrame, doors: pl.DataFrame) -> list[pl.DataFrame]:
    """Texts whose door is the only one of its kind: by unit where it is named, else by building and room."""
    unit, floor = pl.col("unit"), pl.col("floor")
    same_floor = floor.is_null() | pl.col("row_floor").is_null() | (floor == pl.col("row_floor"))
    # A floor is held against all rooms of that number, so `1单元` would also stand for rooms without a unit.
    alone = (pl.col("at_door") == 1) & (floor.is_null() | ~pl.col("without_unit"))
    by_unit = wanted.filter(unit.is_not_null()).join(doors, on=["site", "building", "unit", "room"]).filter(alone)
    by_room = wanted.filter(unit.is_null() | floor.is_not_null()).join(
        doors.filter(pl.col("in_building") == 1), on=["site", "building", "room"], suffix="_row"
    )
    by_room = by_room.filter(unit.is_null() | (unit == pl.col("unit_row")))
    by_room = by_room.join(by_unit.filter(same_floor).select("index"), on="index", how="anti")
    several = pl.col("many") | ~pl.col("among_buildings")
    return [frame.filter(same_floor & several).with_columns(level=pl.lit("room")) for frame in (by_unit, by_room)]


def _alone(wanted: pl.DataFrame, doors: pl.DataFrame) -> pl.DataFrame:
    """Rooms of sites without buildings."""
    only = doors.filter(~pl.col("has_buildings") & (pl.col("in_building") == 1))
    return wanted.join(only, on=["site", "room"], suffix="_row").with_columns(level=pl.lit("room"))


def _answers(found: pl.DataFrame) -> pl.DataFrame:
    as_registered = (pl.col("method") == "parsed") & pl.col("full_text").str.ends_with(pl.col("plain"))
    as_registered = as_registered.fill_null(value=False)
    sure = pl.when(as_registered).then("confidence_exact").otherwise("confidence")
    sure = pl.when(pl.col("level") == "room").then(sure).otherwise((sure + NO_ROOM).round(4))
    return found.select(
        "index",
        "address_code",
        pl.col("level").alias("matched_level"),
        (sure - pl.when("conflict").then(0.02).otherwise(0.0)).alias("confidence"),
        pl.when(as_registered).then(pl.lit("exact")).otherwise("method").alias("method"),
        pl.lit(MATCHED).alias("status"),
        pl.when("conflict").then(pl.lit("column_conflict")).alias("reason"),
        pl.lit(None, pl.String).alias("division_code"),
        *_PLACE,
        "site",
    )
