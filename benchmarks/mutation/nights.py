"""A night's cheap layers: the door, the checks of the batches, and the profile with its rules of drift."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import polars.selectors as cs

from mutation.alarms import Alarm, check_alarms, door_alarms, return_alarms
from mutation.drift import drift_alarms
from mutation.export import Files
from orchestration.checks import new_batches
from pipelines.config import Config, IngestConfig
from pipelines.contracts.model import Contract
from pipelines.contracts.schema import column_schema
from pipelines.home import Home
from pipelines.ingest.load import ingest
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake, Transaction
from pipelines.quality.evaluation import evaluate_batches
from pipelines.quality.findings.collect import collect_findings
from pipelines.quality.profile import profile_deliveries
from pipelines.quality.rules import load_table_suites

PROFILE, DELIVERIES, QUARANTINE = "ops.feed_profile", "ops.delivery", "raw.quarantine"
CONFIG = Config(ingest=IngestConfig(settle_seconds=0))
HISTORY = "history"
FIRST_RUN = datetime(2026, 1, 1, tzinfo=UTC)


def put_files(landing: Path, files: Files) -> None:
    """Make the landing hold these files and nothing else."""
    shutil.rmtree(landing, ignore_errors=True)
    landing.mkdir(parents=True)
    for name, content in files.items():
        target = landing / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def load_history(home: Home, contracts: Mapping[str, Contract], files: Files) -> None:
    """Load files of many nights at once into raw tables, and nothing else."""
    put_files(home.landing, files)
    with RunLock(home):
        tx = Lake(home).begin(HISTORY)
        ingest(tx, home, contracts, CONFIG, run_id=HISTORY, now=FIRST_RUN)
        tx.commit(inputs={}, checks={})


def profile_history(home: Home, contracts: Mapping[str, Contract]) -> None:
    """Profile every delivery of the loaded history."""
    with RunLock(home):
        tx = Lake(home).begin(f"{HISTORY}-profile")
        _profile(tx, contracts, HISTORY)
        tx.commit(inputs={}, checks={})


@dataclass(frozen=True)
class Word:
    """What the cheap layers say of a night.

    Attributes:
        alarms: all of them.
        standing: what the checks say of all current rows, not only of those that came tonight; empty unless asked.
        contents: feed -> a number that is the same for the same current rows.
    """

    alarms: list[Alarm]
    standing: list[Alarm]
    contents: dict[str, int]


def cheap_night(
    home: Home,
    contracts: Mapping[str, Contract],
    files: Files,
    run: int,
    *,
    kept: bool = False,
    is_reference: bool = False,
) -> Word:
    """Load files as one night's delivery, and return what the cheap layers say of it.

    Args:
        home: with its history loaded and profiled.
        contracts: of the feeds to load, by name.
        files: what is delivered.
        run: a number that grows from night to night; it names the run and dates it.
        kept: commit the night; else the home is afterwards as it was.
        is_reference: ask the checks about all current rows too.
    """
    run_id = f"night-{run:06d}"
    put_files(home.landing, files)
    with RunLock(home):
        tx = Lake(home).begin(run_id)
        try:
            ingest(tx, home, contracts, CONFIG, run_id=run_id, now=FIRST_RUN + timedelta(hours=run))
            _profile(tx, contracts, run_id)
            standing = check_alarms(evaluate_batches(tx.scan, contracts)) if is_reference else []
            word = Word(_alarms(tx, contracts, run_id), standing, contents(tx, contracts))
            if kept:
                tx.commit(inputs={}, checks={})
            return word
        finally:
            if not kept:
                tx.abandon()


def contents(tx: Transaction, contracts: Mapping[str, Contract]) -> dict[str, int]:
    """Return for each feed a number that depends on the contents of its current rows alone, whatever their order.

    Instants count to the second: that is all that any feed is asked for.
    """
    found = {}
    for name, contract in contracts.items():
        rows = tx.scan(f"raw.{name}").filter(pl.col("is_current")).select(list(column_schema(contract)))
        rows = rows.with_columns(cs.datetime().dt.truncate("1s"))
        found[name] = int(rows.collect().hash_rows().cast(pl.Decimal(38, 0)).sum() or 0)
    return found


def _profile(tx: Transaction, contracts: Mapping[str, Contract], run_id: str) -> None:
    earlier = tx.scan(PROFILE).collect() if tx.has(PROFILE) else None
    deliveries = tx.scan(DELIVERIES).collect()
    tx.replace(PROFILE, profile_deliveries(tx.scan, dict(contracts), deliveries, run_id, earlier))


def _alarms(tx: Transaction, contracts: Mapping[str, Contract], run_id: str) -> list[Alarm]:
    tonight = tx.scan(DELIVERIES).filter(pl.col("run_id") == run_id).collect()
    batches: dict[str, Collection[str]] = {name: new_batches(tx, f"raw.{name}") for name in contracts}
    delivered = {name: found for name, found in batches.items() if found}
    refused = tx.scan(QUARANTINE).filter(pl.col("batch_id").is_in(tonight["batch_id"].implode())).collect()
    return [
        *door_alarms(tonight, refused),
        *check_alarms(evaluate_batches(tx.scan, contracts, delivered)),
        *drift_alarms(tx.scan),
        *_returns(tx, contracts),
    ]


def _returns(tx: Transaction, contracts: Mapping[str, Contract]) -> list[Alarm]:
    """Return what the return list would ask for without resolved addresses and persons."""
    as_of = tx.scan(DELIVERIES).select(pl.col("delivered_on").max()).collect().item()
    findings = collect_findings(tx.scan, contracts, load_table_suites(), as_of)
    return return_alarms(findings)
