"""`kill -9` at random moments: no reader, then or meanwhile, sees tables of two runs together."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest
from kill_worker import CONFIG, PARTS, PLAN, TABLES

from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.publish import publication_pending, publish
from pipelines.lake.published import Published
from pipelines.lake.retention import recover, sweep
from pipelines.lake.store import Lake

KILLS = 12
MOST_KILLS = 10 * KILLS
SLOWER = 1.15  # a run that was killed before its commit gives the next ones that much more time
WORKER = Path(__file__).with_name("kill_worker.py")


def numbers_in_lake(home: Home) -> set[int]:
    snapshot = Lake(home).current()
    if snapshot is None:
        return set()
    assert snapshot.rows(PARTS) == 3000
    seen: set[int] = set()
    for table in [*TABLES, PARTS]:
        seen |= set(snapshot.scan(table).select(pl.col("number").unique()).collect()["number"])
    return seen


def numbers_in_catalogue(home: Home, access: str) -> set[int]:
    path = home.published / f"{access}.duckdb"
    if not path.exists():
        return set()
    tables = TABLES[:4] if access == "open" else [*TABLES, PARTS]
    # An instance of its own: a shared one would hand out the replaced file for as long as anybody holds it.
    with duckdb.connect(":memory:") as reader:
        reader.execute(f"attach '{path}' as catalogue (read_only)")
        union = " union ".join(f"select number from catalogue.{table}" for table in tables)  # noqa: S608
        return {number for (number,) in reader.execute(union).fetchall()}


class ConcurrentReader(threading.Thread):
    """Reads current snapshots all the time and keeps what it saw."""

    def __init__(self, home: Home) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.stop = threading.Event()
        self.reads = 0
        self.mixtures: list[set[int]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            for seen in (numbers_in_lake(self.home), numbers_in_catalogue(self.home, "restricted")):
                self.reads += bool(seen)
                if len(seen) > 1:
                    self.mixtures.append(seen)


def kill_at_random(home: Home, moment: float) -> None:
    worker = subprocess.Popen([sys.executable, str(WORKER), str(home.root)], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    time.sleep(moment)
    worker.kill()
    worker.wait()


@pytest.mark.slow
def test_a_killed_run_never_happened_and_a_committed_one_is_whole(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    reader = ConcurrentReader(home)
    reader.start()
    dice = random.Random(20260301)
    newest = killed = 0
    longest = 0.7
    # However slow the machine and its disk, some runs must get as far as their commit: else nothing is proved.
    while killed < KILLS or newest <= KILLS // 2:
        kill_at_random(home, dice.uniform(0.0, longest))
        killed += 1
        assert killed <= MOST_KILLS, "the runs were killed before they could commit: the test proves nothing"
        committed = numbers_in_lake(home)
        assert len(committed) <= 1
        assert max(committed, default=0) >= newest, "a committed run was lost"
        if max(committed, default=0) == newest:
            longest *= SLOWER
        newest = max(committed, default=0)
        for access in ("open", "restricted"):
            assert len(numbers_in_catalogue(home, access)) <= 1
    reader.stop.set()
    reader.join()
    assert reader.reads > KILLS
    assert reader.mixtures == []
    assert_clean_after_recovery(home, newest)


def assert_clean_after_recovery(home: Home, newest: int) -> None:
    with RunLock(home):
        recover(home)
        sweep(home, CONFIG.lake)
        snapshot = Lake(home).current()
        assert snapshot is not None
        if publication_pending(home):
            publish(home, snapshot, PLAN, CONFIG)
    assert numbers_in_catalogue(home, "restricted") == {newest} == numbers_in_catalogue(home, "open")
    assert Published(home).current_id() == snapshot.id
    listed = {path for kept in Lake(home).history() for table in kept.tables for path in kept.files(table)}
    assert {path for path in (home.lake / "tables").rglob("*") if path.is_file()} == listed
    assert not list(home.published.rglob("*.tmp"))
