"""Which rows of which tables are checked on a night."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import load_table_suites
from pipelines.quality.suites import run_suite, suite_for_contract

# About 1 GB of Arrow strings for the widest feed; more rows are thinned evenly, so memory does not grow with the city.
MOST_ROWS = 1_000_000

Scan = Callable[[str], pl.LazyFrame]


def checked_tables() -> list[str]:
    """Return the tables with hand-written expectations other than raw ones, sorted."""
    return sorted(table for table in load_table_suites() if not table.startswith("raw."))


def evaluate_tables(scan: Scan, tables: Iterable[str], most_rows: int = MOST_ROWS) -> list[CheckResult]:
    """Check built tables (master, marts, ops) against their hand-written suites.

    Args:
        scan: returns a table's rows by its name.
        tables: names; one without a suite is passed over.
        most_rows: a larger table is thinned evenly to about this many rows, but for rules of uniqueness and number.

    Returns:
        One result per expectation, in the order of the tables given and of their suites.
    """
    suites = load_table_suites()
    return [
        result
        for table in tables
        if table in suites
        for result in run_suite(table, suites[table].specs, scan(table), suites[table].derived, most_rows=most_rows)
    ]


def evaluate_batches(
    scan: Scan,
    contracts: Mapping[str, Contract],
    batches: Mapping[str, Collection[str]] | None = None,
    most_rows: int = MOST_ROWS,
) -> list[CheckResult]:
    """Check the current rows of raw tables against their contracts and hand-written rules.

    Args:
        scan: returns a raw table's rows by its name `raw.<department>_<feed>`.
        contracts: by that name without `raw.`.
        batches: the night's batch ids by contract name: only rows of these are checked, and only feeds named here.
            None checks every current row of every feed.
        most_rows: as in `evaluate_tables`.

    Returns:
        One result per expectation; nothing for a feed that had no delivery.
    """
    results: list[CheckResult] = []
    for name in sorted(contracts if batches is None else set(batches) & set(contracts)):
        suite = suite_for_contract(contracts[name])
        current = scan(suite.table).filter(pl.col("is_current"))
        count = int(current.select(pl.len()).collect().item())
        rows = current
        if batches is not None:
            rows = current.filter(pl.col("batch_id").is_in(sorted(batches[name])))
        results += run_suite(suite.table, suite.specs, rows, suite.derived, row_count=count, most_rows=most_rows)
    return results
