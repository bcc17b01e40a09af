"""The workbook that a department gets: safe, whole, the same every time, and its own rows alone."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from return_entries import AS_OF, closed, entry, frame

from pipelines.contracts.loader import load_contracts
from pipelines.quality.returns.cells import CELL_CHARACTERS, CUT_SIGN, original_text, safe_text, sheet_name
from pipelines.quality.returns.sheets import ROWS_PER_SHEET
from pipelines.quality.returns.workbook import write_workbooks

SHEET = "实有人口"
CONTRACTS = load_contracts()


def write(folder: Path, *entries: dict[str, Any]) -> list[Path]:
    return write_workbooks(frame(*entries), CONTRACTS, folder, AS_OF)


def read(path: Path, sheet: str) -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string").to_polars()


def rows(path: Path, sheet: str = SHEET) -> list[dict[str, str]]:
    """The rows of a sheet by the first line of their headers; of two of one name the first."""
    cells = read(path, sheet).rows()
    titles = [(title or "").split("\n")[0] for title in cells[1]]
    return [dict(reversed([(t, c or "") for t, c in zip(titles, row, strict=True)])) for row in cells[2:]]


def xml(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist()}


def test_one_file_a_department_worst_first(tmp_path: Path) -> None:
    other = entry(
        9, department="housing", department_zh="住建房管", feed="leases", title_zh="租赁备案", row={"备案号": "L9"}
    )
    written = write(tmp_path, entry(2), entry(1), other)
    assert [path.name for path in written] == ["housing.xlsx", "police.xlsx"]
    assert fastexcel.read_excel(written[1]).sheet_names == ["说明", SHEET]
    assert [row["人员编号"] for row in rows(written[1])] == ["R1", "R2"]
    assert [row["序号"] for row in rows(written[1])] == ["1", "2"]


def test_an_entry_tells_all_a_clerk_needs(tmp_path: Path) -> None:
    row = rows(*write(tmp_path, entry(1)))[0]
    assert row["紧急程度"].startswith("高")
    assert row["问题"] == "地址查不到"
    assert (row["问题所在列"], row["现值"], row["建议值"]) == ("居住地址", "甲里1号", "甲里2号")
    assert row["其他部门情况"] == "标准地址库中无此门牌"
    assert row["把握程度"].split() == ["有误", "97%", "建议", "90%"]
    assert (row["影响人数"], row["首次发现日期"]) == ("2", "2026-03-01")
    assert (row["交付文件"], row["行号"]) == ("2026-03-01/实有人口.csv", "1")
    assert (row["处理结果"], row["备注"]) == ("", "")
    assert row["公民身份号码"] == "990101199001010017"
    assert row["条目编号"] == f"{1:020x}"


def test_without_a_proposal_the_clerk_is_asked_to_check(tmp_path: Path) -> None:
    row = rows(*write(tmp_path, entry(1, proposed_value=None, proposal_confidence=None, confidence=0.999)))[0]
    assert (row["建议值"], row["把握程度"]) == ("（请核实）", "有误 99%")


def test_a_refused_row_shows_its_cells(tmp_path: Path) -> None:
    told = entry(
        1, column=None, header=None, delivered_value=None, record_key=None, row={"cells": ["R1", None, "甲,乙"]}
    )
    row = rows(*write(tmp_path, told))[0]
    assert row["整行原文（列数不符）"] == "R1 |  | 甲,乙"
    assert (row["问题所在列"], row["现值"]) == ("（整行）", "见整行")


def test_a_row_that_was_cut_when_it_was_kept_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    row = rows(*write(tmp_path, entry(1) | {"row_as_delivered": '{"cells": ["R1", "甲'}))[0]
    assert row["整行原文（列数不符）"] == '{"cells": ["R1", "甲'


def test_synonyms_of_a_header_share_a_column_and_unknown_ones_have_their_own(tmp_path: Path) -> None:
    first = {"人员编号": "R1", "姓名": "张三", "内部编码": "X1"}
    found = rows(*write(tmp_path, entry(1, row=first), entry(2, row={"人员编号": "R2", "人员姓名": "李四"}),
                 entry(3, row={"人员编号": "R3", "姓名": "王五"})))  # fmt: skip
    assert [row["姓名"] for row in found] == ["张三", "李四", "王五"]
    assert [row["内部编码"] for row in found] == ["X1", "", ""]
    assert "人员姓名" not in found[0]


def test_the_wrong_cell_is_framed_wherever_it_stands(tmp_path: Path) -> None:
    sheet = xml(*write(tmp_path, entry(1)))["xl/worksheets/sheet2.xml"]
    styles = dict(re.findall(r'<c r="([A-Z]+3)" s="(\d+)"', sheet))
    titles = [cell.split("\n")[0] for cell in read(tmp_path / "police.xlsx", SHEET).row(1)]
    places = {title: list(styles)[at] for at, title in reversed(list(enumerate(titles)))}
    assert styles[places["现值"]] == styles[places["居住地址"]]
    assert styles[places["姓名"]] != styles[places["居住地址"]]


@pytest.mark.parametrize(
    ("delivered", "shown"),
    [
        ("=HYPERLINK(\"http://a\",\"b\")", "'=HYPERLINK(\"http://a\",\"b\")"),
        ("+86 14200000001", "'+86 14200000001"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        (" \n =1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("'=1+1", "''=1+1"),
        ("|calc", "'|calc"),
        ("<r><t>x</t></r>", "'<r><t>x</t></r>"),
        ("_x003D_1", "_x003D_1"),
        ("http://example.invalid/", "http://example.invalid/"),
        ("mailto:a@b", "mailto:a@b"),
        ("0012", "0012"),
        ("3.20106E+17", "3.20106E+17"),
        ("a\x00b\x1bc\u202ed\ufffee", "abcde"),
        ("张三 · 李四", "张三 · 李四"),
    ],
)  # fmt: skip
def test_no_delivered_text_becomes_anything_but_text(tmp_path: Path, delivered: str, shown: str) -> None:
    told = entry(1, delivered_value=delivered, proposed_value=delivered, row={"人员编号": delivered, "姓名": delivered})
    path = write(tmp_path, told)[0]
    row = rows(path)[0]
    assert {row["现值"], row["建议值"], row["人员编号"], row["姓名"]} == {shown}
    parts = xml(path)
    assert not [name for name in parts if "externalLink" in name or "connections" in name or "vba" in name.lower()]
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 3  # both sheets and the link of the first to its chart
    assert not [text for text in sheets if "<f>" in text or "<hyperlink" in text or "/hyperlink" in text]


@given(st.text())
def test_a_guarded_text_can_be_had_back(text: str) -> None:
    shown = safe_text(text)
    assert not re.match(r"[=+\-@＝＋－＠|\t\r]", shown)
    assert safe_text(original_text(shown)) == shown
    assert original_text(shown).count("'") == text.count("'")


def test_a_text_longer_than_a_cell_is_cut_with_a_sign() -> None:
    shown = safe_text("甲" * 40_000)
    assert shown.endswith(CUT_SIGN)
    assert len(shown) == CELL_CHARACTERS + len(CUT_SIGN) < 32_767
    assert safe_text("😀" * 20_000).startswith("😀" * (CELL_CHARACTERS // 2))


@pytest.mark.parametrize(
    ("title", "name"),
    [("a/b:c*d?[e]\\", "a b c d  e"), ("x" * 40, "x" * 31), ("", "表"), ("'甲'", "甲"), ("说明", "说明 2")],
)
def test_a_sheet_gets_a_name_that_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title, {"说明"}) == name


def test_a_sheet_holds_so_many_rows_and_says_how_many_more(tmp_path: Path) -> None:
    many = [entry(number) for number in range(1, ROWS_PER_SHEET + 4)]
    path = write(tmp_path, *many)[0]
    cells = read(path, SHEET)
    told = [cell for cell in cells.to_series(0).to_list() if cell and "另有" in cell]
    assert told[0].startswith("另有 3 条未列出")
    assert [row["人员编号"] for row in rows(path)[:ROWS_PER_SHEET]] == [f"R{n}" for n in range(1, ROWS_PER_SHEET + 1)]


def test_the_same_list_gives_the_same_bytes(tmp_path: Path) -> None:
    entries = [entry(1), entry(2), closed(3, "corrected")]
    left = write(tmp_path / "a", *entries)[0].read_bytes()
    assert write(tmp_path / "b", *reversed(entries))[0].read_bytes() == left
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    assert (tmp_path / "a" / "police.xlsx").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["police.xlsx"]


def test_the_first_sheet_counts_what_is_open_and_what_was_closed(tmp_path: Path) -> None:
    path = write(
        tmp_path, entry(1), entry(2, changed_on=None), entry(3, reopened=1), closed(4, "corrected"),
        closed(5, "corrected", changed_on=None), closed(6, "withdrawn"),
    )[0]  # fmt: skip
    cells = read(path, "说明").rows()
    assert [cell for cell in cells[3] if cell] == ["3", "2", "1", "1", "1", "2"]
    told = {row[0]: [cell for cell in row[1:] if cell][-3:] for row in cells if row[0]}
    assert told["实有人口：地址查不到"] == ["3", "2", "1"]
    assert told["已更正（后续交付已改好）"][-2:] == ["1", "2"]
    assert told["已撤回（依据变化，与贵单位无关）"][-2:] == ["1", "1"]
    assert "xl/charts/chart1.xml" in xml(path)


def test_a_department_with_nothing_open_gets_its_account(tmp_path: Path) -> None:
    path = write(tmp_path, closed(1, "corrected"))[0]
    assert fastexcel.read_excel(path).sheet_names == ["说明"]
    assert any("目前没有待更正的行" in (cell or "") for row in read(path, "说明").rows() for cell in row)


def test_nothing_of_another_department_stands_in_a_workbook(tmp_path: Path) -> None:
    secret = "只在公安的字样"
    told = dict.fromkeys(("delivered_value", "proposed_value", "evidence_zh"), secret)
    police = entry(1, row={"人员编号": secret, "姓名": secret, "内部": secret}, **told)
    housing = entry(
        2, department="housing", department_zh="住建房管", feed="leases", title_zh="租赁备案", row={"备案号": "L2"}
    )
    for path in write(tmp_path, police, housing):
        holds = any(secret in text for text in xml(path).values())
        assert holds == (path.stem == "police")


def test_a_sheet_prints_in_landscape_with_its_headers_and_offers_the_answers(tmp_path: Path) -> None:
    parts = xml(write(tmp_path, entry(1))[0])
    sheet = parts["xl/worksheets/sheet2.xml"]
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert "_xlnm.Print_Titles" in parts["xl/workbook.xml"]
    assert "已更正,情况属实无需更正,无法核实" in sheet
    assert "<autoFilter" in sheet
    assert 'state="frozen"' in sheet
    assert "sheetProtection" not in sheet
    assert 'hidden="1"' not in sheet
