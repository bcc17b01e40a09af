"""The end of a night: nothing before it can be seen, and it happens whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from orchestration.books import ANSWERS, CHECKS, DELIVERIES, FROZEN, checked, newest_delivery, record, remember_checks
from orchestration.documents import DocumentNotes, publication_plan
from pipelines.config import Config
from pipelines.contracts.loader import load_contracts
from pipelines.errors import LakeError, PublicationBlocked
from pipelines.governance import audit
from pipelines.governance.openness import OPEN_TABLES, direct_columns, exposed
from pipelines.home import Home
from pipelines.identity.night.memory import VERSION
from pipelines.indicators.freeze_store import frozen_quarters
from pipelines.lake import runs
from pipelines.lake.publish import publication_pending, publish
from pipelines.lake.retention import sweep
from pipelines.lake.snapshot import schema_of
from pipelines.lake.store import Lake, Snapshot, Transaction
from pipelines.quality.evaluation import evaluate_tables
from pipelines.quality.results import blocking
from pipelines.quality.returns.answers import read_answers


@dataclass(frozen=True)
class Closing:
    """How a night was closed.

    Attributes:
        snapshot: what was committed; None when nothing had changed.
        changed: the tables that differ from the snapshot before, sorted.
        documents: what writing the workbooks and the pages took, and the pages that could not be drawn.
    """

    snapshot: Snapshot | None
    changed: list[str]
    documents: DocumentNotes = field(default_factory=DocumentNotes)


def close_night(tx: Transaction, home: Home, config: Config) -> Closing:
    """Commit what the run staged, and publish it.

    Raises:
        PublicationBlocked: when a critical check failed or an open table names persons; nothing is committed.
    """
    if problems := obstacles(tx):
        raise PublicationBlocked("\n".join(problems))
    changed = tx.changes()
    if not changed and tx.base is not None and _inputs(tx, home) == dict(tx.base.inputs):
        tx.abandon()
        runs.log_run(home, runs.latest_run(home, tx.run_id).ended("unchanged"))
        return Closing(None, [])
    snapshot, run = _commit(tx, home, changed)
    notes = DocumentNotes()
    finish_publication(home, config, notes)
    told = [*filter(None, [run.message]), *notes.undrawn]
    runs.log_run(home, replace(run, message="\n".join(told) or None))
    sweep(home, config.lake)
    return Closing(snapshot, changed, notes)


def finish_publication(home: Home, config: Config, notes: DocumentNotes | None = None) -> str | None:
    """Publish the current snapshot where a run was killed between its commit and this; returns its id, else None."""
    notes = notes or DocumentNotes()
    snapshot = Lake(home).current()
    if snapshot is None or not publication_pending(home):
        return None
    published = publish(home, snapshot, publication_plan(notes), config)
    told = [f"{len(snapshot.served())} tables", *([f"{len(notes.undrawn)} pages not drawn"] if notes.undrawn else [])]
    audit.record_action(home, action="publish", subject=f"snapshot {snapshot.id}", detail=", ".join(told))
    return published


def obstacles(tx: Transaction) -> list[str]:
    """Return one message per reason not to publish what the run staged; empty when there is none."""
    return [*failed_checks(tx), *exposures(tx)]


def failed_checks(tx: Transaction) -> list[str]:
    """Return one message per failed critical check of the run; empty when nothing blocks."""
    return blocking(checked(tx))


def exposures(tx: Transaction) -> list[str]:
    """Return one message per column of an open table that identifies persons."""
    direct = direct_columns(load_contracts())
    return [
        problem
        for table in sorted(OPEN_TABLES)
        if tx.has(table)
        for problem in exposed(table, tx.scan(table).collect_schema().names(), direct)
    ]


def _commit(tx: Transaction, home: Home, changed: list[str]) -> tuple[Snapshot, runs.RunRecord]:
    next_id = f"{(tx.base.number if tx.base else 0) + 1:06d}"
    run = _record(tx, home, next_id)
    tx.replace(runs.TABLE, runs.run_frame(home, tx.base, run))
    _check_the_record(tx)
    counts = run.counts
    audit.record_action(
        home,
        action="load",
        subject=f"snapshot {next_id}",
        detail=f"{counts.get('files_in', 0)} files, {counts.get('rows_loaded', 0)} rows, {len(changed)} tables changed",
    )
    tx.replace(audit.TABLE, audit.audit_frame(home))
    snapshot = tx.commit(inputs=_inputs(tx, home), checks=_check_counts(tx))
    if snapshot is None:
        raise LakeError(f"run {tx.run_id} changed {len(changed)} tables and committed none: load again.")
    return snapshot, run


def broken_quarters(home: Home) -> list[str]:
    """Return one message per frozen quarter whose files are not what was frozen; it holds nothing up, but is told."""
    from pipelines.indicators.freeze import read_intact

    return [f"{told} (marts.kpi_frozen keeps what it served of it)" for _, told in sorted(read_intact(home)[1].items())]


def _check_the_record(tx: Transaction) -> None:
    """Check what only the closing can write, and close the books of checks."""
    record(tx, runs.TABLE, evaluate_tables(tx.scan, [runs.TABLE], as_of=newest_delivery(tx)))
    if problems := failed_checks(tx):
        raise PublicationBlocked("\n".join(problems))
    remember_checks(tx)


def _record(tx: Transaction, home: Home, snapshot_id: str) -> runs.RunRecord:
    message = "\n".join(broken_quarters(home)) or None
    ended = runs.latest_run(home, tx.run_id).ended("published", snapshot=snapshot_id, message=message)
    return replace(ended, counts={**_delivered(tx), **_layers(tx)})


def _delivered(tx: Transaction) -> dict[str, int]:
    if not tx.has(DELIVERIES):
        return {}
    mine = tx.scan(DELIVERIES).filter(pl.col("run_id") == tx.run_id)
    rows = [name for name in runs.DELIVERY_COUNTS if name != "files_in"]
    counted = mine.select(pl.len().alias("files_in"), *(pl.col(name).sum() for name in rows)).collect()
    return {name: int(value) for name, value in counted.row(0, named=True).items()}


def _layers(tx: Transaction) -> dict[str, int]:
    tables = tx.tables()
    return {
        f"{layer}_rows": sum(
            entry.rows for table, entries in tables.items() if schema_of(table) == layer for entry in entries
        )
        for layer in runs.LAYERS
    }


def _inputs(tx: Transaction, home: Home) -> dict[str, Any]:
    """What the snapshot was made of: deliveries, answers, frozen quarters, contracts, linkage model, open tables."""
    contracts = {name: contract.version for name, contract in sorted(load_contracts().items())}
    entries = tx.entries(DELIVERIES) if tx.has(DELIVERIES) else ()
    return {
        "deliveries": tx.rows(DELIVERIES) if entries else 0,
        "delivery_log_sha256": [entry.sha256 for entry in entries],
        ANSWERS: read_answers(home).height,
        FROZEN: frozen_quarters(home),
        "contracts": contracts,
        "identity_model": _identity_model(tx),
        "open_tables": sorted(OPEN_TABLES),
    }


def _identity_model(tx: Transaction) -> str | None:
    """The model that linked the persons of this snapshot; None where nobody was linked yet."""
    return tx.scan(VERSION).select(pl.col("model_sha256").last()).collect().item() if tx.has(VERSION) else None


def _check_counts(tx: Transaction) -> dict[str, int]:
    if not tx.has(CHECKS):
        return {"checks": 0, "failed": 0}
    results = tx.scan(CHECKS).select("success").collect()["success"]
    return {"checks": len(results), "failed": int((~results).sum())}
