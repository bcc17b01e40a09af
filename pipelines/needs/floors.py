"""The floor of a room from its number, only where the register's own rooms in that building show the pattern."""

from __future__ import annotations

from typing import Final

import polars as pl

ENOUGH_ROOMS: Final = 4
"""Rooms with number and floor that a building needs before its pattern is believed."""

AGREEING: Final = 0.95
"""Share of them that must show it: 1102 on floor 11 and 305 on floor 3."""

DIGITS: Final = r"^\D{0,3}(\d{3,4})\D{0,2}$"


def floors_from_rooms(rooms: pl.DataFrame) -> pl.DataFrame:
    """Fill missing floors.

    Args:
        rooms: rows of the register with ``building_code, floor, room``.

    Returns:
        The same rows in the same order; ``floor`` filled where the building shows the pattern, and ``floor_source``:
        ``register``, ``room_number``, null where no floor is known. Rooms named by words (`商铺12`, `东屋`), and all of
        a building of which no floor was ever written, stay without.

    >>> told = {"building_code": "B", "floor": [3, 3, 4, 11, None], "room": ["301", "302", "401", "1102", "1203室"]}
    >>> floors_from_rooms(pl.DataFrame(told)).select("floor", "floor_source").row(4)
    (12, 'room_number')
    """
    number = pl.col("room").str.extract(DIGITS, 1).cast(pl.Int64)
    numbered = rooms.with_columns(told_floor=number // 100)
    shown = pl.col("floor").is_not_null() & pl.col("told_floor").is_not_null()
    patterns = (
        numbered.filter(shown & pl.col("building_code").is_not_null())
        .group_by("building_code")
        .agg(seen=pl.len(), agreeing=(pl.col("floor") == pl.col("told_floor")).mean())
        .filter((pl.col("seen") >= ENOUGH_ROOMS) & (pl.col("agreeing") >= AGREEING))
        .select("building_code", shows=pl.lit(value=True))
    )
    known = numbered.join(patterns, on="building_code", how="left", maintain_order="left")
    derived = pl.when(pl.col("shows") & (pl.col("told_floor") > 0)).then("told_floor")
    return known.with_columns(
        floor=pl.coalesce("floor", derived),
        floor_source=pl.when(pl.col("floor").is_not_null())
        .then(pl.lit("register"))
        .when(derived.is_not_null())
        .then(pl.lit("room_number")),
    ).drop("told_floor", "shows")
