"""The record of runs: a small log beside the lake, because a run that failed has no snapshot to be told in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal

import orjson
import polars as pl

from pipelines.home import Home
from pipelines.lake.durable import make_folder
from pipelines.lake.snapshot import Snapshot

Status = Literal["running", "published", "unchanged", "blocked", "unpublished", "failed", "interrupted"]
TABLE = "ops.run"
LAYERS = ("raw", "ops", "master", "facts", "marts")
DELIVERY_COUNTS = ("files_in", "rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")
SCHEMA = {
    "run_id": pl.String(),
    "started_at": pl.Datetime("us", "UTC"),
    "finished_at": pl.Datetime("us", "UTC"),
    "status": pl.String(),
    "snapshot": pl.String(),
    "message": pl.String(),
    **{name: pl.Int64() for name in DELIVERY_COUNTS},
    **{f"{layer}_rows": pl.Int64() for layer in LAYERS},
}


@dataclass(frozen=True)
class RunRecord:
    """One row of `ops.run`.

    Attributes:
        run_id: of the run.
        started_at, finished_at: instants; not finished is null.
        status: how it ended; `unchanged` changed no table, `unpublished` ended without the step that
            publishes, `interrupted` was killed.
        snapshot: id of the snapshot it committed.
        message: why it did not publish; never a person's value.
        counts: files and rows that came in (`files_in`, `rows_read`, `rows_loaded`, `rows_duplicate`,
            `rows_quarantined`), and rows of each layer after the run (`raw_rows` ...).
    """

    run_id: str
    started_at: datetime
    finished_at: datetime | None = None
    status: Status = "running"
    snapshot: str | None = None
    message: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    def ended(self, status: Status, *, message: str | None = None, snapshot: str | None = None) -> RunRecord:
        """Return the record as it is when the run has ended now."""
        return replace(self, finished_at=datetime.now(UTC), status=status, message=message, snapshot=snapshot)

    def row(self) -> dict[str, Any]:
        """Return the record as a row of `ops.run`."""
        told = asdict(self)
        counts = told.pop("counts")
        return {name: counts.get(name, told.get(name)) for name in SCHEMA}


def log_run(home: Home, record: RunRecord) -> None:
    """Append what is known of a run; the newest line of a run holds."""
    line = orjson.dumps(record.row(), option=orjson.OPT_APPEND_NEWLINE)
    make_folder(home.lake)
    handle = os.open(home.lake / "runs.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, b"\n" + line)  # the first line end closes a line that a killed run left torn
        os.fsync(handle)
    finally:
        os.close(handle)


def run_frame(home: Home, base: Snapshot | None, current: RunRecord | None = None) -> pl.DataFrame:
    """Return `ops.run`, oldest run first.

    What a committed snapshot says of a run goes before the log; a run in the log without an end that is not the
    current one was killed.
    """
    rows = _logged(home)
    for row in rows.values():
        if row["status"] == "running":
            row["status"] = "interrupted"
    if base is not None and base.has(TABLE):
        rows |= {row["run_id"]: row for row in base.scan(TABLE).collect().to_dicts()}
    if current is not None:
        rows[current.run_id] = current.row()
    return pl.DataFrame([_typed(row) for row in rows.values()], schema=SCHEMA).sort("started_at", "run_id")


def latest_run(home: Home, run_id: str) -> RunRecord:
    """Return what the log tells of a run; a run it does not know began now."""
    row = _logged(home).get(run_id)
    if row is None:
        return RunRecord(run_id, datetime.now(UTC))
    typed = _typed(row)
    names = (field.name for field in fields(RunRecord) if field.name != "counts")
    counts = {
        name: row.get(name) for name in SCHEMA if name.endswith(("_rows", "files_in")) or name.startswith("rows_")
    }
    return RunRecord(
        **{name: typed[name] for name in names}, counts={name: n for name, n in counts.items() if n is not None}
    )


def _logged(home: Home) -> dict[str, dict[str, Any]]:
    path = home.lake / "runs.jsonl"
    rows: dict[str, dict[str, Any]] = {}
    for line in path.read_bytes().splitlines() if path.exists() else []:
        if line.endswith(b"}"):
            row = orjson.loads(line)
            rows[row["run_id"]] = row
    return rows


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    instants = {
        name: datetime.fromisoformat(row[name]) if isinstance(row[name], str) else row[name]
        for name in ("started_at", "finished_at")
    }
    return {**row, **instants}
