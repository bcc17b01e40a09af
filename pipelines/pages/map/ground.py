"""The study area as a grid: columns to the east, rows to the south, and the built-up parts that it falls into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

METRES_PER_DEGREE = 111_195.0
PART_GAP_CELLS = 4
"""Cells with at most three empty ones between them are one built-up part: a road or a park does not divide a place."""
PATCH_GAP_CELLS = 8
"""What a street has in one part is one patch up to this gap; streets may lie among one another."""
APART = 10**7
"""Columns between groups that must not be connected."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The cells of the study area, and how a point lies among them.

    Attributes:
        cells: one row a cell: `cell, col, row, part, patch, zone, district, street, community`, in the order of rows
            and columns; `part` counts connected built-up parts, `zone` streets, and `patch` what a street has together
            in one part, all from 0.
        zones: one row a street: `zone, district, street`; a null name is a street that the register does not tell.
        size_m: edge of a cell in metres.
        transform: 3 x 2, from (1, lon, lat) to (col, row) as fractions.
    """

    cells: pl.DataFrame
    zones: pl.DataFrame
    size_m: float
    transform: Floats

    def place(self, points: pl.DataFrame) -> pl.DataFrame:
        """Add `gx` and `gy`, the place among the cells, to rows with `lon` and `lat`; rows without a point drop out."""
        known = points.filter(pl.col("lon").is_finite() & pl.col("lat").is_finite())
        ones = np.ones(known.height)
        found = np.column_stack((ones, known["lon"].to_numpy(), known["lat"].to_numpy())) @ self.transform
        return known.with_columns(
            gx=pl.Series(found[:, 0], dtype=pl.Float64), gy=pl.Series(found[:, 1], dtype=pl.Float64)
        )

    def nearest_part(self, placed: pl.DataFrame, within: float = 3.0) -> pl.DataFrame:
        """Add `part`, that of the nearest cell within so many cells; rows farther from all cells drop out."""
        if not placed.height or not self.cells.height:
            return placed.clear().with_columns(part=pl.lit(None, pl.Int64))
        tree = cKDTree(self.cells.select(pl.col("col") + 0.5, pl.col("row") + 0.5).to_numpy())
        distance, found = tree.query(placed.select("gx", "gy").to_numpy(), distance_upper_bound=within)
        near = np.isfinite(distance)
        parts = self.cells["part"].to_numpy()[np.asarray(found)[near]]
        return placed.filter(pl.Series(near)).with_columns(part=pl.Series(parts, dtype=pl.Int64))


def ground_of(cells: pl.DataFrame) -> Ground | None:
    """Arrange the rows of `marts.risk_cell` that lie in the study area; None when there is none."""
    studied = cells.filter(pl.col("in_study_area") & pl.col("x_m").is_finite() & pl.col("y_m").is_finite())
    if not studied.height:
        return None
    size = _cell_size(studied)
    west, north = _low(studied["x_m"]), _low(-studied["y_m"])
    placed = studied.with_columns(
        col=((pl.col("x_m") - west) / size).round().cast(pl.Int64),
        row=((-pl.col("y_m") - north) / size).round().cast(pl.Int64),
    ).sort("row", "col", "cell")
    zones = (
        placed.select("district", "street")
        .unique()
        .sort("district", "street", nulls_last=True)
        .with_row_index("zone")
        .with_columns(pl.col("zone").cast(pl.Int64))
    )
    placed = placed.join(zones, on=["district", "street"], how="left", nulls_equal=True, maintain_order="left")
    placed = placed.with_columns(part=_connected(placed, pl.lit(0), PART_GAP_CELLS))
    group = pl.struct("zone", "part").rank("dense").cast(pl.Int64)
    placed = placed.with_columns(patch=_connected(placed, group, PATCH_GAP_CELLS))
    kept = placed.select("cell", "col", "row", "part", "patch", "zone", "district", "street", "community")
    return Ground(kept, zones, size, _transform(placed))


def _cell_size(cells: pl.DataFrame) -> float:
    """Return the smallest step between cells; a lone cell is measured by its corners."""
    steps = [
        step
        for name in ("x_m", "y_m")
        if (step := cells[name].unique().sort().diff().drop_nulls().min()) is not None and isinstance(step, float)
    ]
    if steps:
        return min(steps)
    height = cells.select((pl.col("lat_n") - pl.col("lat_s")).median()).item()
    return round(float(height or 0.0) * METRES_PER_DEGREE, 1) or 100.0


def _connected(cells: pl.DataFrame, group: pl.Expr, gap: int) -> pl.Series:
    """Number the sets of cells of a group of which each is within `gap` of another, in the order of the cells."""
    places = cells.select(pl.col("col") + group * APART, "row").to_numpy()
    pairs = cKDTree(places).query_pairs(gap, p=np.inf, output_type="ndarray").reshape(-1, 2)
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(places), len(places)))
    _, labels = connected_components(links, directed=False)
    return pl.Series(np.asarray(labels, dtype=np.int64), dtype=pl.Int64)


def _transform(cells: pl.DataFrame) -> Floats:
    """Fit columns and rows to degrees by the corners of all cells: the grid is metric, so that a plane is enough."""
    corners = pl.concat(
        [
            cells.select(lon=lon, lat=lat, gx=pl.col("col") + east, gy=pl.col("row") + south)
            for lon, east in (("lon_w", 0), ("lon_e", 1))
            for lat, south in (("lat_s", 1), ("lat_n", 0))
        ]
    ).drop_nulls()
    if not corners.height:
        return np.zeros((3, 2))
    lon, lat = corners["lon"].to_numpy(), corners["lat"].to_numpy()
    middle = np.array([lon.mean(), lat.mean()])
    design = np.column_stack((np.ones(corners.height), lon - middle[0], lat - middle[1]))
    fitted = np.linalg.lstsq(design, corners.select("gx", "gy").to_numpy().astype(np.float64), rcond=None)[0]
    fitted[0] -= middle @ fitted[1:]
    return np.asarray(fitted, dtype=np.float64)


def _low(numbers: pl.Series) -> float:
    lowest = numbers.min()
    return lowest if isinstance(lowest, float) else 0.0
