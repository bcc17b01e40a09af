"""Named buildings that are large enough for a forecast of their own."""

from __future__ import annotations

import polars as pl

from pipelines.risk.places.grid import Grid, cells_of
from pipelines.risk.places.lattice import index_of
from pipelines.risk.places.study_area import lattice_of

BUILDING_COLUMNS = ("building_code", "name", "district", "street", "community", "lon", "lat")


def named_buildings(buildings: pl.DataFrame, cells: pl.DataFrame, grid: Grid, dwellings: int) -> pl.DataFrame:
    """Return the buildings with a forecast of their own, by code, and the position of their cell.

    Args:
        buildings: `facts.building`.
        cells: `marts.risk_cell`.
        grid: of the cells.
        dwellings: buildings with fewer, or an unknown number, are left out: a count there is about a family.

    Returns:
        building_code, name, district, street, community, lon, lat, cell_index (-1 outside the study area or unplaced).
    """
    large = buildings.filter(pl.col("dwellings") >= dwellings).select(BUILDING_COLUMNS).sort("building_code")
    lon, lat = (large[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("lon", "lat"))
    at = cells_of(*grid.project(lon, lat), grid.cell_metres)
    return large.with_columns(cell_index=pl.Series(index_of(*lattice_of(cells), *at)))
