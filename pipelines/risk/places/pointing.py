"""Coordinates as they were probably meant: swapped ones turned, a feed that is off by one step moved back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.risk.places.datum import common_step
from pipelines.risk.places.grid import Bools, Floats, Grid
from pipelines.risk.places.positions import ESTATE
from pipelines.risk.places.study_area import lattice_of

MARGIN_CELLS = 20
"""Coordinates this far round the study area may be right, and are then `outside_area`; farther off they are wrong."""


@dataclass(frozen=True)
class Points:
    """Per incident, in its order.

    Attributes:
        x, y: metres east and north, NaN without coordinates.
        plausible: in or around the study area.
        turned: longitude and latitude were swapped.
        moved: the whole feed was off by one step.
    """

    x: Floats
    y: Floats
    plausible: Bools
    turned: Bools
    moved: bool


def put_right(told: pl.DataFrame, at: tuple[Floats, Floats], cells: pl.DataFrame, grid: Grid) -> Points:
    """Return the coordinates of the incidents, put right where a rule for it holds.

    Args:
        told: incidents with lon, lat and the source of their address's position.
        at: metres of their addresses, NaN without one.
        cells: `marts.risk_cell` of the study area.
        grid: of the cells.
    """
    lon, lat = degrees(told, "lon"), degrees(told, "lat")
    straight, swapped = grid.project(lon, lat), grid.project(lat, lon)
    turned = ~_plausible(*straight, cells, grid) & _plausible(*swapped, cells, grid)
    x, y = np.where(turned, swapped[0], straight[0]), np.where(turned, swapped[1], straight[1])
    vague = told["source"].eq_missing(ESTATE).to_numpy()
    east, north = common_step(np.where(vague, np.nan, x - at[0]), np.where(vague, np.nan, y - at[1]), at)
    moved = (east, north) != (0.0, 0.0)
    return Points(x - east, y - north, _plausible(x - east, y - north, cells, grid), turned, moved)


def degrees(told: pl.DataFrame, name: str) -> Floats:
    """Return a column of degrees, NaN for null."""
    return told[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _plausible(x: Floats, y: Floats, cells: pl.DataFrame, grid: Grid) -> Bools:
    """Return whether the points lie in the box round the cells, with a margin."""
    column, row = lattice_of(cells)
    if not len(column):
        return np.zeros(len(x), dtype=bool)
    margin, side = MARGIN_CELLS * grid.cell_metres, grid.cell_metres
    across = (x >= column.min() * side - margin) & (x < (column.max() + 1) * side + margin)
    along = (y >= row.min() * side - margin) & (y < (row.max() + 1) * side + margin)
    return np.asarray(across & along, dtype=np.bool_)
