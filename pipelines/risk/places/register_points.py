"""Where the addresses of the register lie, and which of their coordinates cannot be."""

from __future__ import annotations

import polars as pl

METRES_PER_DEGREE = 111_000.0
FAR_FROM_DISTRICT_M = 100_000.0
"""No district is wider: farther from the median are swapped, zero or mistyped coordinates."""

FAR_FROM_COMMUNITY_M = 5_000.0
FAR_BEYOND_USUAL = 8.0
"""In a community, a point this many times farther from its middle than half of the points are, and over 5 km."""

POINT_COLUMNS = ("address_code", "level", "district", "street", "community", "lon", "lat")


def register_points(addresses: pl.DataFrame) -> pl.DataFrame:
    """Return the believable coordinates of the register, one row per address that has them, by address_code.

    Args:
        addresses: `master.address`.

    Returns:
        address_code, level, district, street, community, road, house_number, estate, estate_code, building_code,
        in_use (bool), lon, lat. Coordinates far from the rest of the district, or of their own community, are left out.
    """
    points = addresses.filter(pl.col("lon").is_finite() & pl.col("lat").is_finite()).with_columns(
        in_use=pl.col("status").fill_null("在用") != "停用"
    )
    near = points.filter(_metres_from_median(()) <= FAR_FROM_DISTRICT_M)
    away = near.with_columns(away=_metres_from_median(("street", "community")))
    usual = pl.col("away").median().over("street", "community")
    believed = away.filter(pl.col("away") <= pl.max_horizontal(FAR_BEYOND_USUAL * usual, FAR_FROM_COMMUNITY_M))
    return believed.select(
        *POINT_COLUMNS, "road", "house_number", "estate", "estate_code", "building_code", "in_use"
    ).sort("address_code")


def _metres_from_median(group: tuple[str, ...]) -> pl.Expr:
    """Return the distance of each point from the median point of its group, in metres; good enough to tell 5 km."""

    def middle(name: str) -> pl.Expr:
        median = pl.col(name).median()
        return median.over(*group) if group else median

    east = (pl.col("lon") - middle("lon")) * METRES_PER_DEGREE * (middle("lat").radians().cos())
    north = (pl.col("lat") - middle("lat")) * METRES_PER_DEGREE
    return (east**2 + north**2).sqrt()
