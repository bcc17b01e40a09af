"""Coordinates of addresses: the register's own, else the middle of what belongs to the building or estate."""

from __future__ import annotations

import polars as pl

ADDRESS, BUILDING, ESTATE = "address", "building", "estate_centre"


def address_positions(points: pl.DataFrame) -> pl.DataFrame:
    """Return one position per code of a room, building, house or estate, by code.

    Args:
        points: `register_points`.

    Returns:
        code, at_lon, at_lat, source: `address` (a room or a house number), `building` or `estate_centre`. A building
        or estate without coordinates of its own lies in the middle (median) of its addresses.
    """
    level = pl.col("level").replace_strict({"building": BUILDING, "estate": ESTATE}, default=ADDRESS)
    own = points.select(code="address_code", at_lon="lon", at_lat="lat", source=level)
    middles = [_middles(points, "building_code", BUILDING), _middles(points, "estate_code", ESTATE)]
    return pl.concat([own, *middles]).unique("code", keep="first", maintain_order=True).sort("code")


def with_position(incidents: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Return the incidents in their order with at_lon, at_lat, source of their address, null where it has none.

    Args:
        incidents: with address_code, building_code, estate_code; the most precise that has coordinates counts.
        points: `register_points`.
    """
    positions = address_positions(points)
    placed = incidents
    for name in _CODES:
        renamed = positions.rename({"code": name, **{column: f"{column}_{name}" for column in _POSITION}})
        placed = placed.join(renamed, on=name, how="left", maintain_order="left")
    found = [pl.coalesce(*(f"{column}_{name}" for name in _CODES)).alias(column) for column in _POSITION]
    return placed.select(*incidents.columns, *found)


_POSITION = ("at_lon", "at_lat", "source")
_CODES = ("address_code", "building_code", "estate_code")
"""The most precise first."""


def _middles(points: pl.DataFrame, code: str, source: str) -> pl.DataFrame:
    return (
        points.filter(pl.col(code).is_not_null())
        .group_by(code=pl.col(code))
        .agg(at_lon=pl.col("lon").median(), at_lat=pl.col("lat").median())
        .with_columns(source=pl.lit(source))
    )
