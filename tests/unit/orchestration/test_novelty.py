"""Whether there is anything to do, and when the landing sensor looks closer."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.novelty import anything_new
from orchestration.sensors import decide, listing
from pipelines.home import Home
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.lake.publish import PublicationPlan, publish
from pipelines.lake.store import Lake


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).ensure()


def deliver(home: Home, name: str = "a.csv") -> Path:
    path = home.landing / "police" / "incidents" / "2026-03-01" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def publish_deliveries(home: Home, *files: Path, status: str = "loaded", reason_code: str | None = None) -> None:
    rows = [
        {
            "source_path": str(file.relative_to(home.landing)),
            "source_bytes": file.stat().st_size,
            "source_mtime_ns": file.stat().st_mtime_ns,
            "status": status,
            "reason_code": reason_code,
        }
        for file in files
    ]
    tx = Lake(home).begin("night")
    tx.replace("ops.delivery", pl.DataFrame(rows, schema=DELIVERY_SCHEMA))
    snapshot = tx.commit()
    assert snapshot is not None
    publish(home, snapshot, PublicationPlan(open=frozenset()))


def test_an_empty_landing_has_nothing_new(home: Home) -> None:
    assert not anything_new(home)


def test_a_known_file_is_not_new_until_it_changes(home: Home) -> None:
    file = deliver(home)
    assert anything_new(home)
    publish_deliveries(home, file)
    assert not anything_new(home)
    file.write_bytes(b"longer")
    assert anything_new(home)


def test_a_file_still_written_is_looked_at_again(home: Home) -> None:
    publish_deliveries(home, deliver(home), status="rejected", reason_code="still_written")
    assert anything_new(home)


def test_a_publication_cut_short_is_something_to_do(home: Home) -> None:
    publish_deliveries(home, deliver(home))
    (home.published / "current.json").unlink()
    assert anything_new(home)


def test_the_sensor_waits_until_landing_rests(home: Home) -> None:
    deliver(home)
    first = listing(home.landing)
    cursor, look = decide(None, first)
    assert not look
    deliver(home, "b.csv")
    second = listing(home.landing)
    assert second != first
    cursor, look = decide(cursor, second)
    assert not look, "files are still arriving"
    cursor, look = decide(cursor, second)
    assert look
    cursor, look = decide(cursor, second)
    assert not look, "one look a listing"
