"""`kill -9` of a whole load: the next load finishes the work, and no reader sees a mixture.

First between the last mart of risk and the commit, when all is staged and nothing counts; then at random moments.
`STREETLAKE_KILLS` sets how often (3 in the suite; 20 for the figure in the closing note of the nightly load).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from canonical import canonical_tables, differences
from small_district import make_district

from pipelines.home import Home

KILLS = int(os.environ.get("STREETLAKE_KILLS", "3"))
RESIDENTS = int(os.environ.get("STREETLAKE_KILL_RESIDENTS", "600"))
LAST_OF_RISK = "marts.model_register"
pytestmark = pytest.mark.slow


def load_command(home: Home) -> list[str]:
    return [str(Path(sys.executable).with_name("streetlake")), "load", "--home", str(home.root)]


def started_load(home: Home) -> subprocess.Popen[bytes]:
    return subprocess.Popen(load_command(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class CatalogueReader(threading.Thread):
    """Opens the restricted catalogue again and again, in another process's place: an instance of its own each time."""

    def __init__(self, home: Home) -> None:
        super().__init__(daemon=True)
        self.path = home.published / "restricted.duckdb"
        self.stop = threading.Event()
        self.looking = threading.Lock()
        self.reads = 0
        self.problems: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            with self.looking:
                if self.path.exists():
                    self._look()
            time.sleep(0.5)

    def _look(self) -> None:
        try:
            with duckdb.connect(":memory:") as reader:
                reader.execute(f"attach '{self.path}' as seen (read_only)")
                runs = reader.execute("select distinct run_id from seen.marts.snapshot").fetchall()
                told = dict(
                    reader.execute("select schema || '.' || \"table\", rows from seen.marts.snapshot").fetchall()
                )
                for table in ("master.person", "master.person_crosswalk", "ops.delivery"):
                    found = reader.execute(f"select count(*) from seen.{table}").fetchall()[0][0]  # noqa: S608
                    if found != told[table]:
                        self.problems.append(f"{table}: {found} rows where the snapshot says {told[table]}")
                if len(runs) != 1:
                    self.problems.append(f"{len(runs)} runs in one catalogue")
            self.reads += 1
        except duckdb.Error as error:
            self.problems.append(str(error))


def kill_before_the_commit(load: subprocess.Popen[bytes], home: Home) -> None:
    """Wait until the run has staged the last mart of risk, and kill it before it can commit."""
    while not any(LAST_OF_RISK in state.read_text(encoding="utf-8") for state in _staged(home)):
        assert load.poll() is None, "the load ended before it had staged the marts of risk"
        time.sleep(0.02)
    load.kill()
    load.wait()
    assert _staged(home), "it committed before it was killed"


def _staged(home: Home) -> list[Path]:
    return sorted((home.lake / "staging").glob("*.json"))


def begin_again(untouched: Home, stormy: Home, reader: CatalogueReader) -> None:
    """Put the whole home back to the first night while nobody looks."""
    with reader.looking:
        shutil.rmtree(stormy.root)
        shutil.copytree(untouched.root, stormy.root)


def test_a_killed_load_is_finished_by_the_next(tmp_path: Path) -> None:
    district = make_district(tmp_path / "city", residents=RESIDENTS, nights=2, seed=5)
    calm, stormy, untouched = (Home(tmp_path / name) for name in ("calm", "stormy", "untouched"))
    district.deliver(0, calm.ensure())
    subprocess.run(load_command(calm), check=True, capture_output=True)
    district.deliver(1, calm)
    for copy in (stormy, untouched):
        shutil.copytree(calm.root, copy.root)  # the same first night, the same keys
    started = time.monotonic()
    subprocess.run(load_command(calm), check=True, capture_output=True)
    undisturbed = time.monotonic() - started

    reader = CatalogueReader(stormy)
    reader.start()
    kill_before_the_commit(started_load(stormy), stormy)
    dice, killed = random.Random(20260301), 1
    while killed < KILLS:
        load = started_load(stormy)
        try:
            load.wait(timeout=dice.uniform(0.05, 0.95) * undisturbed)
            # It was quicker than the dice: no kill, but the end of all those before it.
            assert differences(canonical_tables(calm), canonical_tables(stormy)) == []
            begin_again(untouched, stormy, reader)
        except subprocess.TimeoutExpired:
            load.kill()
            load.wait()
            killed += 1
    subprocess.run(load_command(stormy), check=True, capture_output=True)
    reader.stop.set()
    reader.join()
    assert reader.problems == []
    assert reader.reads > 0
    assert differences(canonical_tables(calm), canonical_tables(stormy)) == []
