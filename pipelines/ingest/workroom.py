"""A run's state on disk, so that its steps need not share a process."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.home import Home
from pipelines.ingest.delivery import Delivery, FeedReport, Outcome


def workroom(home: Home, run_id: str) -> Path:
    """Return the working folder of a run's ingest, below the workshop; created when missing."""
    folder = home.workshop / "ingest" / run_id
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def clear_workroom(home: Home, *, keep: Sequence[str] = ()) -> None:
    """Remove the working folders of all runs but those in `keep`."""
    root = home.workshop / "ingest"
    for folder in sorted(root.iterdir()) if root.exists() else []:
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def save_plan(home: Home, run_id: str, plan: Sequence[Delivery]) -> Path:
    """Write a plan for the run's later steps."""
    path = workroom(home, run_id) / "plan.json"
    path.write_bytes(orjson.dumps([asdict(delivery) for delivery in plan]))
    return path


def load_plan(home: Home, run_id: str) -> list[Delivery]:
    """Return the plan that `save_plan` wrote."""
    return [_delivery(item) for item in orjson.loads((workroom(home, run_id) / "plan.json").read_bytes())]


def save_report(home: Home, run_id: str, report: FeedReport) -> None:
    """Write one feed's report for `write_delivery_log`."""
    folder = workroom(home, run_id) / "reports"
    folder.mkdir(exist_ok=True)
    report.quarantine.write_parquet(folder / f"{report.feed}.quarantine.parquet")
    told = {
        "outcomes": [asdict(outcome) for outcome in report.outcomes],
        "rows": report.rows,
        "current_rows": report.current_rows,
    }
    (folder / f"{report.feed}.json").write_bytes(orjson.dumps(told))


def load_reports(home: Home, run_id: str) -> list[FeedReport]:
    """Return the reports of all feeds that the run has loaded so far, by name."""
    return [_report(path) for path in sorted((workroom(home, run_id) / "reports").glob("*.json"))]


def _report(path: Path) -> FeedReport:
    told = orjson.loads(path.read_bytes())
    outcomes = [Outcome(**{**item, "delivery": _delivery(item["delivery"])}) for item in told["outcomes"]]
    quarantine = pl.read_parquet(path.with_suffix(".quarantine.parquet"))
    return FeedReport(path.stem, outcomes, quarantine, told["rows"], told["current_rows"])


def _delivery(item: dict[str, Any]) -> Delivery:
    on = item["delivered_on"]
    return Delivery(
        **{
            **item,
            "delivered_on": None if on is None else date.fromisoformat(on),
            "first_seen_at": datetime.fromisoformat(item["first_seen_at"]),
        }
    )
