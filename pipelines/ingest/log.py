"""The books of ingest: `ops.delivery` and `raw.quarantine`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
import polars as pl

from pipelines.ingest.delivery import DELIVERY_SCHEMA, QUARANTINE_SCHEMA, Delivery, FeedReport, Outcome
from pipelines.ingest.history import DELIVERIES, known_deliveries
from pipelines.ingest.outcome import refused
from pipelines.lake.store import Transaction

QUARANTINE = "raw.quarantine"


def write_delivery_log(
    tx: Transaction, plan: Sequence[Delivery], reports: Iterable[FeedReport], *, run_id: str, now: datetime
) -> None:
    """Write the outcomes of a run to `ops.delivery` and its refused rows to `raw.quarantine`.

    A file that was looked at again (`still_written`, `shrunk_full` taken on purpose) keeps its row and its
    `first_seen_at`. Both tables exist afterwards, also when nothing was ever delivered.

    Args:
        tx: the open transaction.
        plan: all deliveries of the run; those refused before any feed took them are logged as well.
        reports: of all feeds.
        run_id: of the run.
        now: UTC, becomes `processed_at`.
    """
    told = list(reports)
    outcomes = [outcome for report in told for outcome in report.outcomes]
    handled = {(outcome.delivery.path, outcome.delivery.sha256) for outcome in outcomes}
    outcomes += [refused(d) for d in plan if d.reason_code and (d.path, d.sha256) not in handled]
    _write_deliveries(tx, outcomes, run_id, now)
    fresh = pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *(report.quarantine for report in told)])
    if fresh.height or not tx.has(QUARANTINE):
        before = [tx.scan(QUARANTINE)] if tx.has(QUARANTINE) else []
        whole = pl.concat([*before, fresh.lazy()]).sort("department", "feed", "batch_id", "row_number")
        tx.replace(QUARANTINE, whole)


def _write_deliveries(tx: Transaction, outcomes: Sequence[Outcome], run_id: str, now: datetime) -> None:
    if not outcomes and tx.has(DELIVERIES):
        return
    rows = [_row(outcome, run_id, now) for outcome in outcomes]
    fresh = pl.DataFrame(rows, schema=DELIVERY_SCHEMA, orient="row")
    known = known_deliveries(tx).select(list(DELIVERY_SCHEMA))
    settled = known.join(fresh.select("path", "sha256"), on=["path", "sha256"], how="anti", maintain_order="left")
    waiting = (pl.col("reason_code") == "still_written").fill_null(value=False)
    settled = settled.filter(~(waiting & pl.col("path").is_in(fresh["path"].implode())))
    whole = pl.concat([settled, fresh]).sort("delivered_on", "path", "first_seen_at", "sha256", nulls_last=True)
    tx.replace(DELIVERIES, whole)


def _row(outcome: Outcome, run_id: str, now: datetime) -> dict[str, object]:
    delivery = outcome.delivery
    reason = outcome.reason
    if outcome.reason_code and reason:
        reason = f"{outcome.reason_code}: {reason}"
    return {
        "path": delivery.path,
        "sha256": delivery.sha256,
        "bytes": delivery.size,
        "department": delivery.department,
        "feed": delivery.feed,
        "delivered_on": delivery.delivered_on,
        "status": outcome.status,
        "first_seen_at": delivery.first_seen_at,
        "rows_read": outcome.rows_read,
        "rows_loaded": outcome.rows_loaded,
        "rows_duplicate": outcome.rows_duplicate,
        "rows_quarantined": outcome.rows_quarantined,
        "reason": reason,
        "reason_code": outcome.reason_code,
        "batch_id": delivery.batch_id,
        "run_id": run_id,
        "processed_at": now,
        "mode": outcome.mode,
        "scopes": None if outcome.scopes is None else list(outcome.scopes),
        "unknown_columns": list(outcome.unknown_columns),
        "unread_cells": orjson.dumps(dict(outcome.unread)).decode(),
        "unknown_codes": orjson.dumps(dict(outcome.unknown_codes)).decode(),
        "source_path": delivery.source_path,
        "source_bytes": delivery.source_size,
        "source_mtime_ns": delivery.source_mtime_ns,
    }
