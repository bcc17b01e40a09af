"""The places that are forecast, with what is the same for every class."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.config import RiskConfig
from pipelines.risk.places.buildings import place_buildings, told_buildings, told_cells
from pipelines.risk.places.grid import Bools, Grid
from pipelines.risk.places.lattice import Kernel, adjacency, gaussian
from pipelines.risk.places.study_area import lattice_of


@dataclass(frozen=True)
class Area:
    """The places that are forecast.

    Attributes:
        cells: `marts.risk_cell` of the study area.
        buildings: with a forecast of their own, `place_buildings`.
        told_cells: of which every class is told; of the others only all calls together.
        told_buildings: the same of the buildings.
        smoothing: Gaussian kernel between the cells.
        touching: 1 between cells that touch.
    """

    cells: pl.DataFrame
    buildings: pl.DataFrame
    told_cells: Bools
    told_buildings: Bools
    smoothing: Kernel
    touching: Kernel


def area_of(cells: pl.DataFrame, buildings: pl.DataFrame, grid: Grid, config: RiskConfig) -> Area:
    """Return the area.

    Args:
        cells: `marts.risk_cell` of the study area.
        buildings: `facts.building`.
        grid: of the cells.
        config: bandwidth, and how many homes are enough.
    """
    placed, enough = place_buildings(buildings, cells, grid), config.building_dwellings
    named = placed.filter(pl.col("dwellings") >= enough)
    column, row = lattice_of(cells)
    return Area(
        cells=cells,
        buildings=named,
        told_cells=told_cells(placed, len(cells), enough),
        told_buildings=told_buildings(placed, named, len(cells), enough),
        smoothing=gaussian(column, row, config.cell_metres, config.kernel_metres),
        touching=adjacency(column, row),
    )
