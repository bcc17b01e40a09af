"""Many cells or many squares as one SVG path: horizontal strokes with relative moves, about seven bytes a cell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def run_paths(cells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Write the cells of each group as one path.

    Args:
        cells: `col`, `row` (whole numbers) and the columns of `by`; a cell must stand once in its group.
        by: the groups.

    Returns:
        `by` and `d`: strokes along the row numbers, to be drawn one unit wide and half a unit lower.
    """
    runs = (
        cells.sort(*by, "row", "col")
        .with_columns(
            begins=(
                (pl.col("col") != pl.col("col").shift(1).over(by) + 1)
                | (pl.col("row") != pl.col("row").shift(1).over(by))
            ).fill_null(value=True)
        )
        .with_columns(run=pl.col("begins").cum_sum())
        .group_by(*by, "run", maintain_order=True)
        .agg(x=pl.col("col").first(), y=pl.col("row").first(), length=pl.len().cast(pl.Int64))
    )
    return _strokes(runs, by)


def square_paths(points: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Write squares of one size a group as one path; `x`, `y` is the middle of the left edge, `length` the edge."""
    ordered = points.sort(*by, (pl.col("y") // 64), "x", "y")
    return _strokes(ordered, by)


def _strokes(runs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Join strokes (`x`, `y`, `length`) of each group; a move starts where the stroke before has ended."""
    moved = runs.with_columns(
        dx=pl.col("x") - (pl.col("x") + pl.col("length")).shift(1).over(by).fill_null(0),
        dy=pl.col("y") - pl.col("y").shift(1).over(by).fill_null(0),
    )
    stroke = pl.concat_str(
        pl.lit("m"),
        pl.col("dx"),
        pl.when(pl.col("dy") < 0).then(pl.lit("")).otherwise(pl.lit(" ")),
        pl.col("dy"),
        pl.lit("h"),
        pl.col("length"),
    )
    return moved.group_by(*by, maintain_order=True).agg(d=stroke.str.join(""))
