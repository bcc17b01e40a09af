"""Buildings with a forecast of their own, and places where so few live that a forecast would be theirs.

What kind of call comes from a handful of homes is about families (a quarrel at a lonely house names the house). So the
classes are told only where nobody lives or at least ten homes are; of the others only the number of all calls.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.risk.places.grid import Bools, Grid, Ints, cells_of
from pipelines.risk.places.lattice import index_of
from pipelines.risk.places.study_area import lattice_of

BUILDING_COLUMNS = ("building_code", "name", "district", "street", "community", "lon", "lat", "dwellings")


def place_buildings(buildings: pl.DataFrame, cells: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Return all buildings and houses by code, with the position of their cell.

    Args:
        buildings: `facts.building`.
        cells: `marts.risk_cell` of the study area.
        grid: of the cells.

    Returns:
        building_code, name, district, street, community, lon, lat, dwellings (null unknown), cell_index (-1 outside the
        study area or unplaced).
    """
    placed = buildings.select(BUILDING_COLUMNS).sort("building_code")
    lon, lat = (placed[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("lon", "lat"))
    at = cells_of(*grid.project(lon, lat), grid.cell_metres)
    return placed.with_columns(cell_index=pl.Series(index_of(*lattice_of(cells), *at)))


def homes_of(placed: pl.DataFrame, cells: int) -> Ints:
    """Return the homes in each cell; a house of which nobody knows how many it has counts as one."""
    inside = placed.filter(pl.col("cell_index") >= 0)
    homes = inside["dwellings"].fill_null(1).to_numpy()
    return np.bincount(inside["cell_index"].to_numpy(), weights=homes, minlength=cells).astype(np.int64)


def few(homes: Ints, enough: int) -> Bools:
    """Return where some live, but fewer than `enough` homes."""
    return np.asarray((homes > 0) & (homes < enough), dtype=np.bool_)


def told_cells(placed: pl.DataFrame, cells: int, enough: int) -> Bools:
    """Return the cells of which every class is told."""
    return ~few(homes_of(placed, cells), enough)


def told_buildings(placed: pl.DataFrame, named: pl.DataFrame, cells: int, enough: int) -> Bools:
    """Return the named buildings of which every class is told.

    Not where the cell has a few other homes: what the cell counts less what the building counts would be theirs.
    """
    others = homes_of(placed, cells) - homes_of(named, cells)
    beside_few = np.append(few(others, enough), np.zeros(1, dtype=np.bool_))
    return np.asarray(~beside_few[named["cell_index"].to_numpy()], dtype=np.bool_)
