"""What the commands of identity read: the current snapshot, its ledger, and an instant as people write it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import console, errors
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.store import Lake, Snapshot

ZONE = ZoneInfo("Asia/Shanghai")
HISTORY = "master.person_history"
LEDGER = "internal.person_mention_ledger"
ROWS_SHOWN = 40


def current_snapshot(home: Home, *tables: str) -> Snapshot:
    """Return the current snapshot.

    Raises:
        LakeError: when there is none, or it lacks one of the tables.
    """
    snapshot = Lake(home).current() if home.lake.exists() else None
    missing = [table for table in tables if snapshot is not None and not snapshot.has(table)]
    if snapshot is None or missing:
        lacks = f"no table {missing[0]}" if missing else "no snapshot"
        raise LakeError(f"{home.root} has {lacks} yet: run `streetlake load` first")
    return snapshot


def instant(text: str, *, end_of_day: bool) -> datetime:
    """Read a day (2026-10-01, in Shanghai: its first or its last moment) or an instant (2026-10-01T08:00:00+08:00).

    Raises:
        typer.BadParameter: when it is neither.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise typer.BadParameter(f"{text!r} is no day like 2026-10-01 and no instant") from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)
    first = datetime.combine(day, time.min, ZONE)
    return (first + timedelta(days=1) - timedelta(microseconds=1) if end_of_day else first).astimezone(UTC)


def show(title: str, frame: pl.DataFrame, limit: int = ROWS_SHOWN) -> None:
    """Print a frame of ids, codes and counts; says how many rows are left out."""
    left_out = frame.height - limit
    table = Table(title=title, title_justify="left", caption=f"{left_out} more" if left_out > 0 else None)
    for name, dtype in frame.schema.items():
        table.add_column(name, overflow="fold", justify="right" if dtype.is_integer() else "left")
    for row in plain_rows(frame.head(limit)):
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows for people and scripts: instants in Shanghai, to the second."""
    local = [
        pl.col(name).dt.convert_time_zone(ZONE.key).dt.strftime("%Y-%m-%d %H:%M:%S")
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Datetime)
    ]
    return frame.with_columns(local).to_dicts()


def write_list(frame: pl.DataFrame, out: Path) -> None:
    """Write a list as CSV or Parquet, by the ending of its name.

    Raises:
        typer.BadParameter: for another ending.
    """
    if out.suffix == ".csv":
        frame.write_csv(out)
    elif out.suffix == ".parquet":
        frame.write_parquet(out)
    else:
        raise typer.BadParameter(f"{out.name}: the list is written as .csv or .parquet")
    errors.print(f"{frame.height} rows written to {out}", highlight=False)
