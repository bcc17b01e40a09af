"""Coordinates as they are typed in: close by, missing, or plainly wrong."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.numbers import Ints
from pipelines.city.world import World

POINT_SHARE = 0.45
_JITTER_DEGREES = 0.0002
_SEA = (4.0, -2.0)


def write_points(
    world: World, rng: np.random.Generator, place: Ints, zero: float = 0.0, swapped: float = 0.0, sea: float = 0.0
) -> tuple[pl.Series, pl.Series]:
    """Write longitudes and latitudes of places: null where nobody typed one or the register has none.

    `zero`, `swapped`, `sea` are the chances that a point is 0 and 0, has its numbers exchanged, or lies in the sea.
    """
    register, size = world.places.register, len(place)
    has_point = rng.random(size) < POINT_SHARE
    jitter = rng.normal(0, _JITTER_DEGREES, (size, 2))
    draw = rng.random(size)
    is_zero, is_swapped = draw < zero, (draw >= zero) & (draw < zero + swapped)
    is_sea = (draw >= zero + swapped) & (draw < zero + swapped + sea)
    lon, lat = (
        np.where(is_zero, 0.0, register[axis].fill_null(float("nan")).to_numpy()[place] + jitter[:, i])
        + np.where(is_sea, _SEA[i], 0.0)
        for i, axis in enumerate(("lon", "lat"))
    )
    lon, lat = np.where(is_swapped, lat, lon), np.where(is_swapped, lon, lat)
    return _texts(lon, has_point), _texts(lat, has_point)


def _texts(axis: NDArray[np.float64], has_point: NDArray[np.bool_]) -> pl.Series:
    shown = pl.col("has") & pl.col("v").is_not_nan()
    frame = pl.DataFrame({"v": axis.round(6), "has": has_point})
    return frame.select(pl.when(shown).then(pl.col("v").cast(pl.String)).alias("t"))["t"]
