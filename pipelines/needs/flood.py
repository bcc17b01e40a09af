"""Ground on which water has risen: water gauges that alarmed at a building or close by."""

from __future__ import annotations

from datetime import date, timedelta
from math import cos, radians
from typing import Final

import polars as pl

from pipelines.needs.witnesses import Scan

NEAR_METRES: Final = 150.0
"""Water stands level: what floods an underpass floods the doors around it. A judgement, a block's length."""

REMEMBERED: Final = timedelta(days=3 * 366)
"""Three rainy seasons."""

METRES_A_DEGREE: Final = 111_320.0
TABLES: Final = ("facts.device", "facts.sensor_alarm")


def flooded_buildings(scan: Scan, buildings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Find the buildings with a water alarm.

    Args:
        scan: gives a table as a lazy frame.
        buildings: ``building_code, lon, lat``, one row a building.
        as_of: the day of the newest delivery.

    Returns:
        ``building_code`` of buildings at which a gauge stands that alarmed in the last three years, or within 150 m of
        one, sorted. A building without coordinates is found only by a gauge of its own.
    """
    gauges = _alarmed_gauges(scan, as_of)
    own = gauges.select(building_code=pl.coalesce("building_code", "estate_code")).drop_nulls()
    at = buildings.select("building_code").join(own, on="building_code", how="semi")
    return pl.concat([at, _near(buildings, gauges)]).unique().sort("building_code")


def _alarmed_gauges(scan: Scan, as_of: date) -> pl.DataFrame:
    alarms = scan("facts.sensor_alarm").filter(
        (pl.col("type") == "alarm")
        & (pl.col("device_type") == "water_level")
        & pl.col("happened_on").is_between(as_of - REMEMBERED, as_of)
    )
    devices = scan("facts.device").filter(pl.col("type") == "water_level")
    return (
        devices.join(alarms.select("device_id").unique(), on="device_id", how="semi")
        .select("device_id", "building_code", "estate_code", "lon", "lat")
        .sort("device_id")
        .collect()
    )


def _near(buildings: pl.DataFrame, gauges: pl.DataFrame) -> pl.DataFrame:
    """Buildings within reach of a gauge, found in squares of the reach so that no city is compared with itself."""
    middle = buildings["lat"].mean()
    if not isinstance(middle, float):
        return buildings.select("building_code").clear()
    width = METRES_A_DEGREE * cos(radians(middle))
    metres = {"x": pl.col("lon") * width, "y": pl.col("lat") * METRES_A_DEGREE}
    squares = {name: (pl.col(name) / NEAR_METRES).floor().cast(pl.Int64) for name in ("x", "y")}
    houses = buildings.drop_nulls(["lon", "lat"]).select("building_code", **metres)
    water = gauges.drop_nulls(["lon", "lat"]).select(gx=pl.col("lon") * width, gy=pl.col("lat") * METRES_A_DEGREE)
    around = pl.DataFrame({"dx": [-1, 0, 1]}, schema={"dx": pl.Int64}).join(
        pl.DataFrame({"dy": [-1, 0, 1]}, schema={"dy": pl.Int64}), how="cross"
    )
    reached = water.join(around, how="cross").select(
        "gx",
        "gy",
        sx=(pl.col("gx") / NEAR_METRES).floor().cast(pl.Int64) + pl.col("dx"),
        sy=(pl.col("gy") / NEAR_METRES).floor().cast(pl.Int64) + pl.col("dy"),
    )
    pairs = houses.with_columns(sx=squares["x"], sy=squares["y"]).join(reached, on=["sx", "sy"])
    distance = ((pl.col("x") - pl.col("gx")) ** 2 + (pl.col("y") - pl.col("gy")) ** 2).sqrt()
    return pairs.filter(distance <= NEAR_METRES).select("building_code")
