"""The levels of an address, deepest first, and the level that a register row stands for."""

from __future__ import annotations

from typing import Final

import polars as pl

LEVELS: Final = ("room", "floor", "unit", "building", "estate", "house_number", "road", "community", "street", "none")
_GROUP_PATTERN: Final = r"(?:组|队)$"


def is_group_house() -> pl.Expr:
    """Whether a register row is (in) a house of a village group, or the group itself.

    `五组` stands in the estate column; so does `上湾`, which only the house number without a road gives away.
    """
    off_road = (pl.col("road_n") == "") & (pl.col("house_number_n") != "") & (pl.col("building_n") == "")
    return (pl.col("estate_n") != "") & (pl.col("estate_n").str.contains(_GROUP_PATTERN) | off_road)


def deepest_level(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `level`: the deepest part that a register row fills.

    A house inside a village group (`五组` in the estate column with `24号`) is a `house_number`, for there the house
    lies below the group; everywhere else the estate lies below its house number.
    """

    def has(part: str) -> pl.Expr:
        return pl.col(f"{part}_n") != ""

    group_house = is_group_house() & has("house_number")
    return frame.with_columns(
        pl.when(has("room")).then(pl.lit("room"))
        .when(pl.col("floor").is_not_null()).then(pl.lit("floor"))
        .when(has("unit")).then(pl.lit("unit"))
        .when(has("building")).then(pl.lit("building"))
        .when(group_house).then(pl.lit("house_number"))
        .when(has("estate")).then(pl.lit("estate"))
        .when(has("house_number")).then(pl.lit("house_number"))
        .when(has("road")).then(pl.lit("road"))
        .when(has("community")).then(pl.lit("community"))
        .when(has("street")).then(pl.lit("street"))
        .otherwise(pl.lit("none"))
        .alias("level")
    )  # fmt: skip
