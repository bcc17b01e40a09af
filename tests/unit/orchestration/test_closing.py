"""The end of a night: committed and published whole, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration.books import CHECKS, DELIVERIES, HISTORY
from orchestration.closing import close_night, finish_publication
from orchestration.opening import begin_night, drop_night
from pipelines.config import Config
from pipelines.contracts.loader import load_contracts
from pipelines.errors import ConfigError, PublicationBlocked
from pipelines.governance.audit import read_audit, verify_audit
from pipelines.home import Home
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.lake.lock import RunLock
from pipelines.lake.publish import publication_pending
from pipelines.lake.published import Published
from pipelines.lake.runs import latest_run, run_frame
from pipelines.lake.store import Lake, Transaction
from pipelines.pages.marts import Marts
from pipelines.pages.registry import PAGES
from pipelines.pages.site import write_site
from pipelines.quality.results import CheckResult, check_results_frame

CONFIG = Config()
KPI = pl.DataFrame({"indicator": ["K01"], "value": [0.5]})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).ensure()


def check(severity: str, *, success: bool) -> CheckResult:
    return CheckResult(
        "marts.kpi_monthly",
        f"{severity}_check",
        "value",
        severity,  # type: ignore[arg-type]
        success,
        10,
        0 if success else 3,
        0,
        "validity",
        "取值合理",
        "Values are plausible",
    )


def stage_night(home: Home, run_id: str, kpi: pl.DataFrame = KPI, *checks: CheckResult) -> Transaction:
    tx = begin_night(home, run_id, CONFIG)
    tx.replace("marts.kpi_monthly", kpi)
    row = {"path": "a.csv", "status": "loaded", "run_id": run_id, "rows_read": 9, "rows_loaded": 7}
    row |= {"rows_duplicate": 2, "rows_quarantined": 0}
    tx.replace(DELIVERIES, pl.DataFrame([row], schema=DELIVERY_SCHEMA))
    tx.replace(CHECKS, check_results_frame(checks or [check("critical", success=True)]))
    return tx


def test_a_night_ends_published_and_told(home: Home) -> None:
    with RunLock(home):
        closing = close_night(stage_night(home, "n1"), home, CONFIG)
    assert closing.snapshot is not None
    assert closing.changed == [CHECKS, "marts.kpi_monthly", DELIVERIES]
    assert Published(home).current_id() == "000001"
    run = closing.snapshot.scan("ops.run").collect().row(0, named=True)
    assert (run["run_id"], run["status"], run["snapshot"]) == ("n1", "published", "000001")
    assert (run["files_in"], run["rows_read"], run["rows_loaded"], run["rows_duplicate"]) == (1, 9, 7, 2)
    assert run["marts_rows"] == 1
    assert [entry["action"] for entry in read_audit(home)] == ["load", "publish"]
    assert closing.snapshot.scan("ops.audit").collect()["action"].to_list() == ["load"]
    assert verify_audit(home) == 2
    checks = closing.snapshot.scan(CHECKS).collect()
    assert set(checks["table"]) == {"marts.kpi_monthly", "ops.run"}, "the record of the run is checked before it counts"
    assert closing.snapshot.checks == {"checks": checks.height, "failed": 0}
    assert closing.snapshot.has(HISTORY)
    assert latest_run(home, "n1").counts["rows_loaded"] == 7


def test_a_load_does_not_begin_with_a_forbidden_field(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds a camera's face number to a contract: the next load reads nothing at all."""
    contracts = load_contracts()
    devices = contracts["sensors_devices"]
    face = devices.columns[0].model_copy(update={"name": "face_id", "headers": ("人脸编号",)})
    watching = devices.model_copy(update={"columns": (*devices.columns, face)})
    monkeypatch.setattr("orchestration.opening.load_contracts", lambda: {**contracts, "sensors_devices": watching})
    with RunLock(home), pytest.raises(ConfigError, match="face_id"):
        begin_night(home, "n1", CONFIG)
    assert Lake(home).staged_runs() == []


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_only_a_critical_check_blocks_and_yesterday_stays(home: Home, severity: str) -> None:
    with RunLock(home):
        close_night(stage_night(home, "n1"), home, CONFIG)
        tx = stage_night(home, "n2", KPI.with_columns(value=pl.lit(0.9)), check(severity, success=False))
        if severity == "critical":
            with pytest.raises(PublicationBlocked, match=r"Values are plausible: broken by 3 of 10 rows"):
                close_night(tx, home, CONFIG)
        else:
            close_night(tx, home, CONFIG)
    current = Lake(home).current()
    assert current is not None
    expected = "000001" if severity == "critical" else "000002"
    assert (current.id, Published(home).current_id()) == (expected, expected)


def test_a_run_that_lost_rows_is_not_published(home: Home) -> None:
    with RunLock(home):
        tx = stage_night(home, "n1")
        lost = tx.scan(DELIVERIES).with_columns(rows_loaded=pl.lit(5, pl.Int64)).collect()
        tx.replace(DELIVERIES, lost)
        with pytest.raises(PublicationBlocked, match=r"ops\.run: Rows read are loaded"):
            close_night(tx, home, CONFIG)
    assert Lake(home).current() is None
    assert read_audit(home) == []


def test_an_open_table_that_names_persons_is_not_published(home: Home) -> None:
    with RunLock(home):
        tx = stage_night(home, "n1", KPI.with_columns(id_number=pl.lit("990101200001010010")))
        with pytest.raises(PublicationBlocked, match="id_number"):
            close_night(tx, home, CONFIG)
    assert Lake(home).current() is None


def test_a_night_without_a_change_leaves_no_snapshot(home: Home) -> None:
    with RunLock(home):
        close_night(stage_night(home, "n1"), home, CONFIG)
        entries = read_audit(home)
        tx = begin_night(home, "n2", CONFIG)
        tx.replace("marts.kpi_monthly", KPI)
        assert close_night(tx, home, CONFIG).snapshot is None
        drop_night(home, begin_night(home, "n3", CONFIG))
    assert read_audit(home) == entries
    assert run_frame(home, Lake(home).current())["status"].to_list() == ["published", "unchanged", "unchanged"]


def test_a_kill_between_commit_and_publication_is_made_good(home: Home) -> None:
    with RunLock(home):
        close_night(stage_night(home, "n1"), home, CONFIG)
        tx = stage_night(home, "n2", KPI.with_columns(value=pl.lit(0.9)))
        tx.commit(inputs={"killed": datetime.now(UTC).isoformat()})
        assert publication_pending(home)
        begin_night(home, "n3", CONFIG)
        assert not publication_pending(home)
        assert finish_publication(home, CONFIG) is None
    assert Published(home).current_id() == "000002"


def test_a_page_that_cannot_be_drawn_holds_nothing_up_and_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(marts: Marts) -> dict[str, Any]:
        del marts
        raise ValueError("a value of a row")

    page = replace(PAGES[-1], view=broken)
    monkeypatch.setattr("pipelines.pages.site.write_site", partial(write_site, pages=[page], families=[]))
    with RunLock(home):
        closing = close_night(stage_night(home, "n1"), home, CONFIG)
    assert Published(home).current_id() == "000001"
    assert [page.name in line for line in closing.documents.undrawn] == [True]
    assert "a value of a row" not in closing.documents.undrawn[0]
    assert latest_run(home, "n1").message == closing.documents.undrawn[0]
    assert "1 pages not drawn" in read_audit(home)[-1]["detail"]
