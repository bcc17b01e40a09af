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
    """Write squares as one closed path a group.

    Args:
        points: `x`, `y` (whole numbers, the upper left corner), `edge`, and the columns of `by`.
        by: the groups.

    Returns:
        `by` and `d`.
    """
    moved = points.sort(*by, pl.col("y") // 64, "x", "y", "edge").with_columns(
        dx=pl.col("x") - pl.col("x").shift(1).over(by).fill_null(0),
        dy=pl.col("y") - pl.col("y").shift(1).over(by).fill_null(0),
    )
    edge = pl.col("edge")
    square = pl.concat_str(_move(), pl.lit("h"), edge, pl.lit("v"), edge, pl.lit("h-"), edge, pl.lit("z"))
    return moved.group_by(*by, maintain_order=True).agg(d=square.str.join(""))


def _strokes(runs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Join strokes (`x`, `y`, `length`) of each group; a move starts where the stroke before has ended."""
    moved = runs.with_columns(
        dx=pl.col("x") - (pl.col("x") + pl.col("length")).shift(1).over(by).fill_null(0),
        dy=pl.col("y") - pl.col("y").shift(1).over(by).fill_null(0),
    )
    stroke = pl.concat_str(_move(), pl.lit("h"), pl.col("length"))
    return moved.group_by(*by, maintain_order=True).agg(d=stroke.str.join(""))


def _move() -> pl.Expr:
    """Write `m<dx> <dy>`; the minus of a negative `dy` parts the two as well as a space does."""
    space = pl.when(pl.col("dy") < 0).then(pl.lit("")).otherwise(pl.lit(" "))
    return pl.concat_str(pl.lit("m"), pl.col("dx"), space, pl.col("dy"))
