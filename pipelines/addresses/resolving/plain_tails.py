"""Numbers with one reading only: what they name, whatever site they stand in.

The commonest forms are read by patterns over the whole column, the others by the parser; the readings are the same.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.deciding.answers import Hints
from pipelines.addresses.deciding.decide import Decider
from pipelines.addresses.forms.keys import room_key
from pipelines.addresses.forms.said import Parts

TAIL: Final = ["tail", "hint_building", "hint_unit", "hint_room"]
_SCHEMA: Final = {
    "kind": pl.String, "conflict": pl.Boolean,
    "building": pl.String, "unit": pl.String, "floor": pl.Int64, "room": pl.String, "among_buildings": pl.Boolean,
}  # fmt: skip
_KEYS: Final = list(_SCHEMA)[2:]
_Place = tuple[str | None, bool, str | None, str | None, int | None, str | None, bool]
_NOTHING: Final[_Place] = (None, False, None, None, None, None, False)
# `3号楼2单元5层0501室`, `3栋501`, `3-2-501室`, `3-501`.
_WORDS: Final = (
    r"^([0-9]{1,3})(?:号楼|栋|幢|座|#楼|#)(?:([0-9]{1,2})单元)?(?:([0-9]{1,2})层)?([0-9]{3,5})[室户]?$",
    r"^([0-9]{1,3})-(?:([0-9]{1,2})-)?()([0-9]{3,5})室?$",
)


def _number(text: str) -> str:
    return str(int(text)) if text.isdigit() else text


def _is_short(room: str) -> bool:
    return room.isdigit() and int(room) < 100


def plain_place(parts: Parts) -> _Place:
    """What the parts name, where they have one reading; kind null where a site may read them otherwise.

    Returns:
        Kind (`site`, `building`, `unit`, `door` of a building, `room` of a site without buildings), whether columns
        contradict the text (false here), building, unit, floor, room, and whether the reading holds only in a site of
        several buildings.
    """
    if parts.storey is not None or parts.house_or_building is not None or parts.numbered is not None:
        return _NOTHING
    building, unit, floor, room = parts.building, parts.unit, parts.floor, parts.room
    if not parts.loose and room is None:
        return _without_room(building, unit, floor)
    if parts.loose and room is not None:
        return _NOTHING
    among = False
    if parts.loose:
        filled = _fill(parts)
        if filled is None:
            return _NOTHING
        building, unit, room, among = filled
    if room is None or room[0] == "S" or (floor is not None and (_is_short(room) or floor < 0)):
        return _NOTHING  # `S12` may be called shop 12, `5层01` 501
    if building is None:
        return ("room", False, None, None, None, room, False) if unit is None and floor is None else _NOTHING
    return "door", False, building, unit, floor, room, among


def _without_room(building: str | None, unit: str | None, floor: int | None) -> _Place:
    if floor is not None or (building is None and unit is not None):
        return _NOTHING
    kind = "site" if building is None else "building" if unit is None else "unit"
    return kind, False, building, unit, None, None, False


def _fill(parts: Parts) -> tuple[str | None, str | None, str, bool] | None:
    """Building, unit and room of numbers without words, and whether it takes several buildings; null for others."""
    loose, building, unit = parts.loose, parts.building, parts.unit
    if _is_short(loose[-1]) or len(loose) > 3:
        return None
    room = room_key(loose[-1])
    if len(loose) == 1:
        return building, unit, room, False
    if building is None:
        if len(loose) == 2 and loose[0][0].isalpha() and len(loose[0]) > 1:
            return None  # `A1-1102` may be unit 1 of building A
        return _number(loose[0]), unit if len(loose) == 2 else unit or _number(loose[1]), room, len(loose) == 2
    return (building, _number(loose[0]), room, False) if unit is None and len(loose) == 2 else None


def _by_pattern(tails: pl.DataFrame) -> pl.DataFrame:
    """The tails of `_WORDS`, where no column says more: tail and the columns of `_SCHEMA`."""
    bare = tails.filter(pl.all_horizontal(pl.col(name).is_null() for name in TAIL[1:])).select("tail")
    read = []
    for number, pattern in enumerate(_WORDS):
        groups = pl.col("tail").str.extract_groups(pattern).struct.rename_fields(["building", "unit", "floor", "room"])
        found = bare.with_columns(groups.alias("part")).unnest("part").filter(pl.col("room").is_not_null())
        plain = [pl.col(name).cast(pl.Int64).cast(pl.String) for name in ("building", "unit", "room")]
        floor = pl.col("floor").replace("", None).cast(pl.Int64)
        read.append(found.with_columns(*plain, floor, among_buildings=pl.col("unit").is_null() & (number == 1)))
    whole = pl.concat(read).filter(pl.col("room").str.len_chars() >= 3)  # `0002` is no plain room
    return whole.select("tail", pl.lit("door").alias("kind"), pl.lit(value=False).alias("conflict"), *_KEYS)


def read_tails(texts: pl.DataFrame, decider: Decider) -> pl.DataFrame:
    """Every distinct tail with its columns: `TAIL` and `kind` (null where not plain), `conflict`, and the keys."""
    distinct = texts.select(TAIL).unique().sort(TAIL, nulls_last=True)
    quick = distinct.join(_by_pattern(distinct), on="tail", how="left", maintain_order="left")
    bare = pl.all_horizontal(pl.col(name).is_null() for name in TAIL[1:])
    quick = quick.filter(bare & pl.col("kind").is_not_null())
    rest = distinct.join(quick, on=TAIL, how="anti", nulls_equal=True, maintain_order="left")
    places = []
    for tail, building, unit, room in rest.iter_rows():
        parts, conflict = decider.plain_tail(tail, Hints(None, building, unit, room, None))
        kind, _, *keys = plain_place(parts)
        places.append((kind, conflict, *keys))
    read = pl.concat([rest, pl.DataFrame(places, schema=_SCHEMA, orient="row")], how="horizontal")
    return pl.concat([read, quick.select(read.columns)])
