"""One snapshot file: staged work is invisible, unchanged content is listed again, the rename is the commit."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.config import LakeConfig
from pipelines.errors import LakeError, LockHeldError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.parquet import write_parquet
from pipelines.lake.retention import recover, sweep
from pipelines.lake.store import Lake

PERSONS = pl.DataFrame({"person_id": ["p1", "p2"], "community": ["云杉社区", None]})
STREETS = pl.DataFrame({"street": ["青云街道"], "residents": [3]})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def commit(home: Home, run: str, tables: dict[str, pl.DataFrame], **told: dict[str, int]) -> str | None:
    tx = Lake(home).begin(run)
    for table, frame in tables.items():
        tx.replace(table, frame)
    snapshot = tx.commit(**told)
    return snapshot.id if snapshot else None


def test_nothing_is_visible_before_the_commit(home: Home) -> None:
    lake = Lake(home)
    tx = lake.begin("run-1")
    tx.replace("master.person", PERSONS)
    assert lake.current() is None
    assert tx.scan("master.person").collect().equals(PERSONS)
    snapshot = tx.commit(inputs={"files": 2}, checks={"failed": 0})
    assert snapshot is not None
    read = lake.current()
    assert read == snapshot
    assert read is not None
    assert_frame_equal(read.scan("master.person").collect(), PERSONS)
    assert (read.run, read.rows("master.person"), read.inputs, read.checks) == (
        "run-1",
        2,
        {"files": 2},
        {"failed": 0},
    )


def test_unchanged_content_keeps_its_file_and_commits_nothing(home: Home) -> None:
    commit(home, "run-1", {"master.person": PERSONS})
    before = sorted((home.lake / "tables").rglob("*.parquet"))
    tx = Lake(home).begin("run-2")
    tx.replace("master.person", PERSONS.lazy())
    assert not tx.changed("master.person")
    assert tx.commit() is None
    assert sorted((home.lake / "tables").rglob("*.parquet")) == before
    assert Lake(home).staged_runs() == []


def test_inputs_alone_are_a_change_only_when_told(home: Home) -> None:
    assert commit(home, "run-1", {"master.person": PERSONS}, inputs={"files": 1}) == "000001"
    assert commit(home, "run-2", {}) is None
    assert commit(home, "run-3", {}, inputs={"files": 1}) is None
    assert commit(home, "run-4", {}, inputs={"files": 2}) == "000002"


def test_other_tables_are_listed_again(home: Home) -> None:
    commit(home, "run-1", {"master.person": PERSONS, "marts.street": STREETS})
    first = Lake(home).snapshot("000001")
    commit(home, "run-2", {"marts.street": STREETS.with_columns(residents=pl.lit(4))})
    second = Lake(home).current()
    assert second is not None
    assert second.files("master.person") == first.files("master.person")
    assert second.files("marts.street") != first.files("marts.street")
    assert first.scan("marts.street").collect()["residents"].to_list() == [3]


def test_another_process_resumes_the_same_transaction(home: Home) -> None:
    Lake(home).begin("run-1").replace("master.person", PERSONS)
    step = (
        "import sys, polars as pl; from pipelines.home import Home; from pipelines.lake.store import Lake\n"
        "tx = Lake(Home.resolve(sys.argv[1])).resume('run-1')\n"
        "tx.replace('marts.street', tx.scan('master.person').select(residents=pl.len()))"
    )
    subprocess.run([sys.executable, "-c", step, str(home.root)], check=True)
    snapshot = Lake(home).resume("run-1").commit()
    assert snapshot is not None
    assert snapshot.scan("marts.street").collect().item() == 2


def test_resume_refuses_a_run_that_another_overtook(home: Home) -> None:
    Lake(home).begin("slow").replace("master.person", PERSONS)
    commit(home, "fast", {"master.person": PERSONS})
    with pytest.raises(LakeError, match="not current any more"):
        Lake(home).resume("slow")
    with pytest.raises(LakeError, match="nothing staged"):
        Lake(home).resume("unknown")


@pytest.mark.parametrize("run", ["", "../x", "a b", "a/b"])
def test_run_ids_are_plain_names(home: Home, run: str) -> None:
    with pytest.raises(LakeError, match="run id"):
        Lake(home).begin(run)


@pytest.mark.parametrize("table", ["person", "secret.person", "raw.../x", "raw.人口", "raw."])
def test_table_names_are_checked(home: Home, table: str) -> None:
    with pytest.raises(LakeError, match="no table name"):
        Lake(home).begin("run-1").replace(table, PERSONS)


def test_files_are_kept_added_and_dropped(home: Home) -> None:
    tx = Lake(home).begin("run-1")
    drafts = [tx.new_file("raw.sensors_events") for _ in range(2)]
    for number, draft in enumerate(drafts):
        write_parquet(pl.DataFrame({"event_id": [number]}), draft)
    tx.set_files("raw.sensors_events", keep=[], add=drafts)
    tx.commit()

    tx = Lake(home).begin("run-2")
    first, second = tx.files("raw.sensors_events")
    draft = tx.new_file("raw.sensors_events")
    write_parquet(pl.DataFrame({"event_id": [9], "vendor": ["v"]}), draft)
    tx.set_files("raw.sensors_events", keep=[second], add=[draft])
    assert tx.scan("raw.sensors_events").collect().rows() == [(1, None), (9, "v")]
    with pytest.raises(LakeError, match="no file"):
        tx.set_files("raw.sensors_events", keep=[first], add=[])
    with pytest.raises(LakeError, match="no files"):
        tx.set_files("raw.sensors_events", keep=[], add=[])


def test_a_half_written_draft_is_refused(home: Home) -> None:
    tx = Lake(home).begin("run-1")
    draft = tx.new_file("raw.police_residents")
    draft.write_bytes(b"PAR1 and then the process died")
    with pytest.raises(LakeError, match="no whole Parquet file"):
        tx.set_files("raw.police_residents", keep=[], add=[draft])


def test_bytes_do_not_depend_on_chunks_or_laziness(tmp_path: Path) -> None:
    whole = pl.DataFrame({"n": range(300_000)}).with_columns(text=pl.col("n").cast(pl.String))
    chunked = pl.concat([whole[:1_000], whole[1_000:250_001], whole[250_001:]], rechunk=False)
    write_parquet(whole, tmp_path / "whole.parquet")
    write_parquet(chunked, tmp_path / "chunked.parquet")
    write_parquet(pl.scan_parquet(tmp_path / "whole.parquet").filter(pl.col("n") >= 0), tmp_path / "lazy.parquet")
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.parquet")}
    assert len(digests) == 1


def test_dbt_output_never_reaches_a_committed_file(home: Home) -> None:
    commit(home, "run-1", {"marts.street": STREETS})
    tx = Lake(home).begin("run-2")
    built = tx.link_build("marts.street")
    duckdb.sql("select '新街道' as street, 8 as residents").write_parquet(str(built))
    tx.stage_built("marts.street")
    first = Lake(home).current()
    assert first is not None
    assert_frame_equal(first.scan("marts.street").collect(), STREETS)
    staged = tx.files("marts.street")[0]
    duckdb.sql("select '第三街道' as street, 9 as residents").write_parquet(str(built))
    assert pl.read_parquet(staged)["residents"].to_list() == [8]
    with pytest.raises(LakeError, match="dbt wrote no"):
        tx.stage_built("marts.kpi_monthly")


def test_a_table_of_parts_is_a_folder_for_dbt(home: Home) -> None:
    tx = Lake(home).begin("run-1")
    drafts = [tx.new_file("raw.sensors_events") for _ in range(2)]
    for number, draft in enumerate(drafts):
        write_parquet(pl.DataFrame({"event_id": [number]}), draft)
    tx.set_files("raw.sensors_events", keep=[], add=drafts)
    folder = tx.link_build("raw.sensors_events")
    assert sorted(duckdb.read_parquet(f"{folder}/*.parquet").fetchall()) == [(0,), (1,)]
    tx.replace("raw.sensors_events", pl.DataFrame({"event_id": [7]}))
    assert tx.link_build("raw.sensors_events").is_file()


def test_recover_and_sweep_leave_exactly_what_is_listed(home: Home) -> None:
    commit(home, "run-1", {"master.person": PERSONS})
    Lake(home).begin("killed").replace("master.person", PERSONS.head(1))
    (home.lake / "snapshots" / "000002.json").write_bytes(b"written, never committed")
    with pytest.raises(LakeError, match="run lock"):
        recover(home)
    with RunLock(home):
        assert recover(home) == ["killed"]
        assert len(sweep(home)) == 1
    current = Lake(home).current()
    assert current is not None
    assert list((home.lake / "tables").rglob("*.parquet")) == current.files("master.person")
    assert [snapshot.id for snapshot in Lake(home).history()] == ["000001"]


def test_sweep_keeps_the_newest_and_the_young(home: Home) -> None:
    for number in range(4):
        commit(home, f"run-{number}", {"marts.street": STREETS.with_columns(residents=pl.lit(number))})
    keep = LakeConfig(keep_snapshots=2, keep_days=3)
    with RunLock(home):
        assert sweep(home, keep) == []
        assert len(sweep(home, keep, now=datetime.now(UTC) + timedelta(days=4))) == 2
    assert [snapshot.id for snapshot in Lake(home).history()] == ["000004", "000003"]
    with pytest.raises(LakeError, match="no snapshot 000001"):
        Lake(home).snapshot("000001")


def test_the_lock_names_its_holder_and_dies_with_it(home: Home) -> None:
    hold = (
        "import sys; from pipelines.home import Home; from pipelines.lake.lock import RunLock\n"
        "with RunLock(Home.resolve(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(LockHeldError, match=f"process {holder.pid}"), RunLock(home):
        pytest.fail("two runs at once")
    holder.kill()
    holder.communicate()
    with RunLock(home) as lock:
        assert lock.held_here()
    assert not RunLock(home).held_here()


def test_files_are_private(home: Home) -> None:
    commit(home, "run-1", {"master.person": PERSONS})
    modes = {path.is_dir(): oct(path.stat().st_mode & 0o777) for path in home.lake.rglob("*")}
    assert modes == {True: "0o700", False: "0o600"}
