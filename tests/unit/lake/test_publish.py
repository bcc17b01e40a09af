"""What readers see: open without restricted tables, catalogues that stay whole, an end that a kill only delays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import orjson
import polars as pl
import pytest

from pipelines.config import Config, LakeConfig
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.parquet import write_parquet
from pipelines.lake.publish import PublicationPlan, export, publication_pending, publish
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

PLAN = PublicationPlan(open=frozenset({"marts.kpi_monthly"}))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "it's home").ensure()


def commit(home: Home, run: str, value: int) -> Snapshot:
    tx = Lake(home).begin(run)
    tx.replace("marts.kpi_monthly", pl.DataFrame({"indicator": ["K01"], "value": [value]}))
    tx.replace("master.person", pl.DataFrame({"person_id": ["p1"], "name": ["云测试"]}))
    tx.replace("internal.model", pl.DataFrame({"weight": [1.0]}))
    drafts = [tx.new_file("raw.sensors_events") for _ in range(2)]
    for number, draft in enumerate(drafts):
        write_parquet(pl.DataFrame({"event_id": [value * 10 + number]}), draft)
    tx.set_files("raw.sensors_events", keep=[], add=drafts)
    snapshot = tx.commit(inputs={"files": value})
    assert snapshot is not None
    return snapshot


def views(home: Home, access: str) -> list[str]:
    with duckdb.connect(str(home.published / f"{access}.duckdb"), read_only=True) as catalogue:
        rows = catalogue.execute(
            "select schema_name || '.' || view_name from duckdb_views() where not internal order by 1"
        ).fetchall()
    return [name for (name,) in rows]


def test_open_has_no_restricted_table_and_neither_has_internal(home: Home) -> None:
    assert publish(home, commit(home, "run-1", 1), PLAN) == "000001"
    assert views(home, "open") == ["marts.kpi_monthly", "marts.snapshot"]
    assert views(home, "restricted") == [
        "marts.kpi_monthly",
        "marts.snapshot",
        "master.person",
        "raw.sensors_events",
    ]
    opened = home.published / "snapshots" / "000001" / "open"
    assert sorted(path.name for path in opened.rglob("*.parquet")) == ["kpi_monthly.parquet", "snapshot.parquet"]


def test_files_are_links_and_private(home: Home) -> None:
    snapshot = commit(home, "run-1", 1)
    publish(home, snapshot, PLAN)
    published = home.published / "snapshots" / "000001" / "restricted" / "master" / "person.parquet"
    assert published.samefile(snapshot.files("master.person")[0])
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in home.published.rglob("*")}
    assert modes == {(True, "0o700"), (False, "0o600")}


def test_an_open_catalogue_keeps_yesterday_whole(home: Home) -> None:
    publish(home, commit(home, "run-1", 1), PLAN)
    with duckdb.connect(str(home.published / "restricted.duckdb"), read_only=True) as yesterday:
        publish(home, commit(home, "run-2", 2), PLAN)
        seen = yesterday.execute(
            "select value, (select max(event_id) from raw.sensors_events), (select any_value(snapshot_id) "
            "from marts.snapshot) from marts.kpi_monthly"
        ).fetchall()
    assert seen == [(1, 11, "000001")]


def test_marts_snapshot_tells_rows_and_checksums(home: Home) -> None:
    snapshot = commit(home, "run-1", 1)
    publish(home, snapshot, PLAN)
    frame = pl.read_parquet(home.published / "snapshots" / "000001" / "open" / "marts" / "snapshot.parquet")
    rows = {row["table"]: row for row in frame.to_dicts()}
    assert rows["sensors_events"]["rows"] == 2
    assert rows["person"]["sha256"] == snapshot.entries("master.person")[0].sha256
    assert rows["person"]["run_id"] == "run-1"
    assert orjson.loads(rows["person"]["inputs"]) == {"files": 1}
    assert frame.schema["created_at"] == pl.Datetime("us", "UTC")


def test_publication_is_pending_until_the_pointer_moves(home: Home) -> None:
    assert not publication_pending(home)
    snapshot = commit(home, "run-1", 1)
    assert publication_pending(home)
    half = home.published / "snapshots" / ".000001.dead.tmp" / "open"
    half.mkdir(parents=True)
    assert publish(home, snapshot, PLAN) == "000001"
    assert not publication_pending(home)
    assert not half.exists()
    assert publish(home, snapshot, PLAN) is None


def test_a_kill_before_the_pointer_is_finished_by_the_next_publish(home: Home) -> None:
    publish(home, commit(home, "run-1", 1), PLAN)
    snapshot = commit(home, "run-2", 2)
    publish(home, snapshot, PLAN)
    (home.published / "current.json").write_text('{"snapshot": "000001"}')
    assert publication_pending(home)
    assert publish(home, snapshot, PLAN) == "000002"
    assert views(home, "open") == ["marts.kpi_monthly", "marts.snapshot"]


def test_old_publications_go_and_young_ones_stay(home: Home) -> None:
    config = Config(lake=LakeConfig(keep_snapshots=2, keep_days=1))
    for number in range(1, 4):
        publish(home, commit(home, f"run-{number}", number), PLAN, config)
    assert len(list((home.published / "snapshots").iterdir())) == 3
    publish(home, commit(home, "run-4", 4), PLAN, config, datetime.now(UTC) + timedelta(days=2))
    assert sorted(path.name for path in (home.published / "snapshots").iterdir()) == ["000003", "000004"]


def test_export_is_one_file_a_table(home: Home, tmp_path: Path) -> None:
    commit(home, "run-1", 1)
    out = tmp_path / "out"
    export(home, out)
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert names == [
        "marts/kpi_monthly.parquet",
        "marts/snapshot.parquet",
        "master/person.parquet",
        "raw/sensors_events.parquet",
    ]
    assert pl.read_parquet(out / "raw" / "sensors_events.parquet")["event_id"].to_list() == [10, 11]


def test_export_of_an_empty_home_says_what_to_do(home: Home, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="streetlake load"):
        export(home, tmp_path / "out")
