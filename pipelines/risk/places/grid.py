"""A fixed metric grid: degrees to metres, metres to cells, and back.

The projection is equirectangular with the metre lengths of one degree (WGS 84 and CGCS2000 agree to centimetres) at one
reference latitude. Over the 100 km of a district a cell of 100 m is off by less than half a metre, and the grid is
exactly invertible without a library of projections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EQUATOR_RADIUS_M = 6_378_137.0
FIRST_ECCENTRICITY_SQUARED = 0.006_694_379_990_14


@dataclass(frozen=True)
class Grid:
    """Cells of equal size, counted east and north from a fixed origin.

    Attributes:
        origin_lon, origin_lat: degrees of the corner of cell 0, 0; west and south of everything.
        cell_metres: length of a cell's side.
    """

    origin_lon: float
    origin_lat: float
    cell_metres: int

    @property
    def _metres_per_degree(self) -> tuple[float, float]:
        """Return metres of one degree of longitude and of latitude, one degree north of the origin."""
        latitude = np.radians(self.origin_lat + 1.0)
        curved = 1.0 - FIRST_ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
        east = EQUATOR_RADIUS_M * np.cos(latitude) / np.sqrt(curved)
        north = EQUATOR_RADIUS_M * (1.0 - FIRST_ECCENTRICITY_SQUARED) / curved**1.5
        return float(np.radians(east)), float(np.radians(north))

    def project(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return metres east and north of the origin."""
        east, north = self._metres_per_degree
        return (lon - self.origin_lon) * east, (lat - self.origin_lat) * north

    def unproject(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Return degrees of longitude and latitude; the inverse of `project`."""
        east, north = self._metres_per_degree
        return x_m / east + self.origin_lon, y_m / north + self.origin_lat


def cells_of(x_m: Floats, y_m: Floats, cell_metres: int) -> tuple[Ints, Ints]:
    """Return the column and row of the cell that each point lies in; a point on an edge belongs to the cell beyond.

    A point without coordinates lies in column -1, row -1: the origin is west and south of all.
    """
    placed = np.isfinite(x_m) & np.isfinite(y_m)
    column, row = (np.floor(np.where(placed, metres / cell_metres, -1.0)) for metres in (x_m, y_m))
    return column.astype(np.int64), row.astype(np.int64)


def choose_grid(lon: Floats, lat: Floats, cell_metres: int) -> Grid:
    """Return a grid whose origin is a whole degree, more than one degree west and south of the median point.

    A whole degree far from the median moves only with the district: new buildings do not move it.
    """
    return Grid(float(np.floor(np.median(lon))) - 1.0, float(np.floor(np.median(lat))) - 1.0, cell_metres)
