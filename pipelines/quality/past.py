"""What the scorecard said before tonight: the ledger from which months come that nobody can count again.

Overlap of registers, double entry or accuracy are states of the records: of last month's state only its figures are
left.
"""

from __future__ import annotations

import polars as pl

QUALITY_PAST_SCHEMA: dict[str, pl.DataType] = {
    "department": pl.String(),
    "feed": pl.String(),
    "dimension": pl.String(),
    "metric": pl.String(),
    "scope": pl.String(),
    "month": pl.String(),
    "numerator": pl.Float64(),
    "denominator": pl.Float64(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "direction": pl.String(),
    "target": pl.Float64(),
    "baseline": pl.Float64(),
    "light_reason": pl.String(),
    "as_of": pl.Date(),
}
"""Columns of `internal.quality_past`, those of `marts.data_quality` that cannot be looked up again."""


def quality_past(previous: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the figures of the previous snapshot's `marts.data_quality` as `internal.quality_past`.

    Args:
        previous: that mart, which itself keeps the earlier months it took from its own ledger; None before the first.

    Returns:
        Its rows in the order of their grain, every month of them: which are earlier ones is for the reader to say, who
        knows tonight's. Empty before the first snapshot, and after one whose mart had no months yet.
    """
    if previous is None or not set(QUALITY_PAST_SCHEMA) <= set(previous.collect_schema().names()):
        return pl.DataFrame(schema=QUALITY_PAST_SCHEMA)
    grain = ["department", "feed", "dimension", "metric", "scope", "month"]
    columns = [pl.col(name).cast(kind) for name, kind in QUALITY_PAST_SCHEMA.items()]
    return previous.select(columns).sort(grain).collect()
