"""Where a home lies: its building, unit, floor and room, as the register and the other lists tell."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.needs.floors import floors_from_rooms
from pipelines.needs.witnesses import Scan

HOME_SCHEMA: Final = pl.Schema(
    {
        "address_code": pl.String(),
        "building_code": pl.String(),
        "estate_code": pl.String(),
        "district": pl.String(),
        "street": pl.String(),
        "community": pl.String(),
        "estate": pl.String(),
        "building": pl.String(),
        "unit": pl.String(),
        "floor": pl.Int64(),
        "floor_source": pl.String(),
        "room": pl.String(),
        "is_home": pl.Boolean(),
        "is_divided": pl.Boolean(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
    }
)
TABLES: Final = ("master.address",)


def homes_of(scan: Scan) -> pl.DataFrame:
    """Place every row of the address register.

    Returns:
        Rows of ``HOME_SCHEMA``, one per address_code, sorted. ``building_code`` is the row of the building, of the
        house number, or of a courtyard whose rooms hang on it directly; null where a text stops at an estate with
        several buildings. ``building`` is the building's name, of a house its road and number. ``is_home``: one
        dwelling, a room or a house without rooms. ``floor_source``: ``register``, ``room_number`` or null.
    """
    addresses = scan("master.address").collect()
    estates = _estates(addresses)
    rows = addresses.join(estates, on="estate_code", how="left")
    has_one = pl.col("estate_buildings").fill_null(1) == 0
    road = pl.concat_str(pl.col("road").fill_null(""), pl.col("house_number").fill_null(""))
    placed = rows.with_columns(
        building_code=pl.coalesce("building_code", pl.when(has_one).then("estate_code")),
        building=pl.when(has_one & pl.col("building").is_null()).then(road.replace("", None)).otherwise("building"),
        is_home=(pl.col("level") == "room")
        | ((pl.col("level") == "house_number") & (pl.col("estate_rows").fill_null(0) <= 1)),
        is_divided=pl.col("estate_rows").fill_null(0) > 1,
    )
    return floors_from_rooms(placed).select(HOME_SCHEMA.names()).cast(HOME_SCHEMA).sort("address_code")


def _estates(addresses: pl.DataFrame) -> pl.DataFrame:
    """Rows and buildings that hang on each estate or house number."""
    return (
        addresses.drop_nulls("estate_code")
        .group_by("estate_code")
        .agg(estate_rows=pl.len(), estate_buildings=(pl.col("level") == "building").sum())
    )
