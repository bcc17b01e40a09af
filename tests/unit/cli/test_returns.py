"""`streetlake returns` on a small lake: what is listed, exported and answered, and what the audit log says of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import fastexcel
import orjson
import polars as pl
import pytest
import xlsxwriter
from return_entries import closed, entry, frame
from typer.testing import CliRunner, Result

from pipelines.cli.app import app
from pipelines.governance.audit import read_audit
from pipelines.home import Home
from pipelines.lake.lock import LockHeldError, RunLock
from pipelines.lake.store import Lake
from pipelines.quality.returns.answers import AnswerError, read_answers


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home").ensure()
    other = entry(
        9, department="housing", department_zh="住建房管", feed="leases", title_zh="租赁备案", row={"备案号": "L9"}
    )
    with RunLock(place):
        tx = Lake(place).begin("r1")
        tx.replace("marts.return_list", frame(entry(1), entry(2), other, closed(3, "corrected")))
        deliveries = {"delivered_on": [date(2026, 3, 3), date(2026, 3, 9)], "status": ["loaded", "rejected"]}
        tx.replace("ops.delivery", pl.DataFrame(deliveries))
        tx.commit()
    return place


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["returns", *words, "--home", str(home.root)])


def listed(home: Home, *words: str) -> list[str]:
    return [row["entry_id"][-1] for row in orjson.loads(run(home, "list", "--json", *words).output)]


def test_the_list_tells_what_is_open_without_any_cell(home: Home) -> None:
    assert listed(home) == ["1", "2", "9"]
    assert listed(home, "--department", "police") == ["1", "2"]
    assert listed(home, "--feed", "leases") == listed(home, "--feed", "housing_leases") == ["9"]
    assert listed(home, "--status", "closed") == ["3"]
    assert listed(home, "--status", "all", "--limit", "2") == ["1", "2"]
    shown = run(home, "list").output
    assert "地址查不到" in shown
    assert "张三" not in shown
    assert run(home, "list", "--status", "old").exit_code == 2


def test_an_export_is_told_to_the_audit_log_with_its_purpose(home: Home, tmp_path: Path) -> None:
    told = run(home, "export", "--out", str(tmp_path / "out"), "--department", "police")
    assert told.exit_code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["police.xlsx"]
    front = fastexcel.read_excel(tmp_path / "out" / "police.xlsx").load_sheet("说明", header_row=None, dtypes="string")
    assert "2026-03-03" in front.to_polars().row(1)[0]
    last = read_audit(home)[-1]
    assert (last["action"], last["subject"], last["purpose"]) == ("export", "return list of police", "data correction")
    assert last["detail"] == "1 workbooks, 2 open entries"


def test_there_is_nothing_to_export_of_a_department_without_entries(home: Home, tmp_path: Path) -> None:
    assert "no workbook was written" in run(home, "export", "--out", str(tmp_path / "out"), "--department", "x").output
    assert read_audit(home) == []


def answered(home: Home, folder: Path, words: str) -> Path:
    run(home, "export", "--out", str(folder))
    sheet = fastexcel.read_excel(folder / "police.xlsx").load_sheet("实有人口", header_row=None, dtypes="string")
    cells = [[cell or "" for cell in row] for row in sheet.to_polars().rows()]
    at = [cell.split("\n")[0] for cell in cells[1]].index("处理结果")
    cells[2][at] = words
    back = folder / "back.xlsx"
    with xlsxwriter.Workbook(str(back)) as book:
        page = book.add_worksheet("实有人口")
        for number, row in enumerate(cells):
            page.write_row(number, 0, row)
    return back


def test_answers_are_noted_once_and_told_to_the_audit_log(home: Home, tmp_path: Path) -> None:
    back = answered(home, tmp_path, "情况属实无需更正")
    told = run(home, "answer", str(back), "--actor", "clerk7")
    assert "1 new answers noted; 1 rows without an answer" in told.output
    found = read_answers(home).row(0, named=True)
    assert (found["entry_id"], found["answer"], found["answered_by"]) == (f"{1:020x}", "accepted", "clerk7")
    last = read_audit(home)[-1]
    assert (last["action"], last["actor"], last["detail"]) == ("returns_answer", "clerk7", "1 answers")
    before = len(read_audit(home))
    assert "0 new answers noted" in run(home, "answer", str(back)).output
    assert len(read_audit(home)) == before


def test_a_bad_workbook_leaves_nothing_behind(home: Home, tmp_path: Path) -> None:
    back = answered(home, tmp_path, "嗯")
    told = run(home, "answer", str(back))
    assert isinstance(told.exception, AnswerError)
    assert read_answers(home).is_empty()


def test_answers_wait_for_a_run_that_works_on_the_home(home: Home, tmp_path: Path) -> None:
    back = answered(home, tmp_path, "已更正")
    with RunLock(home):
        assert isinstance(run(home, "answer", str(back)).exception, LockHeldError)
    assert read_answers(home).is_empty()
