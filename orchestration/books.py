"""The books of checks inside a run's transaction: the newest results, and their history by delivery date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.lake.store import Snapshot, Transaction
from pipelines.quality.history import update_history
from pipelines.quality.results import CheckResult, check_results_frame

CHECKS = "internal.check_result"
HISTORY = "internal.check_history"
PROFILE = "ops.feed_profile"
DELIVERIES = "ops.delivery"
ANSWERS = "return_answers"  # among a snapshot's inputs: how many of the clerks' answers it has obeyed
FROZEN = "frozen_quarters"  # among a snapshot's inputs: which quarters of indicators were frozen by then
DATES_SHOWN = 30
NIGHTS_SHOWN = 30


def previous(tx: Transaction, table: str) -> pl.DataFrame | None:
    """Return a table as the last snapshot has it; None where it has none."""
    return tx.base.scan(table).collect() if tx.base and tx.base.has(table) else None


def checked(kept: Transaction | Snapshot | None, table: str | None = None) -> list[CheckResult]:
    """Return the newest results of a table's checks, or of all, in a run or in a snapshot; none where none are kept."""
    if kept is None or not kept.has(CHECKS):
        return []
    rows = kept.scan(CHECKS)
    if table is not None:
        rows = rows.filter(pl.col("table") == table)
    return [CheckResult(**row) for row in rows.collect().to_dicts()]


def record(tx: Transaction, table: str, results: Sequence[CheckResult]) -> None:
    """Put a table's results in the place of its former ones in `internal.check_result`."""
    tx.replace(CHECKS, check_results_frame([*(other for other in checked(tx) if other.table != table), *results]))


def remember_checks(tx: Transaction) -> None:
    """Bring `internal.check_history` up to the newest results; a result of the same date replaces the former one."""
    tx.replace(HISTORY, update_history(previous(tx, HISTORY), checked(tx)))


def failed_over_dates(history: pl.LazyFrame) -> list[int]:
    """Return how many checks failed at each of the newest delivery dates, oldest first."""
    failed = pl.col("success").not_().sum()
    dates = history.group_by("as_of").agg(failed=failed).sort("as_of", descending=True).head(DATES_SHOWN)
    return [int(count) for count in dates.collect()["failed"].reverse()]


def newest_delivery(tx: Transaction) -> date | None:
    """Return the newest delivery date of any file that was taken; None before the first."""
    if not tx.has(DELIVERIES):
        return None
    newest: date | None = (
        tx.scan(DELIVERIES).filter(pl.col("status") != "rejected").select(pl.col("delivered_on").max()).collect().item()
    )
    return newest


def delivered_over_nights(tx: Transaction, department: str, feed: str) -> dict[str, list[int]]:
    """Return rows read and rows quarantined of a feed in each earlier run that took a file of it, oldest first."""
    counts = ["rows_read", "rows_quarantined"]
    if tx.base is None or not tx.base.has(DELIVERIES):
        return {name: [] for name in counts}
    mine = tx.base.scan(DELIVERIES).filter(department=department, feed=feed)
    nights = mine.group_by("run_id").agg(pl.col("processed_at").min(), pl.col(counts).sum())
    shown = nights.sort("processed_at", "run_id").tail(NIGHTS_SHOWN - 1).collect()
    return {name: shown[name].to_list() for name in counts}
