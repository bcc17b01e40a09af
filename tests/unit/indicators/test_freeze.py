"""A quarter is frozen once, whole or not at all, and a changed byte is never believed."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.cli.freeze import freeze_and_record, list_frozen, verify_all
from pipelines.errors import LakeError, LockHeldError
from pipelines.governance.audit import read_audit
from pipelines.home import Home
from pipelines.indicators.freeze import (
    FROZEN_SCHEMA,
    FreezeRefused,
    FrozenBroken,
    Quarter,
    freeze_quarter,
    frozen_quarters,
    read_frozen,
    read_intact,
)
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.quality.rules import RULE_PREFIX, load_table_suites

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01")
FROZEN_COLUMNS = [name for name in FROZEN_SCHEMA if name not in ("quarter", "frozen_on", "snapshot")]


def values(months: tuple[str, ...] = MONTHS, value: float = 0.8, reason: str = "near") -> pl.DataFrame:
    """Two areas of one indicator over some months."""
    rows = [
        {
            "indicator": "mediation_success",
            "area_level": "street",
            "area": area,
            "month": month,
            "numerator": 80.0,
            "denominator": 100.0,
            "value": value,
            "light": "yellow",
            "light_reason": reason,
            "method_version": "1",
        }
        for month in months
        for area in ("平安街道", "和平街道")
    ]
    schema = {name: kind for name, kind in FROZEN_SCHEMA.items() if name in FROZEN_COLUMNS}
    return pl.DataFrame(rows, schema=schema)


def load(home: Home, run: str, frame: pl.DataFrame, newest: date = date(2027, 1, 2)) -> None:
    """Commit a snapshot with these indicator values."""
    with RunLock(home):
        tx = Lake(home).begin(run)
        tx.replace("marts.kpi_monthly", frame)
        tx.replace("marts.indicator", pl.DataFrame({"indicator": ["mediation_success"], "method_version": ["1"]}))
        tx.replace(
            "ops.delivery", pl.DataFrame({"status": ["loaded", "rejected"], "delivered_on": [newest, date(2030, 1, 1)]})
        )
        tx.commit(inputs={}, checks={})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home").ensure()
    load(place, "run-1", values())
    return place


def test_a_quarter_is_kept_with_its_snapshot_and_method(home: Home) -> None:
    manifest = freeze_quarter(home, "2026Q4", NOW, "li")
    assert (manifest["quarter"], manifest["frozen_by"], manifest["frozen_on"]) == ("2026Q4", "li", "2027-01-04")
    assert (manifest["snapshot"], manifest["months"], manifest["method_versions"]) == (
        "000001",
        list(MONTHS[1:4]),
        ["1"],
    )
    frozen = read_frozen(home)
    assert frozen.height == 6
    assert set(frozen["month"]) == set(MONTHS[1:4])
    assert frozen["frozen_on"].unique().to_list() == [date(2027, 1, 4)]
    assert frozen.schema == pl.Schema(FROZEN_SCHEMA)


def test_nothing_frozen_is_a_table_without_rows(home: Home) -> None:
    assert read_frozen(home).schema == pl.Schema(FROZEN_SCHEMA)
    assert read_frozen(home).is_empty()
    assert frozen_quarters(home) == []


def test_later_values_do_not_move_what_was_frozen(home: Home) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    before = read_frozen(home)
    load(home, "run-2", values(value=0.9))
    assert read_frozen(home).equals(before)


@pytest.mark.parametrize(
    ("quarter", "now", "newest", "months", "told"),
    [
        ("2026Q4", datetime(2026, 12, 31, 15, 59, tzinfo=UTC), date(2027, 1, 2), MONTHS, "from 2027-01-01 on"),
        ("2026Q4", NOW, date(2026, 12, 31), MONTHS, "files of 2027-01-01 or later"),
        ("2026Q4", NOW, date(2027, 1, 2), MONTHS[:3], "no indicator has a value for 2026-12"),
        ("2023Q1", NOW, date(2027, 1, 2), MONTHS, "no indicator has a value for 2023-03"),
        ("2026Q5", NOW, date(2027, 1, 2), MONTHS, "no quarter"),
    ],
)
def test_a_quarter_that_cannot_be_frozen_says_why(
    tmp_path: Path, quarter: str, now: datetime, newest: date, months: tuple[str, ...], told: str
) -> None:
    place = Home(tmp_path).ensure()
    load(place, "run-1", values(months), newest)
    with pytest.raises(FreezeRefused, match=told):
        freeze_quarter(place, quarter, now, "li")
    assert frozen_quarters(place) == []


def test_months_of_nothing_but_unfinished_rates_have_no_data(tmp_path: Path) -> None:
    place = Home(tmp_path).ensure()
    load(place, "run-1", values(reason="incomplete"))
    with pytest.raises(FreezeRefused, match="no indicator has a value"):
        freeze_quarter(place, "2026Q4", NOW, "li")


def test_midnight_is_that_of_the_city(home: Home) -> None:
    manifest = freeze_quarter(home, "2026Q4", datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "li")
    assert manifest["frozen_on"] == "2027-01-01"


def test_a_quarter_is_frozen_once_and_says_what_differs_now(home: Home) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    with pytest.raises(FreezeRefused, match="by li from snapshot 000001, as they are in the snapshot now"):
        freeze_quarter(home, "2026q4", NOW, "wang")
    load(home, "run-2", values(value=0.9))
    with pytest.raises(FreezeRefused, match="other than they are now \\(kpi_monthly\\)"):
        freeze_quarter(home, "2026Q4", NOW, "wang")


def test_no_freeze_while_a_run_works(home: Home) -> None:
    with RunLock(home), pytest.raises(LockHeldError):
        freeze_quarter(home, "2026Q4", NOW, "li")


def test_a_home_without_indicators_has_nothing_to_freeze(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="streetlake load"):
        freeze_quarter(Home(tmp_path), "2026Q4", NOW, "li")


@pytest.mark.parametrize("name", ["kpi_monthly.parquet", "indicator.parquet", "manifest.json"])
def test_a_changed_byte_is_not_believed(home: Home, name: str) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    path = home.root / "frozen" / "2026Q4" / name
    assert path.stat().st_mode & 0o777 == 0o400
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))
    with pytest.raises(FrozenBroken, match="2026Q4"):
        read_frozen(home)


def test_a_night_goes_on_without_the_quarter_that_is_broken(home: Home) -> None:
    load(home, "run-2", values(("2026-07", "2026-08", *MONTHS)))
    freeze_quarter(home, "2026Q3", NOW, "li")
    freeze_quarter(home, "2026Q4", NOW, "li")
    (home.root / "frozen" / "2026Q4" / "manifest.json").unlink()
    rows, broken = read_intact(home)
    assert set(rows["quarter"]) == {"2026Q3"}
    assert list(broken) == ["2026Q4"]
    assert "manifest.json cannot be read" in broken["2026Q4"]
    assert rows.schema == pl.Schema(FROZEN_SCHEMA)


def test_a_file_too_many_or_too_few_is_told(home: Home) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    folder = home.root / "frozen" / "2026Q4"
    (folder / "more.parquet").write_bytes(b"")
    with pytest.raises(FrozenBroken, match="missing or were added: more"):
        read_frozen(home)
    (folder / "more.parquet").unlink()
    (folder / "indicator.parquet").unlink()
    with pytest.raises(FrozenBroken, match="missing or were added: indicator"):
        read_frozen(home)
    (folder / "indicator.parquet").mkdir()
    with pytest.raises(FrozenBroken, match="a file cannot be read"):
        read_frozen(home)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pipelines.home import Home
from pipelines.indicators import freeze_store
from pipelines.indicators.freeze import freeze_quarter
freeze_store.fsync_folder = lambda folder: os.kill(os.getpid(), signal.SIGKILL)
freeze_quarter(Home.resolve(sys.argv[1]), "2026Q4", datetime(2027, 1, 4, tzinfo=UTC), "li")
"""


def test_a_freeze_that_is_killed_leaves_nothing_that_is_read(home: Home) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home.root)], check=False, capture_output=True)
    assert killed.returncode == -9
    assert len(list((home.root / "frozen").iterdir())) == 1, "the half of it lies there under a hidden name"
    assert frozen_quarters(home) == []
    assert read_frozen(home).is_empty()
    freeze_quarter(home, "2026Q4", NOW, "li")
    assert [path.name for path in (home.root / "frozen").iterdir()] == ["2026Q4"]


def test_the_audit_log_knows_each_freeze_by_its_seal(home: Home) -> None:
    manifest = freeze_and_record(home, "2026Q4", NOW, "li")
    (entry,) = [entry for entry in read_audit(home) if entry["action"] == "freeze"]
    assert (entry["actor"], entry["subject"]) == ("li", "2026Q4")
    assert entry["detail"] == f"snapshot 000001, seal {manifest['seal']}"
    assert verify_all(home) == list_frozen(home) == [manifest]


def test_a_freeze_that_died_before_its_entry_is_noted_by_who_asks_next(home: Home) -> None:
    freeze_quarter(home, "2026Q4", NOW, "li")
    with pytest.raises(FrozenBroken, match="not the one that the audit log knows"):
        verify_all(home)
    with pytest.raises(FreezeRefused, match="frozen on 2027-01-04 by li"):
        freeze_and_record(home, "2026Q4", NOW, "wang")
    (entry,) = [entry for entry in read_audit(home) if entry["action"] == "freeze"]
    assert entry["actor"] == "wang"
    assert entry["detail"].startswith("frozen by li on 2027-01-04, noted only now")
    assert len(verify_all(home)) == 1


def test_a_quarter_that_is_gone_is_missed(home: Home) -> None:
    freeze_and_record(home, "2026Q4", NOW, "li")
    (home.root / "frozen" / "2026Q4").rename(home.root / "elsewhere")
    with pytest.raises(FrozenBroken, match="2026Q4 was frozen and is gone"):
        verify_all(home)


@pytest.mark.parametrize(
    ("text", "months", "free"),
    [
        ("2026Q4", ("2026-10", "2026-11", "2026-12"), date(2027, 1, 1)),
        ("2027-q1", ("2027-01", "2027-02", "2027-03"), date(2027, 4, 1)),
    ],
)
def test_quarters_know_their_months(text: str, months: tuple[str, ...], free: date) -> None:
    quarter = Quarter.parse(text)
    assert (quarter.months, quarter.free_from) == (months, free)
    assert (free - quarter.last_day).days == 1


SOUND = {
    "quarter": "2026Q4",
    "frozen_on": date(2027, 1, 4),
    "snapshot": "000001",
    "method_version": "1",
    "indicator": "mediation_success",
    "area_level": "street",
    "area": "平安街道",
    "month": "2026-12",
    "value": 0.8,
    "light": "yellow",
    "suppressed": False,
    "method": "month of closing",
}


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({}, None),
        ({"month": "2026-09"}, "a_month_lies_in_its_quarter"),
        ({"month": "2025-12"}, "a_month_lies_in_its_quarter"),
        ({"frozen_on": date(2026, 12, 31)}, "frozen_after_the_month_was_over"),
        ({"method_version": None}, "the_method_is_named"),
        ({"suppressed": True}, "small_cells_show_nothing"),
    ],
)
def test_the_suite_of_the_table_sees_what_is_wrong(changed: dict[str, object], broken: str | None) -> None:
    conditions = load_table_suites()["marts.kpi_frozen"].derived
    row = pl.DataFrame([{**SOUND, **changed}], schema=FROZEN_SCHEMA)
    wrong = [name for name, rule in conditions.items() if row.select(pl.sql_expr(rule)).item() is False]
    assert wrong == ([] if broken is None else [RULE_PREFIX + broken])


def run(home: Home, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["freeze", *arguments, "--home", str(home.root)])
    return result.exit_code, result.output


def test_the_command_freezes_lists_and_verifies(home: Home) -> None:
    code, printed = run(home, "2199Q4", "--actor", "li")
    assert (code, frozen_quarters(home)) == (1, []), "no machine's clock has reached 2200"
    freeze_and_record(home, "2026Q4", NOW, "li")
    for option in ("--list", "--verify"):
        code, printed = run(home, option, "--json")
        assert code == 0
        assert [told["quarter"] for told in orjson.loads(printed)] == ["2026Q4"]
    code, printed = run(home, "--list")
    assert "2026Q4" in printed
    assert "li" in printed


@pytest.mark.parametrize("arguments", [(), ("2026Q4", "--list")])
def test_the_command_asks_for_one_thing(home: Home, arguments: tuple[str, ...]) -> None:
    assert run(home, *arguments)[0] == 2
