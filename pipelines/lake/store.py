"""The lake: the current snapshot, and transactions that replace tables and end in one rename."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.durable import make_folder
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.transaction import Transaction

__all__ = ["Lake", "Snapshot", "Transaction"]


class Lake:
    """The tables of one home.

    Reading needs no lock. Whoever begins a transaction holds the `RunLock`.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.lake
        self.tables = home.lake / "tables"
        self.snapshots = home.lake / "snapshots"
        self.staging = home.lake / "staging"
        self.pointer = home.lake / "current.json"

    def current(self) -> Snapshot | None:
        """Return the newest committed snapshot; None before the first commit."""
        try:
            return Snapshot.from_json(self.pointer.read_bytes(), self.tables)
        except FileNotFoundError:
            return None

    def snapshot(self, snapshot_id: str) -> Snapshot:
        """Return an older snapshot (time travel).

        Raises:
            LakeError: when it is not kept any more, or never was.
        """
        path = self.snapshots / f"{snapshot_id}.json"
        if not snapshot_id.isdigit() or not path.exists():
            raise LakeError(f"there is no snapshot {snapshot_id}: `streetlake status` lists those that are kept.")
        return Snapshot.from_json(path.read_bytes(), self.tables)

    def history(self) -> Iterator[Snapshot]:
        """Yield the kept snapshots, newest first, without any that a killed run wrote but never committed."""
        current = self.current()
        if current is None:
            return
        for path in sorted(self.snapshots.glob("*.json"), reverse=True):
            if path.stem <= current.id:
                yield Snapshot.from_json(path.read_bytes(), self.tables)

    def begin(self, run_id: str) -> Transaction:
        """Begin a transaction on top of the current snapshot.

        Raises:
            LakeError: when `run_id` is no plain name or has a transaction already.
        """
        state = self._state_file(run_id)
        if state.exists():
            raise LakeError(f"run {run_id} has begun already: resume it, or recover the home first.")
        make_folder(self.staging)
        return Transaction.start(self.home, run_id, self.current())

    def resume(self, run_id: str) -> Transaction:
        """Return the transaction that `begin(run_id)` started, from any process.

        Raises:
            LakeError: when there is none, or another run has committed since it began.
        """
        if not self._state_file(run_id).exists():
            raise LakeError(f"run {run_id} has nothing staged: it ended, or was recovered. Load again from the start.")
        return Transaction.open(self.home, run_id, self.current())

    def staged_runs(self) -> list[str]:
        """Return the runs with a transaction that neither committed nor was abandoned, sorted."""
        return sorted(path.stem for path in self.staging.glob("*.json"))

    def _state_file(self, run_id: str) -> Path:
        if not run_id or not run_id.replace("-", "").replace("_", "").isalnum():
            raise LakeError("a run id is made of letters, digits, hyphens and underscores")
        return self.staging / f"{run_id}.json"
