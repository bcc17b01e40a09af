"""What every check said, delivery date by delivery date: `internal.check_history`."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.quality.results import CheckResult, check_results_frame

HISTORY_GRAIN = ("table", "check", "as_of")
HISTORY_SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "check": pl.String(),
    "column": pl.String(),
    "severity": pl.String(),
    "dimension": pl.String(),
    "title_zh": pl.String(),
    "title_en": pl.String(),
    "owner": pl.String(),
    "as_of": pl.Date(),
    "success": pl.Boolean(),
    "element_count": pl.Int64(),
    "unexpected_count": pl.Int64(),
    "missing_count": pl.Int64(),
    "raised": pl.Boolean(),
}


def update_history(previous: pl.DataFrame | None, results: Iterable[CheckResult]) -> pl.DataFrame:
    """Return the history with tonight's results, sorted by its grain (table, check, as_of).

    A later evaluation of the same date takes the place of the earlier one, so a night that is run again changes
    nothing. A result without a date is left out: it has no place on a time line.

    Args:
        previous: the history so far; None before the first night.
        results: of the checks evaluated tonight.
    """
    tonight = check_results_frame(results).filter(pl.col("as_of").is_not_null())
    fresh = tonight.select(pl.col(name).cast(kind) for name, kind in HISTORY_SCHEMA.items())
    if previous is None:
        return fresh.sort(HISTORY_GRAIN)
    kept = previous.select(list(HISTORY_SCHEMA)).join(fresh, on=list(HISTORY_GRAIN), how="anti")
    return pl.concat([kept, fresh]).sort(HISTORY_GRAIN)
