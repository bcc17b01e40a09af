"""A workbook that comes back: answers are found again, and what is wrong with it is told."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter
from return_entries import AS_OF, closed, entry, frame

from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.quality.returns.answers import AnswerError, answers_file, append_answers, read_answers
from pipelines.quality.returns.reply import read_reply
from pipelines.quality.returns.workbook import write_workbooks

Cells = list[list[str]]
LIST = frame(entry(1), entry(2), entry(3), closed(4, "corrected"))
ID = [f"{number:020x}" for number in range(5)]
RIGHT = "情况属实无需更正"


def workbook(folder: Path) -> Path:
    return write_workbooks(LIST, load_contracts(), folder, AS_OF)[0]


def handed_back(path: Path, answers: dict[str, str], edit: Callable[[Cells], Cells] = lambda cells: cells) -> Path:
    """Write a workbook as a clerk's spreadsheet would save it: values alone, answers filled in, then edited."""
    reader = fastexcel.read_excel(path.read_bytes())
    back = path.with_name("back.xlsx")
    with xlsxwriter.Workbook(str(back)) as book:
        for name in reader.sheet_names:
            sheet = reader.load_sheet(name, header_row=None, dtypes="string").to_polars()
            cells = [[cell or "" for cell in row] for row in sheet.rows()]
            if name != "说明":
                cells = edit(filled(cells, answers))
            page = book.add_worksheet(name)
            for at, row in enumerate(cells):
                page.write_row(at, 0, row)
    return back


def filled(cells: Cells, answers: dict[str, str]) -> Cells:
    at, entry_at = column(cells, "处理结果"), column(cells, "条目编号")
    for row in cells[2:]:
        row[at] = answers.get(row[entry_at], "")
    return cells


def column(cells: Cells, title: str) -> int:
    return [cell.split("\n")[0] for cell in cells[1]].index(title)


def test_answers_are_read_with_the_version_of_the_row(tmp_path: Path) -> None:
    back = handed_back(workbook(tmp_path), {ID[1]: RIGHT, ID[2]: "已更正"})
    reply = read_reply(back, LIST)
    assert reply.department == "police"
    assert reply.answers == [
        {"entry_id": ID[1], "answer": "accepted", "file_sha256": "a" * 64, "row_number": 1},
        {"entry_id": ID[2], "answer": "reported_corrected", "file_sha256": "a" * 64, "row_number": 2},
    ]
    assert (reply.unanswered, reply.outdated) == (1, [])


def test_an_unanswered_workbook_says_nothing(tmp_path: Path) -> None:
    reply = read_reply(workbook(tmp_path), LIST)
    assert (reply.answers, reply.unanswered, reply.outdated) == ([], 3, [])


def test_rows_may_be_sorted_and_columns_moved(tmp_path: Path) -> None:
    def shuffled(cells: Cells) -> Cells:
        return [list(reversed(row)) for row in [["甲的批注"] + [""] * (len(cells[0]) - 1), *cells[:2], *cells[:1:-1]]]

    reply = read_reply(handed_back(workbook(tmp_path), {ID[3]: RIGHT}, shuffled), LIST)
    assert [one["entry_id"] for one in reply.answers] == [ID[3]]


def test_an_answer_about_a_row_that_was_delivered_anew_is_not_taken(tmp_path: Path) -> None:
    back = handed_back(workbook(tmp_path), {ID[1]: RIGHT, ID[2]: RIGHT})
    since = frame(entry(1, file="police/residents/2026-03-02/r.csv", row_number=7), entry(2), entry(3))
    reply = read_reply(back, since)
    assert [one["entry_id"] for one in reply.answers] == [ID[2]]
    assert reply.outdated == ["sheet 实有人口, row 3"]


def test_an_answer_about_a_closed_entry_is_not_taken(tmp_path: Path) -> None:
    back = handed_back(workbook(tmp_path), {ID[1]: RIGHT})
    reply = read_reply(back, frame(closed(1, "corrected")))
    assert (reply.answers, reply.outdated) == ([], ["sheet 实有人口, row 3"])


def test_rows_sorted_apart_from_their_numbers_are_not_taken(tmp_path: Path) -> None:
    def torn(cells: Cells) -> Cells:
        at = column(cells, "条目编号")
        numbers = [row[at] for row in cells[2:]]
        for row, number in zip(cells[2:], reversed(numbers), strict=True):
            row[at] = number
        return cells

    reply = read_reply(handed_back(workbook(tmp_path), {ID[1]: RIGHT, ID[3]: RIGHT}, torn), LIST)
    assert (reply.answers, len(reply.outdated)) == ([], 2)


def renamed(title: str, new: str) -> Callable[[Cells], Cells]:
    def edit(cells: Cells) -> Cells:
        cells[1][column(cells, title)] = new
        return cells

    return edit


def put(row: int, title: str, text: str) -> Callable[[Cells], Cells]:
    def edit(cells: Cells) -> Cells:
        cells[row][column(cells, title)] = text
        return cells

    return edit


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (renamed("条目编号", "编号"), "sheet 实有人口, row 2: the column 条目编号 is missing"),
        (renamed("处理结果", "结果"), "sheet 实有人口, row 2: the column 处理结果 is missing"),
        (renamed("行号", "第几行"), "the column 行号 is missing"),
        (put(3, "处理结果", "好的"), "sheet 实有人口, row 4, column 处理结果: not an answer: choose one of 已更正"),
        (put(2, "条目编号", "1E+18"), "sheet 实有人口, row 3, column 条目编号: no entry number"),
        (put(2, "条目编号", ""), "sheet 实有人口, row 3, column 条目编号: empty"),
        (put(2, "条目编号", "f" * 20), "sheet 实有人口, row 3, column 条目编号: no entry of this home"),
        (put(3, "条目编号", ID[1]), ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_taken(
    tmp_path: Path, edit: Callable[[Cells], Cells], told: str
) -> None:
    back = handed_back(workbook(tmp_path), {ID[1]: RIGHT, ID[2]: "无法核实"}, edit)
    if not told:  # the second row now names the first entry, whose row it is not
        assert [one["entry_id"] for one in read_reply(back, LIST).answers] == [ID[1]]
        return
    with pytest.raises(AnswerError) as caught:
        read_reply(back, LIST)
    assert told in str(caught.value)
    assert "张三" not in str(caught.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    def spoilt(cells: Cells) -> Cells:
        return put(3, "处理结果", "好")(put(2, "条目编号", "x")(cells))

    with pytest.raises(AnswerError, match="2 problems") as caught:
        read_reply(handed_back(workbook(tmp_path), {ID[1]: RIGHT}, spoilt), LIST)
    assert "row 3" in str(caught.value)
    assert "row 4" in str(caught.value)


def test_two_answers_to_one_entry_are_a_problem(tmp_path: Path) -> None:
    def doubled(cells: Cells) -> Cells:
        again = list(cells[2])
        again[column(cells, "处理结果")] = "无法核实"
        return [*cells, again]

    with pytest.raises(AnswerError, match="another answer than in sheet 实有人口, row 3"):
        read_reply(handed_back(workbook(tmp_path), {ID[1]: RIGHT}, doubled), LIST)


def test_a_foreign_file_is_told_apart(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.xlsx"
    with xlsxwriter.Workbook(str(foreign)) as book:
        book.add_worksheet().write_row(0, 0, ["姓名", "电话"])
    with pytest.raises(AnswerError, match="no workbook of the return list"):
        read_reply(foreign, LIST)
    (tmp_path / "text.xlsx").write_text("no workbook")
    with pytest.raises(AnswerError, match="no readable workbook"):
        read_reply(tmp_path / "text.xlsx", LIST)
    with pytest.raises(AnswerError, match="no such file"):
        read_reply(tmp_path / "none.xlsx", LIST)


def test_a_department_may_have_a_column_called_as_ours(tmp_path: Path) -> None:
    own = frame(entry(1, row={"人员编号": "R1", "姓名": "张三", "处理结果": "旧", "行号": "5", "备注": "旧"}))
    path = write_workbooks(own, load_contracts(), tmp_path, AS_OF)[0]
    reply = read_reply(handed_back(path, {ID[1]: RIGHT}), own)
    assert [one["answer"] for one in reply.answers] == ["accepted"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.slow
def test_a_workbook_saved_by_libreoffice_is_read_as_before(tmp_path: Path) -> None:
    back = handed_back(workbook(tmp_path), {ID[1]: RIGHT})
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for form, name in (("ods", "back.xlsx"), ("xlsx", "back.ods")):
        command = ["soffice", "--headless", profile, "--convert-to", form, name]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240)
        (tmp_path / name).unlink()
    assert [one["entry_id"] for one in read_reply(back, LIST).answers] == [ID[1]]


def test_the_file_of_answers_is_append_only_and_checked(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    at = datetime(2026, 3, 4, 8, tzinfo=UTC)
    answers = [{"entry_id": ID[1], "answer": "accepted", "file_sha256": "a", "row_number": 1}]
    assert append_answers(home, answers, "clerk", at) == 1
    before = answers_file(home).read_bytes()
    assert append_answers(home, [{**answers[0], "answer": "unverifiable"}], "clerk", at) == 1
    assert answers_file(home).read_bytes().startswith(before)
    assert read_answers(home)["answer"].to_list() == ["accepted", "unverifiable"]
    with answers_file(home).open("ab") as file:
        file.write(b'{"answered_by":"x"}\n')
    with pytest.raises(AnswerError, match=r"return_list.jsonl, line 3"):
        read_answers(home)
