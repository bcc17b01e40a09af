"""The fast path: texts whose every part is read and whose door stands in the register exactly once, found by joins.

A head (names) is read once and gives a site; a tail (numbers) is read once and gives a door. Whatever is not plain,
or not there, is left to `pipelines.addresses.decide`, whose answer would be the same for what is found here.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.answers import Hints
from pipelines.addresses.decide import Decider
from pipelines.addresses.keys import room_key
from pipelines.addresses.normal import LONGEST
from pipelines.addresses.parse import Parts
from pipelines.addresses.place import MATCHED
from pipelines.addresses.register import Register

_HEAD: Final = ["head", "hint_estate", "hint_community"]
_TAIL: Final = ["tail", "hint_building", "hint_unit", "hint_room"]
_HEAD_SCHEMA: Final = {
    "site": pl.UInt32, "method": pl.String, "confidence": pl.Float64, "confidence_exact": pl.Float64,
}  # fmt: skip
_TAIL_SCHEMA: Final = {
    "conflict": pl.Boolean,
    "building": pl.String, "unit": pl.String, "floor": pl.Int64, "room": pl.String, "among_buildings": pl.Boolean,
}  # fmt: skip
_Door = tuple[str | None, str | None, int | None, str | None, bool]


def _number(text: str) -> str:
    return str(int(text)) if text.isdigit() else text


def _is_short(room: str) -> bool:
    return room.isdigit() and int(room) < 100


def plain_door(parts: Parts) -> _Door | None:
    """Building, unit, floor and room where the parts have one reading only; null where a site may read them otherwise.

    The last value says that the reading holds only in a site of several buildings.
    """
    if parts.storey is not None or parts.house_or_building is not None or parts.numbered is not None:
        return None
    loose, building, unit, room = parts.loose, parts.building, parts.unit, parts.room
    among = False
    if loose and room is not None:
        return None
    if loose:
        if _is_short(loose[-1]) or len(loose) > 3:
            return None
        room = room_key(loose[-1])
        if building is None and len(loose) > 1:
            building, among = _number(loose[0]), len(loose) == 2
            unit = unit if len(loose) == 2 else unit or _number(loose[1])
        elif building is not None and unit is None and len(loose) == 2:
            unit = _number(loose[0])
        elif building is None or len(loose) != 1:
            return None
    if building is None or room is None or (parts.floor is not None and _is_short(room)):
        return None
    return building, unit, parts.floor, room, among


def door_table(register: Register) -> pl.DataFrame:
    """Rooms in buildings, one row each: site and keys, how many rows share the door, and the answer's columns."""
    sites = register.sites
    names = {
        name: [getattr(found, name) or None for found in sites]
        for name in ("district", "street", "community", "estate")
    }
    key = ["|".join((s.district, s.street, s.community, s.estate, *_address(s.addresses, s.estate))) for s in sites]
    table = register.frame.select(
        "address_code", "estate_code", "building_code", "unit_code", "room_code", "site", "building", "unit", "room",
        "full_text", row_floor="floor",
    )  # fmt: skip
    about = pl.DataFrame(
        {"site": range(len(sites)), "site_key": key, **names, "many": [len(found.buildings) > 1 for found in sites]},
        schema={"site": pl.UInt32, "site_key": pl.String, **dict.fromkeys(names, pl.String), "many": pl.Boolean},
    )
    doors = table.filter((pl.col("room") != "") & (pl.col("building") != "")).join(about, on="site")
    return doors.with_columns(
        pl.len().over("site", "building", "unit", "room").alias("at_door"),
        pl.len().over("site", "building", "room").alias("in_building"),
        pl.concat_str("site_key", "building", "unit", separator="|").alias("unit_key"),
    ).drop("site_key")


def _address(addresses: frozenset[tuple[str, str]], estate: str) -> tuple[str, str]:
    return min(addresses) if addresses and not estate else ("", "")


def _heads(texts: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    distinct = texts.select(_HEAD).unique().sort(_HEAD, nulls_last=True)
    read = [
        decider.plain_head(head, Hints(estate, None, None, None, community))
        for head, estate, community in distinct.iter_rows()
    ]
    return pl.concat([distinct, pl.DataFrame(read, schema=_HEAD_SCHEMA, orient="row")], how="horizontal")


def _tails(texts: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    distinct = texts.select(_TAIL).unique().sort(_TAIL, nulls_last=True)
    doors = []
    for tail, building, unit, room in distinct.iter_rows():
        parts, conflict = decider.plain_tail(tail, Hints(None, building, unit, room, None))
        doors.append((conflict, *(plain_door(parts) or (None,) * 5)))
    return pl.concat([distinct, pl.DataFrame(doors, schema=_TAIL_SCHEMA, orient="row")], how="horizontal")


def find_doors(texts: pl.DataFrame, decider: Decider, register: Register) -> pl.DataFrame:
    """The answers for the plain majority of texts.

    Args:
        texts: one row a distinct text: index, plain, head, tail (see `grammar.SPLIT`) and the `HINTS`, in normal form.
        decider: reads heads and tails, and keeps them for the cascade.
        register: the register whose doors are wanted.

    Returns:
        One row for each text that was found: index and the columns of `answers.Decision` without candidates.
    """
    has_numbers = (pl.col("tail") != "") | pl.col("hint_room").is_not_null()
    asked = texts.filter(has_numbers & (pl.col("plain").str.len_chars() <= LONGEST))
    heads = _heads(asked, decider).filter(pl.col("site").is_not_null())
    tails = _tails(asked, decider).filter(pl.col("building").is_not_null())
    wanted = asked.select("index", "plain", *_HEAD, *_TAIL).join(heads, on=_HEAD, nulls_equal=True)
    return _answers(_at_doors(wanted.join(tails, on=_TAIL, nulls_equal=True), door_table(register)))


def _at_doors(wanted: pl.DataFrame, doors: pl.DataFrame) -> pl.DataFrame:
    """The texts whose door is the only one of its kind: by unit where it is named, else by building and room."""
    named = pl.col("unit").is_not_null() & pl.col("floor").is_null()
    unit, floor = pl.col("unit"), pl.col("floor")
    by_unit = wanted.filter(named).join(
        doors.filter(pl.col("at_door") == 1), on=["site", "building", "unit", "room"]
    )  # fmt: skip
    by_room = wanted.filter(~named).join(
        doors.filter(pl.col("in_building") == 1), on=["site", "building", "room"], suffix="_row"
    )
    by_room = by_room.filter(
        (unit.is_null() | (unit == pl.col("unit_row")))
        & (floor.is_null() | pl.col("row_floor").is_null() | (floor == pl.col("row_floor")))
    )
    found = pl.concat([by_unit.select(_CHOSEN), by_room.select(_CHOSEN)])
    return found.filter(pl.col("many") | ~pl.col("among_buildings"))


_PLACE: Final = (
    "district",
    "street",
    "community",
    "estate",
    "estate_code",
    "building_code",
    "unit_code",
    "unit_key",
    "room_code",
)
_CHOSEN: Final = [
    "index",
    "many",
    "among_buildings",
    "conflict",
    "plain",
    "method",
    "confidence",
    "confidence_exact",
    "full_text",
    "address_code",
    *_PLACE,
]


def _answers(found: pl.DataFrame) -> pl.DataFrame:
    as_registered = (pl.col("method") == "parsed") & pl.col("full_text").str.ends_with(pl.col("plain"))
    sure = pl.when(as_registered).then("confidence_exact").otherwise("confidence")
    return found.select(
        "index",
        "address_code",
        pl.lit("room").alias("matched_level"),
        (sure - pl.when("conflict").then(0.02).otherwise(0.0)).alias("confidence"),
        pl.when(as_registered).then(pl.lit("exact")).otherwise("method").alias("method"),
        pl.lit(MATCHED).alias("status"),
        pl.when("conflict").then(pl.lit("column_conflict")).alias("reason"),
        pl.lit(None, pl.String).alias("division_code"),
        *_PLACE,
    )
