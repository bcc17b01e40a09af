"""The outcome of one delivery, in counts that add up."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.errors import FileRejected
from pipelines.ingest.delivery import QUARANTINE_SCHEMA, Delivery, Outcome
from pipelines.ingest.history import History
from pipelines.ingest.stage import Staged


def refused(delivery: Delivery, rejected: FileRejected | None = None) -> Outcome:
    """Return the outcome of a file that is refused as a whole: nothing of it is read, so all counts are 0."""
    code = rejected.reason_code if rejected else delivery.reason_code
    reason = rejected.reason if rejected else delivery.reason
    return Outcome(delivery, "rejected", reason_code=code, reason=reason)


def repeated(delivery: Delivery, history: History, mode: str) -> Outcome:
    """Return the outcome of an identical file that says nothing new: all its rows count as duplicate."""
    rows = history.rows_of.get(delivery.sha256, 0)
    return Outcome(
        delivery,
        "duplicate",
        rows_read=rows,
        rows_duplicate=rows,
        reason_code="duplicate",
        reason="a file with the same bytes was loaded before",
        mode="increment" if mode == "full" else mode,
    )


def loaded(
    staged: Staged, new: int, conflicts: int, mode: str, scopes: Sequence[str] | None, *, is_resent: bool
) -> Outcome:
    """Return the outcome of a file that was read.

    An identical full that was read again is a `duplicate`; rows of it that were refused the first time are in
    quarantine already and count as duplicate.

    Args:
        staged: the file.
        new: rows that are new versions.
        conflicts: rows refused as `key_conflict`.
        mode: full, increment or append.
        scopes: what a scoped full covers.
        is_resent: the same bytes were taken before.
    """
    quarantined = 0 if is_resent else staged.refused.height + conflicts
    return Outcome(
        staged.delivery,
        "duplicate" if is_resent else "loaded",
        rows_read=staged.rows_read,
        rows_loaded=new,
        rows_duplicate=staged.rows_read - new - quarantined,
        rows_quarantined=quarantined,
        reason_code="duplicate" if is_resent else None,
        reason="a file with the same bytes was loaded before" if is_resent else None,
        mode=mode,
        scopes=scopes,
        unknown_columns=staged.unknown_columns,
        unread=dict(sorted(staged.unread.items())),
        unknown_codes=dict(sorted(staged.unknown_codes.items())),
    )


def quarantine_rows(delivery: Delivery, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of `raw.quarantine`.

    Args:
        delivery: their file.
        rows: row_number, reason_code, reason, payload.
    """
    known = {
        "batch_id": delivery.batch_id,
        "department": delivery.department,
        "feed": delivery.feed,
        "file": delivery.path,
        "file_sha256": delivery.sha256,
    }
    return rows.with_columns(pl.lit(value).alias(name) for name, value in known.items()).select(
        pl.col(name).cast(kind) for name, kind in QUARANTINE_SCHEMA.items()
    )


def conflict_rows(texts: pl.DataFrame) -> pl.DataFrame:
    """Return refused rows out of the texts (row_number, payload) of rows that lost against another of the same key."""
    return texts.with_columns(
        reason_code=pl.lit("key_conflict"),
        reason=pl.lit("another row of the file has the same key, other content and a later update"),
    )
