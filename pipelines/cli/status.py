"""`streetlake status`: what the last runs did, from the published snapshot alone."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.home import Home
from pipelines.lake.store import Lake, Snapshot

RUNS_SHOWN = 5


def status(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show the last runs, the snapshot, deliveries, quarantine by reason, and lights (状态)."""
    place = Home.resolve(home)
    facts = gather_status(place)
    if json:
        print_json(facts)
        return
    if facts["snapshot"] is None:
        console.print(f"Nothing is published in {place.root} yet: run `streetlake load` or `streetlake demo`.")
        return
    snapshot = facts["snapshot"]
    console.print(f"Snapshot [bold]{snapshot['id']}[/] of run {snapshot['run']}, {snapshot['created_at']}")
    for title, key in (
        ("Last runs (运行)", "runs"),
        ("Deliveries (交付)", "deliveries"),
        ("Rejected files (拒收文件)", "rejected"),
        ("Quarantine by reason (隔离)", "quarantine"),
        ("Lights (红黄绿灯), newest month", "lights"),
    ):
        console.print(as_table(title, facts[key]))


def gather_status(home: Home) -> dict[str, Any]:
    """Return the facts that `status` shows, JSON-ready; `snapshot` is None before the first publication."""
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None:
        return {"home": str(home.root), "snapshot": None}
    return {
        "home": str(home.root),
        "snapshot": {"id": snapshot.id, "run": snapshot.run, "created_at": str(snapshot.created_at)},
        "runs": _runs(snapshot),
        "deliveries": _deliveries(snapshot),
        "rejected": _rejected(snapshot),
        "quarantine": _quarantine(snapshot),
        "lights": _lights(snapshot),
    }


def as_table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Draw rows of plain values; an empty list says so."""
    table = Table(title=title, title_justify="left", caption=None if rows else "none")
    for column in rows[0] if rows else []:
        table.add_column(column, overflow="fold", justify="right" if isinstance(rows[0][column], int) else "left")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    return table


def _runs(snapshot: Snapshot) -> list[dict[str, Any]]:
    columns = ["run_id", "started_at", "finished_at", "status", "snapshot"]
    runs = snapshot.scan("ops.run").select(columns).sort("started_at", descending=True)
    return runs.head(RUNS_SHOWN).cast({"started_at": pl.String, "finished_at": pl.String}).collect().to_dicts()


def _deliveries(snapshot: Snapshot) -> list[dict[str, Any]]:
    counts = ["rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined"]
    return (
        snapshot.scan("ops.delivery")
        .group_by("department", "feed")
        .agg(
            pl.len().alias("files"),
            (pl.col("status") == "rejected").sum().alias("rejected"),
            pl.col("delivered_on").max().cast(pl.String).alias("newest"),
            *(pl.col(count).sum() for count in counts),
        )
        .sort("department", "feed")
        .collect()
        .to_dicts()
    )


def _rejected(snapshot: Snapshot) -> list[dict[str, Any]]:
    rejected = snapshot.scan("ops.delivery").filter(pl.col("status") == "rejected").sort("first_seen_at", "path")
    return rejected.select("path", "reason").tail(20).collect().to_dicts()


def _quarantine(snapshot: Snapshot) -> list[dict[str, Any]]:
    grain = ["department", "feed", "reason_code"]
    rows = snapshot.scan("raw.quarantine").group_by(grain).agg(pl.len().alias("rows"))
    return rows.sort("rows", *grain, descending=[True, False, False, False]).collect().to_dicts()


def _lights(snapshot: Snapshot) -> list[dict[str, Any]]:
    if not snapshot.has("marts.kpi_monthly"):
        return []
    district = snapshot.scan("marts.kpi_monthly").filter(pl.col("area_level") == "district")
    newest = district.filter(pl.col("month") == pl.col("month").max().over("indicator", "area"))
    counted = newest.group_by("light").agg(pl.len().alias("indicators"))
    return counted.sort("light").collect().to_dicts()
