"""`kill -9` in the middle of whole nights; afterwards the next load gives what an undisturbed one gives.

Takes about a minute a kill, so it runs only when asked: `STREETLAKE_KILLS=20 pytest tests/faults/test_kill_night.py`.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.home import CHECKOUT, Home
from pipelines.lake.published import Published
from pipelines.lake.store import Lake, Snapshot

KILLS = int(os.environ.get("STREETLAKE_KILLS", "0"))
LANDING = CHECKOUT.parent / "shared" / "samples" / "yunchuan-3k" / "landing"
LOAD = (
    "import sys; from pathlib import Path; from pipelines.home import Home\n"
    "from orchestration.runner import run_nightly\n"
    "result = run_nightly(Home(Path(sys.argv[1])))\n"
    "print(result.status, *result.messages, sep='\\n')\n"
    "sys.exit(result.status not in ('published', 'nothing_new'))"
)

# What differs between two loads of the same files: instants, the run, and ids that are minted.
OF_THE_RUN = {
    "ingested_at",
    "first_seen_at",
    "processed_at",
    "run_id",
    "source_mtime_ns",
    "at",
    "value_low",
    "value_high",
}
MINTED = ("person_id", "household_id", "review_id")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.samples,
    pytest.mark.skipif(KILLS == 0, reason="a minute a kill: set STREETLAKE_KILLS to the number wanted"),
    pytest.mark.skipif(not LANDING.exists(), reason="the sample city is not beside this checkout"),
]


def load(home: Home) -> None:
    subprocess.run([sys.executable, "-c", LOAD, str(home.root)], check=True, timeout=1800)


def kill_during_load(home: Home, moment: float) -> None:
    worker = subprocess.Popen([sys.executable, "-c", LOAD, str(home.root)], stdout=subprocess.DEVNULL)
    try:
        worker.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def current(home: Home) -> Snapshot:
    snapshot = Lake(home).current()
    assert snapshot is not None
    return snapshot


def comparable(snapshot: Snapshot, table: str) -> pl.DataFrame:
    """A table without what belongs to the run, in an order of its own."""
    frame = snapshot.scan(table).collect()
    kept = [name for name in frame.columns if name not in OF_THE_RUN and not name.endswith(MINTED)]
    compared = frame.select(kept)
    return compared[compared.hash_rows(seed=0).arg_sort()]


def persons_as_mentions(snapshot: Snapshot) -> list[list[str]]:
    """Every person as the mentions that are hers: the same for any names of ids."""
    mentions = snapshot.scan("master.person_crosswalk").drop_nulls("person_id")
    key = pl.concat_str("feed", "record_key", "person_role", "person_seq", separator="|")
    return sorted(mentions.group_by("person_id").agg(key.sort().alias("all")).collect()["all"].to_list())


def test_nights_that_are_killed_never_happened(tmp_path: Path) -> None:
    quiet, killed = (Home(tmp_path / name).ensure() for name in ("quiet", "killed"))
    for home in (quiet, killed):
        shutil.copytree(LANDING, home.landing, dirs_exist_ok=True)
    began = time.monotonic()
    load(quiet)
    whole = time.monotonic() - began
    dice = random.Random(20260301)
    for _ in range(KILLS):
        kill_during_load(killed, dice.uniform(0.05, 1.0) * whole)
        snapshot = Lake(killed).current()
        if snapshot is not None:
            assert all(path.exists() for table in snapshot.tables for path in snapshot.files(table))
            assert (Published(killed).current_id() or "") <= snapshot.id
    load(killed)
    expected, got = current(quiet), current(killed)
    assert Published(killed).current_id() == got.id
    assert set(got.tables) == set(expected.tables)
    assert persons_as_mentions(got) == persons_as_mentions(expected)
    for table in sorted(set(expected.served()) - {"ops.run", "ops.audit"}):
        assert got.rows(table) == expected.rows(table), table
    for table in [name for name in expected.served() if name.startswith("raw.")] + ["master.address_match"]:
        assert_frame_equal(comparable(got, table), comparable(expected, table))
