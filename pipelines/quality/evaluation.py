"""Which rows of which tables are checked on a night."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.references import Scan, with_references
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import load_table_suites
from pipelines.quality.specs import Suite
from pipelines.quality.suites import run_suite, suite_for_contract

# About 1 GB of Arrow strings for the widest feed; more rows are thinned evenly, so memory does not grow with the city.
MOST_ROWS = 1_000_000

# Where a table says of when its rows are, the first of these that it has.
DATES = ("last_delivered_on", "delivered_on", "as_of")


def checked_tables() -> list[str]:
    """Return the tables with hand-written expectations other than raw ones, sorted."""
    return sorted(table for table in load_table_suites() if not table.startswith("raw."))


def evaluate_tables(
    scan: Scan, tables: Iterable[str], most_rows: int = MOST_ROWS, as_of: date | None = None
) -> list[CheckResult]:
    """Check built tables (master, marts, ops) against their hand-written suites.

    Args:
        scan: returns a table's rows by its name.
        tables: names; one without a suite is passed over.
        most_rows: a larger table is thinned evenly to about this many rows, but for rules of uniqueness and number.
        as_of: the night's date for the results; null takes each table's own newest date where it has one.

    Returns:
        One result per expectation, in the order of the tables given and of their suites.
    """
    suites = load_table_suites()
    return [
        result
        for table in tables
        if table in suites
        for result in _evaluate(scan, suites[table], scan(table), None, most_rows, as_of)
    ]


def evaluate_batches(
    scan: Scan,
    contracts: Mapping[str, Contract],
    batches: Mapping[str, Collection[str]] | None = None,
    most_rows: int = MOST_ROWS,
    as_of: date | None = None,
) -> list[CheckResult]:
    """Check the current rows of raw tables against their contracts and hand-written rules.

    Args:
        scan: returns a raw table's rows by its name `raw.<department>_<feed>`.
        contracts: by that name without `raw.`.
        batches: the night's batch ids by contract name: only rows of these are checked, and only feeds named here.
            None checks every current row of every feed.
        most_rows: as in `evaluate_tables`.
        as_of: as in `evaluate_tables`.

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
        results += _evaluate(scan, suite, rows, count, most_rows, as_of)
    return results


def _evaluate(
    scan: Scan, suite: Suite, rows: pl.LazyFrame, row_count: int | None, most_rows: int, as_of: date | None
) -> list[CheckResult]:
    chosen = rows if suite.only is None else rows.filter(pl.sql_expr(suite.only))
    return run_suite(
        suite,
        with_references(chosen, suite, scan),
        row_count=row_count,
        most_rows=most_rows,
        as_of=_newest(chosen) if as_of is None else as_of,
    )


def _newest(rows: pl.LazyFrame) -> date | None:
    """Return the newest date of the first column that dates the rows; None where the table has none, or no row."""
    schema = rows.collect_schema()
    for column in DATES:
        if column in schema:
            value = rows.select(pl.col(column).cast(pl.Date, strict=False).max()).collect().item()
            return value if isinstance(value, date) else None
    return None
