"""Distances in metres between degrees of one city, and the offset of map services in China."""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import Final

import polars as pl

_METRES_A_DEGREE: Final = 111_195.0
# Krasovsky 1940, as the published formula of GCJ-02 has it.
_AXIS: Final = 6_378_245.0
_ECCENTRICITY: Final = 0.00669342162296594323


def eastward(lon: pl.Expr, other: pl.Expr, lat: pl.Expr) -> pl.Expr:
    """Metres from `other` to `lon` at a latitude, for places of one city."""
    return (lon - other) * _METRES_A_DEGREE * lat.radians().cos()


def northward(lat: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Metres from `other` to `lat`."""
    return (lat - other) * _METRES_A_DEGREE


def gcj02_offset(lon: float, lat: float) -> tuple[float, float]:
    """By how many metres (east, north) GCJ-02 moves a place of China; a map service's coordinates have it.

    >>> east, north = gcj02_offset(118.1, 31.2)
    >>> 300 < (east**2 + north**2) ** 0.5 < 700
    True
    """
    x, y = lon - 105.0, lat - 35.0
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    dlat += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    dlat += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    dlon += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    dlon += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    rad = radians(lat)
    magic = 1.0 - _ECCENTRICITY * sin(rad) ** 2
    dlat = dlat * 180.0 / ((_AXIS * (1.0 - _ECCENTRICITY)) / (magic * sqrt(magic)) * pi)
    dlon = dlon * 180.0 / (_AXIS / sqrt(magic) * cos(rad) * pi)
    return dlon * _METRES_A_DEGREE * cos(rad), dlat * _METRES_A_DEGREE
