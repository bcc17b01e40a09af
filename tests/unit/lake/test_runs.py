"""Runs that published, failed and were killed are all told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipelines.home import Home
from pipelines.lake.runs import RunRecord, latest_run, log_run, run_frame
from pipelines.lake.store import Lake

AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


def test_the_newest_line_of_a_run_holds_and_a_killed_one_is_interrupted(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    log_run(home, RunRecord("killed", AT))
    log_run(home, RunRecord("bad", AT))
    log_run(home, RunRecord("bad", AT).ended("failed", message="raw/police_residents failed"))
    with (home.lake / "runs.jsonl").open("ab") as log:
        log.write(b'\n{"run_id": "torn')
    now = RunRecord("now", AT, counts={"files_in": 3, "raw_rows": 10}).ended("published", snapshot="000001")
    frame = run_frame(home, None, now)
    assert frame.select("run_id", "status", "snapshot", "files_in", "raw_rows").rows() == [
        ("bad", "failed", None, None, None),
        ("killed", "interrupted", None, None, None),
        ("now", "published", "000001", 3, 10),
    ]
    log_run(home, now)
    assert run_frame(home, None).filter(run_id="now")["status"].to_list() == ["published"]


def test_a_run_that_was_logged_before_a_layer_was_counted_is_told_without_it(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    old = RunRecord("old", AT, counts={"raw_rows": 10, "facts_rows": 4}).ended("published", snapshot="000001").row()
    del old["facts_rows"]
    (home.lake / "runs.jsonl").write_bytes(orjson.dumps(old) + b"\n")
    assert latest_run(home, "old").counts == {"raw_rows": 10}
    assert run_frame(home, None).select("raw_rows", "facts_rows").rows() == [(10, None)]


def test_a_run_killed_after_its_commit_stays_published(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    log_run(home, RunRecord("night-1", AT))
    tx = Lake(home).begin("night-1")
    tx.replace("ops.run", run_frame(home, None, RunRecord("night-1", AT).ended("published", snapshot="000001")))
    tx.commit()
    frame = run_frame(home, Lake(home).current(), RunRecord("night-2", AT))
    assert frame.select("run_id", "status").rows() == [("night-1", "published"), ("night-2", "running")]
