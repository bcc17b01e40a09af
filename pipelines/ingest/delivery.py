"""A delivery: one file of one feed on one date, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

Status = Literal["new", "loaded", "duplicate", "rejected"]

DELIVERY_SCHEMA: dict[str, pl.DataType] = {
    "path": pl.String(),
    "sha256": pl.String(),
    "bytes": pl.Int64(),
    "department": pl.String(),
    "feed": pl.String(),
    "delivered_on": pl.Date(),
    "status": pl.String(),
    "first_seen_at": pl.Datetime("us", "UTC"),
    "rows_read": pl.Int64(),
    "rows_loaded": pl.Int64(),
    "rows_duplicate": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "reason": pl.String(),
    "reason_code": pl.String(),
    "batch_id": pl.String(),
    "run_id": pl.String(),
    "processed_at": pl.Datetime("us", "UTC"),
    "mode": pl.String(),
    "scopes": pl.List(pl.String()),
    "unknown_columns": pl.List(pl.String()),
    "unread_cells": pl.String(),
    "unknown_codes": pl.String(),
    "source_path": pl.String(),
    "source_bytes": pl.Int64(),
    "source_mtime_ns": pl.Int64(),
}
"""Columns of `ops.delivery`. Beyond the served contract: `mode` (full/increment/append, null when rejected), `scopes`
(what a scoped full covers), JSON counts by column, and the size and time of the file (the archive of a member), by
which an old landing is not read again."""

QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "department": pl.String(),
    "feed": pl.String(),
    "file": pl.String(),
    "file_sha256": pl.String(),
    "row_number": pl.Int64(),
    "reason_code": pl.String(),
    "reason": pl.String(),
    "payload": pl.String(),
}
"""Columns of `raw.quarantine`; `payload` is JSON: header to text as delivered, or the `cells` of a ragged row."""


@dataclass(frozen=True)
class Delivery:
    """One file to load, or one that is refused before it is read.

    Attributes:
        path: below `landing/`, with `!member` for a member of a zip.
        local: absolute path of the bytes: the file itself, or the unpacked member in the workshop.
        department, feed: folder names; null where the file lies elsewhere.
        delivered_on: date of the folder; null where it has none.
        sha256, size: of the file or member.
        source_path, source_size, source_mtime_ns: the file in landing (a member's archive).
        first_seen_at: UTC.
        reason_code, reason: why it is refused; null for a file to load.
    """

    path: str
    local: str
    department: str | None
    feed: str | None
    delivered_on: date | None
    sha256: str
    size: int
    source_path: str
    source_size: int
    source_mtime_ns: int
    first_seen_at: datetime
    reason_code: str | None = None
    reason: str | None = None

    @property
    def table(self) -> str:
        """`<department>_<feed>`: the name of its contract, if there is one."""
        return f"{self.department}_{self.feed}"

    @property
    def batch_id(self) -> str:
        """Name of the batch of rows: the path and the beginning of the file's sha256."""
        return f"{self.path}@{self.sha256[:12]}"


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery; `rows_read` is always the sum of the other three.

    Attributes:
        delivery: the file.
        status: loaded, duplicate or rejected.
        mode: full, increment or append; null when rejected.
        scopes: values that a scoped full covers; null for others.
        unread, unknown_codes: column -> cells.
    """

    delivery: Delivery
    status: Status
    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    reason_code: str | None = None
    reason: str | None = None
    mode: str | None = None
    scopes: Sequence[str] | None = None
    unknown_columns: Sequence[str] = ()
    unread: Mapping[str, int] = field(default_factory=dict)
    unknown_codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FeedReport:
    """What one run did to one feed.

    Attributes:
        feed: `<department>_<feed>`.
        outcomes: one a delivery, in the order in which they were taken.
        quarantine: rows of `raw.quarantine`.
        rows, current_rows: of the raw table afterwards.
    """

    feed: str
    outcomes: list[Outcome]
    quarantine: pl.DataFrame
    rows: int
    current_rows: int

    def totals(self) -> dict[str, Any]:
        """Return the counts over all files: files by status, and rows read, loaded, duplicate and quarantined."""
        counts = {
            name: sum(getattr(outcome, name) for outcome in self.outcomes)
            for name in ("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")
        }
        files = {
            f"files_{status}": sum(outcome.status == status for outcome in self.outcomes)
            for status in ("loaded", "duplicate", "rejected")
        }
        return {**files, **counts, "rows": self.rows, "current_rows": self.current_rows}
