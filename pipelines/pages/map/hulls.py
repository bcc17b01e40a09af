"""Outlines of estates: the register has points only, so an estate is the hull of its buildings with a little ground."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

HOUSE = "house_number"
ESTATE = ("district", "street", "community", "estate")
GROUND_CELLS = 0.22
"""How far the outline stands off the point of a building, in cells."""
STRAY_FACTOR, STRAY_CELLS = 4.0, 4.0
"""A building farther from the middle of its estate than four times the median and four cells is a stray point."""


def hulls_of(buildings: pl.DataFrame) -> pl.DataFrame:
    """Draw the outline of every estate.

    Args:
        buildings: `level, district, street, community, estate, part, gx, gy`. Rows without a name of an estate are
            passed over, and so are houses known by their number alone: those of a village group lie among one another.

    Returns:
        One row an estate and part: the four names, `part` and `corners` (list of x, y in cells, in turn), sorted.
    """
    groups = (
        buildings.filter((pl.col("estate").fill_null("") != "") & (pl.col("level") != HOUSE))
        .with_columns(
            far=(
                (pl.col("gx") - pl.col("gx").median().over(ESTATE)) ** 2
                + (pl.col("gy") - pl.col("gy").median().over(ESTATE)) ** 2
            ).sqrt()
        )
        .filter(pl.col("far") <= pl.max_horizontal(pl.col("far").median().over(ESTATE) * STRAY_FACTOR, STRAY_CELLS))
        .sort(*ESTATE, "part", "gx", "gy")
        .group_by(*ESTATE, "part", maintain_order=True)
        .agg("gx", "gy")
    )
    corners = [
        _outline(np.column_stack((xs, ys))).ravel().tolist()
        for xs, ys in zip(groups["gx"].to_list(), groups["gy"].to_list(), strict=True)
    ]
    return groups.drop("gx", "gy").with_columns(corners=pl.Series(corners, dtype=pl.List(pl.Float64)))


def _outline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.array([(1, 0.45), (0.45, 1), (-0.45, 1), (-1, 0.45), (-1, -0.45), (-0.45, -1), (0.45, -1), (1, -0.45)])
    around = (points[:, None, :] + steps[None, :, :] * GROUND_CELLS).reshape(-1, 2)
    return np.asarray(around[ConvexHull(around).vertices], dtype=np.float64)
