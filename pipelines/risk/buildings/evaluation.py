"""Shape of `marts.risk_evaluation`, and the arithmetic of lists: what share of the events a short list holds."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

EVALUATION: Final = {
    "mart": pl.String(),
    "model": pl.String(),
    "measure": pl.String(),
    "value": pl.Float64(),
    "value_low": pl.Float64(),
    "value_high": pl.Float64(),
    "cases": pl.Int64(),
    "period": pl.String(),
}
"""Grain: mart, model, measure. The interval is 95 %; value is null where there were too few cases to measure."""

DRAWS: Final = 1000
SEED: Final = 20260301


def share_listed(scores: pl.Series, share: float) -> pl.Series:
    """How much of each row is on a list of the `share` with the highest scores; nulls come last.

    Rows with equal scores share the places that are left, so that no order of rows favours one: 0..1 each.

    >>> share_listed(pl.Series([3.0, 1.0, 1.0, None]), 0.5).to_list()
    [1.0, 0.5, 0.5, 0.0]
    """
    places = share * scores.len()
    frame = pl.DataFrame({"score": scores.cast(pl.Float64).round(9).fill_null(float("-inf"))})
    groups = frame.group_by("score").len("size").sort("score", descending=True)
    groups = groups.with_columns(before=pl.col("size").cum_sum() - pl.col("size"))
    listed = groups.with_columns(listed=((places - pl.col("before")) / pl.col("size")).clip(0, 1))
    return frame.join(listed, on="score", how="left", maintain_order="left")["listed"]


def bootstrap_weights(groups: int) -> NDArray[np.float64]:
    """How often each of `groups` is drawn in each of `DRAWS` samples with replacement; the same at each call."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(groups, np.full(groups, 1 / groups), size=DRAWS).astype(np.float64)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95 % of drawn values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
