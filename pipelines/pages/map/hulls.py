"""Outlines of estates: the register has points only, so an estate is the hull of its buildings with a little ground."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

GROUND_CELLS = 0.22
"""How far the outline stands off the point of a building, in cells."""
STRAY_FACTOR, STRAY_CELLS = 4.0, 4.0
"""A building farther from the middle of its estate than four times the median and four cells is a stray point."""


def hulls_of(buildings: pl.DataFrame) -> pl.DataFrame:
    """Draw the outline of every estate.

    Args:
        buildings: `estate_code, estate, part, gx, gy`; rows without an estate are passed over.

    Returns:
        One row an estate and part: `estate_code, estate, part, corners` (list of x, y in cells, in turn), sorted.
    """
    groups = (
        buildings.filter(pl.col("estate_code").is_not_null())
        .with_columns(
            far=(
                (pl.col("gx") - pl.col("gx").median().over("estate_code")) ** 2
                + (pl.col("gy") - pl.col("gy").median().over("estate_code")) ** 2
            ).sqrt()
        )
        .filter(
            pl.col("far") <= pl.max_horizontal(pl.col("far").median().over("estate_code") * STRAY_FACTOR, STRAY_CELLS)
        )
        .sort("estate_code", "part", "gx", "gy")
        .group_by("estate_code", "part", maintain_order=True)
        .agg(pl.col("estate").drop_nulls().mode().sort().first(), "gx", "gy")
    )
    corners = [
        _outline(np.column_stack((xs, ys))).ravel().tolist()
        for xs, ys in zip(groups["gx"].to_list(), groups["gy"].to_list(), strict=True)
    ]
    return groups.select("estate_code", "estate", "part").with_columns(
        corners=pl.Series(corners, dtype=pl.List(pl.Float64))
    )


def _outline(points: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.array([(1, 0.45), (0.45, 1), (-0.45, 1), (-1, 0.45), (-1, -0.45), (-0.45, -1), (0.45, -1), (1, -0.45)])
    around = (points[:, None, :] + steps[None, :, :] * GROUND_CELLS).reshape(-1, 2)
    return np.asarray(around[ConvexHull(around).vertices], dtype=np.float64)
