"""What is removed, and when: leftovers of killed runs, old snapshots, and files that no kept snapshot lists.

Both functions want the run lock: without it a file just staged looks like one that nobody lists.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.config import LakeConfig
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.durable import fsync_folder
from pipelines.lake.lock import RunLock
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake


def recover(home: Home) -> list[str]:
    """Undo what killed runs left: staged transactions, and snapshot files that were never committed.

    Returns:
        The run ids whose staged work was dropped, sorted.

    Raises:
        LakeError: when this process does not hold the run lock.
    """
    _demand_lock(home)
    lake = Lake(home)
    dropped = lake.staged_runs()
    shutil.rmtree(lake.staging, ignore_errors=True)
    current = lake.current()
    for path in lake.snapshots.glob("*.json"):
        if current is None or path.stem > current.id:
            path.unlink()
    for leftover in [*lake.folder.glob(".*.tmp"), *lake.snapshots.glob(".*.tmp")]:
        leftover.unlink()
    return dropped


def sweep(home: Home, keep: LakeConfig | None = None, now: datetime | None = None) -> list[Path]:
    """Remove snapshots past retention, and every lake file that neither a kept snapshot nor a staged run lists.

    Args:
        home: the home.
        keep: how many snapshots, and for how many days, stay; a reader may hold any of them.
        now: the instant from which days are counted back.

    Returns:
        The removed Parquet files, sorted.

    Raises:
        LakeError: when this process does not hold the run lock.
    """
    _demand_lock(home)
    lake = Lake(home)
    kept = _drop_old_snapshots(lake, keep or LakeConfig(), now or datetime.now(UTC))
    listed = {path for snapshot in kept for table in snapshot.tables for path in snapshot.files(table)}
    for run in lake.staged_runs():
        staged = lake.resume(run).staged()
        listed |= {lake.tables / entry.file for entries in staged.values() for entry in entries}
    gone = sorted(path for path in lake.tables.rglob("*") if path.is_file() and path not in listed)
    for path in gone:
        path.unlink()
    return [path for path in gone if path.suffix == ".parquet"]


def keeps(rank: int, committed_at: datetime, keep: LakeConfig, now: datetime) -> bool:
    """Say whether a snapshot stays: among the newest (`rank` 0 is the newest), or young enough."""
    return rank < keep.keep_snapshots or committed_at > now - timedelta(days=keep.keep_days)


def _drop_old_snapshots(lake: Lake, keep: LakeConfig, now: datetime) -> list[Snapshot]:
    kept: list[Snapshot] = []
    for rank, snapshot in enumerate(list(lake.history())):
        if keeps(rank, snapshot.committed_at, keep, now):
            kept.append(snapshot)
        else:
            (lake.snapshots / f"{snapshot.id}.json").unlink()
    if lake.snapshots.is_dir():
        fsync_folder(lake.snapshots)
    return kept


def _demand_lock(home: Home) -> None:
    if not RunLock(home).held_here():
        raise LakeError("cleaning a home needs its run lock: use it inside `with RunLock(home):`.")
