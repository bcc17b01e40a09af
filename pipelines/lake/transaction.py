"""What one run has staged; nothing of it exists for readers before the commit."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake import workshop
from pipelines.lake.durable import make_folder, move_into_place, sha256_of, temporary_beside, write_bytes
from pipelines.lake.parquet import count_rows, scan_parts, write_parquet
from pipelines.lake.snapshot import Snapshot, TableFile, decode_tables, encode_tables, schema_of

Tables = dict[str, tuple[TableFile, ...]]


class Transaction:
    """A run's staged tables on top of the snapshot it began with.

    All state lies in `lake/staging/<run>.json`, which every call reads and replaces under a lock of its own; so steps
    in other processes see and extend the same transaction.
    """

    def __init__(self, home: Home, run_id: str, base: Snapshot | None) -> None:
        self.home = home
        self.run_id = run_id
        self.base = base
        self._root = home.lake / "tables"
        self._state = home.lake / "staging" / f"{run_id}.json"
        self._drafts = home.lake / "staging" / run_id

    @classmethod
    def start(cls, home: Home, run_id: str, base: Snapshot | None) -> Transaction:
        """Write the empty state of a new transaction."""
        begun = cls(home, run_id, base)
        begun._save({})
        return begun

    @classmethod
    def open(cls, home: Home, run_id: str, current: Snapshot | None) -> Transaction:
        """Open a transaction by its state; LakeError when it began on another snapshot than `current`."""
        opened = cls(home, run_id, current)
        base_id = orjson.loads(opened._state.read_bytes())["base"]
        if base_id != (current.id if current else None):
            raise LakeError(f"run {run_id} began on snapshot {base_id}, which is not current any more: load again.")
        return opened

    # Reading: the staged version first, else the current snapshot's.

    def tables(self) -> Tables:
        """Return every table as the commit would list it."""
        return {**(self.base.tables if self.base else {}), **self.staged()}

    def staged(self) -> Tables:
        """Return the tables that this run replaced, changed or not."""
        return decode_tables(orjson.loads(self._state.read_bytes())["tables"])

    def has(self, table: str) -> bool:
        """Say whether `table` can be read."""
        return table in self.tables()

    def entries(self, table: str) -> tuple[TableFile, ...]:
        """Return the files of `table` with their sizes; LakeError when there is no such table."""
        try:
            return self.tables()[table]
        except KeyError:
            raise LakeError(f"neither this run nor the current snapshot has a table {table}.") from None

    def files(self, table: str) -> list[Path]:
        """Return the absolute paths of the files of `table`, in order."""
        return [self._root / entry.file for entry in self.entries(table)]

    def rows(self, table: str) -> int:
        """Return the number of rows of `table`."""
        return sum(entry.rows for entry in self.entries(table))

    def scan(self, table: str) -> pl.LazyFrame:
        """Scan `table`."""
        return scan_parts(self.files(table))

    def changed(self, table: str) -> bool:
        """Say whether the staged `table` differs from the current snapshot's."""
        return self.base is None or self.tables().get(table) != self.base.tables.get(table)

    # Writing

    def replace(self, table: str, frame: pl.DataFrame | pl.LazyFrame) -> None:
        """Stage `frame` as the whole of `table`; a lazy frame is streamed. Equal content keeps the current file."""
        draft = self.new_file(table)
        write_parquet(frame, draft)
        self.set_files(table, keep=[], add=[draft])

    def reset(self, table: str) -> None:
        """Take back what was staged of `table`, so that a step that is tried again begins as it began before."""
        schema_of(table)
        self._change(lambda staged: staged.pop(table, None))

    def new_file(self, table: str) -> Path:
        """Return the name of a draft file to write and hand to `set_files`."""
        schema_of(table)
        return temporary_beside(self._drafts / f"{table}.parquet")

    def set_files(self, table: str, *, keep: Sequence[Path], add: Sequence[Path]) -> None:
        """Stage `table` as some of its present files and some drafts, in this order.

        Args:
            table: its name.
            keep: paths out of `files(table)`.
            add: written drafts; they move into the lake and their old names are gone.

        Raises:
            LakeError: when a path of `keep` is no file of the table, or nothing is left of the table.
        """
        present = {self._root / entry.file: entry for entry in self.tables().get(table, ())}
        foreign = [path.name for path in keep if path not in present]
        if foreign:
            raise LakeError(f"{table} has no file {foreign[0]} to keep.")
        if not keep and not add:
            raise LakeError(f"{table} would have no files: write an empty file with its columns instead.")
        entries = (*(present[path] for path in keep), *(self._adopt(table, draft) for draft in add))
        self._change(lambda staged: staged.__setitem__(table, entries))

    def _adopt(self, table: str, draft: Path) -> TableFile:
        digest, rows = sha256_of(draft), count_rows(draft)
        name = f"{table.replace('.', '/')}/{digest[:32]}.parquet"
        final = self._root / name
        size = draft.stat().st_size
        if final.exists():
            draft.unlink()
        else:
            move_into_place(draft, final)
        return TableFile(file=name, rows=rows, bytes=size, sha256=digest)

    # The workshop of dbt

    def link_build(self, table: str) -> Path:
        """Put `table` where dbt reads it; returns the file, or the folder of parts."""
        return workshop.link(self.home.build, table, self.files(table))

    def stage_built(self, table: str) -> None:
        """Stage what dbt wrote to the build folder as the whole of `table`; it stays readable there.

        Raises:
            LakeError: when dbt wrote no such table.
        """
        draft = self.new_file(table)
        workshop.take(self.home.build, table, draft)
        self.set_files(table, keep=[], add=[draft])
        self.link_build(table)

    # The end

    def changes(self) -> list[str]:
        """Return the tables that differ from the current snapshot, sorted."""
        return sorted(table for table in self.staged() if self.changed(table))

    def commit(
        self, *, inputs: Mapping[str, Any] | None = None, checks: Mapping[str, Any] | None = None
    ) -> Snapshot | None:
        """Make the staged tables the current snapshot: the rename of `current.json` is the commit point.

        Args:
            inputs: what the run read; counts as a change where it differs from the current snapshot's.
            checks: counts of the checks, kept with the snapshot; never a reason to commit.

        Returns:
            The new snapshot, or None when nothing changed (the transaction is then abandoned).
        """
        told = dict(inputs) if inputs is not None else dict(self.base.inputs if self.base else {})
        if not self.changes() and (self.base is None or told == dict(self.base.inputs)):
            self.abandon()
            return None
        snapshot = Snapshot(
            id=f"{(self.base.number if self.base else 0) + 1:06d}",
            run=self.run_id,
            created_at=datetime.now(UTC).isoformat(timespec="microseconds"),
            tables=self.tables(),
            root=self._root,
            inputs=told,
            checks=dict(checks or {}),
        )
        content = snapshot.to_json()
        write_bytes(self.home.lake / "snapshots" / f"{snapshot.id}.json", content)
        write_bytes(self.home.lake / "current.json", content)
        self.abandon()
        return snapshot

    def abandon(self) -> None:
        """Forget what was staged; files that no snapshot lists go with the next sweep."""
        self._state.unlink(missing_ok=True)
        self._state.with_suffix(".lock").unlink(missing_ok=True)
        shutil.rmtree(self._drafts, ignore_errors=True)

    # State on disk

    def _save(self, staged: Tables) -> None:
        content = {"run": self.run_id, "base": self.base.id if self.base else None, "tables": encode_tables(staged)}
        write_bytes(self._state, orjson.dumps(content))

    def _change(self, edit: Callable[[Tables], object]) -> None:
        with self._state_lock():
            staged = self.staged()
            edit(staged)
            self._save(staged)

    @contextmanager
    def _state_lock(self) -> Iterator[None]:
        make_folder(self._state.parent)
        with self._state.with_suffix(".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
