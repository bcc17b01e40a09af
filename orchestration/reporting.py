"""What a materialisation tells: counts in and out, columns, and the course over the nights; never a value of a row."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from orchestration import charts, columns
from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.store import Lake, Transaction

NIGHTS_SHOWN = 30
RETRIES = 2
RETRY_AFTER_SECONDS = 5.0


def asset_key(table: str) -> dg.AssetKey:
    """Return the key of `<schema>.<table>`."""
    return dg.AssetKey(table.split("."))


def table_of(key: dg.AssetKey) -> str:
    """Return the table `<schema>.<table>` of an asset key."""
    return ".".join(key.path)


def told(tx: Transaction, table: str, home: Home, **extra: Any) -> dg.MaterializeResult[Any]:
    """Describe a staged table as a materialisation.

    Args:
        tx: the run's transaction.
        table: a table it has.
        home: for the rows of earlier snapshots.
        extra: more metadata: counts, never values of rows.
    """
    return dg.MaterializeResult(asset_key=asset_key(table), metadata={**table_facts(tx, table, home), **extra})


def table_facts(tx: Transaction, table: str, home: Home) -> dict[str, Any]:
    """Return rows, bytes, change, columns and the course over the nights of a staged table, as metadata."""
    rows = tx.rows(table)
    before = tx.base.rows(table) if tx.base and tx.base.has(table) else 0
    return {
        "dagster/row_count": rows,
        "rows_before": before,
        "rows_added": rows - before,
        "bytes": sum(entry.bytes for entry in tx.entries(table)),
        "files": len(tx.entries(table)),
        "changed": tx.changed(table),
        "rows_over_nights": dg.MetadataValue.md(charts.course([*rows_over_nights(home, table), rows])),
        columns.KEY: columns.written_columns(tx.scan(table).collect_schema()),
    }


def rows_over_nights(home: Home, table: str) -> list[int]:
    """Return the rows of `table` in the kept snapshots, oldest first."""
    return [snapshot.rows(table) for snapshot in Lake(home).history() if snapshot.has(table)][:NIGHTS_SHOWN][::-1]


def counts_table(title: str, counts: Mapping[str, Any]) -> dg.MarkdownMetadataValue:
    """Draw named counts as a Markdown table."""
    rows = [
        f"| {name} | {count:,} |" if isinstance(count, int) else f"| {name} | {count} |"
        for name, count in counts.items()
    ]
    return dg.MetadataValue.md("\n".join([f"| {title} | |", "|---|---:|", *rows]))


def counts_chart(counts: Mapping[str, int]) -> dg.MarkdownMetadataValue:
    """Draw counts of one whole as bars."""
    return dg.MetadataValue.md(charts.bars(counts))


def counts_by(frame: pl.LazyFrame, column: str) -> dict[str, int]:
    """Return the rows of `frame` by the values of `column`, which is a code and never personal; most frequent first."""
    counted = frame.group_by(column).len().sort(["len", column], descending=[True, False]).collect()
    return {str(value): int(count) for value, count in counted.iter_rows()}


@contextmanager
def private_errors(step: str) -> Iterator[None]:
    """End a step with a message that is safe to keep, and without a second attempt where the cause stays.

    Errors of Polars and DuckDB quote the values they choke on, so their text is withheld. An error of the operating
    system may pass (a network share that comes back), so the step is tried again.

    Raises:
        dagster.Failure: in the place of Streetlake's own errors and of the engines' errors.
        dagster.RetryRequested: in the place of an error of the operating system.
    """
    try:
        yield
    except OSError as error:
        raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=RETRY_AFTER_SECONDS) from error
    except StreetlakeError as error:
        raise dg.Failure(f"{step}: {error}", allow_retries=False) from None
    except (pl.exceptions.PolarsError, duckdb.Error) as error:
        told = f"{step}: {type(error).__name__} at {_place_of(error)}; its text may quote a row and is withheld"
        raise dg.Failure(told, allow_retries=False) from None


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "an unknown place"
