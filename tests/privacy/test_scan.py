"""The scan finds a planted value in every kind of file that it looks at: what it does not find is not there."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from personal_values import PersonalValues, names_in
from scanning import Scan

NAME, DOTTED, SHORT, LATIN = "云测试", "阿依测·买买试", "云试", "ANNA EXAMPLE"
NUMBER, MASKED, PHONE, LANDLINE = "990101199001011234", "990101********1234", "14200000001", "0989-6056631"
PLANTED = [NAME, DOTTED, SHORT, LATIN, NUMBER, MASKED, PHONE, LANDLINE]
NOISE = "一 二 三 990101 1990 0989 checks of batches " * 50


@pytest.fixture(scope="module")
def scan() -> Scan:
    return Scan(PersonalValues(frozenset(PLANTED) - {SHORT}, frozenset({SHORT})))


def plain(value: str) -> bytes:
    return f"{NOISE}a='{value}'{NOISE}".encode()


def escaped(value: str) -> bytes:
    return json.dumps({"told": f"{NOISE} {value} "}).encode()


def escaped_twice(value: str) -> bytes:
    return json.dumps(json.dumps({"told": f"({value})"})).encode()


def percent(value: str) -> bytes:
    return f"<svg data='{quote(value)}'/>{NOISE}".encode()


def utf_16(value: str) -> bytes:
    return f"{NOISE}{value}{NOISE}".encode("utf-16-le")


def utf_16_between(value: str) -> bytes:
    return b"\x01\x00\x07" + f"\n{value}\n".encode("utf-16-le") + b"\xff\x00"


def workbook(value: str) -> bytes:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{NOISE}</t></si><si><t>{value}</t></si></sst>")
    return book.getvalue()


def zip_in_zip(value: str) -> bytes:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("return/police.xlsx", workbook(value))
    return outer.getvalue()


def parquet(value: str) -> bytes:
    frame = pl.DataFrame({"count": [1, 2], "told": [["", value], [NOISE]], "part": [{"x": ""}, {"x": "y"}]})
    written = io.BytesIO()
    frame.write_parquet(written)
    return written.getvalue()


@pytest.mark.parametrize("value", PLANTED)
@pytest.mark.parametrize("kind", [plain, escaped, escaped_twice, percent, workbook, zip_in_zip, parquet])
def test_a_planted_value_is_found(scan: Scan, kind: object, value: str) -> None:
    assert value in scan.in_bytes(kind(value))  # type: ignore[operator]


@pytest.mark.parametrize("value", [value for value in PLANTED if value != SHORT])
@pytest.mark.parametrize("kind", [utf_16, utf_16_between])
def test_a_planted_value_is_found_in_utf_16(scan: Scan, kind: object, value: str) -> None:
    assert value in scan.in_bytes(kind(value))  # type: ignore[operator]


@pytest.mark.parametrize("value", PLANTED)
def test_a_planted_value_is_found_in_a_database(scan: Scan, tmp_path: Path, value: str) -> None:
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as database:
        database.execute("create table event_logs (id integer, event text)")
        # Long enough to lie on pages of its own, where a page ends inside the value.
        for before in range(3_900, 4_120, 7):
            database.execute(
                "insert into event_logs values (?, ?)", (before, "x" * before + f" {value} " + "y" * 9_000)
            )
    database.close()
    assert value in scan.in_file(path)


def test_a_value_of_a_row_that_was_deleted_is_found_on_its_page(scan: Scan, tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with sqlite3.connect(path) as database:
        database.execute("pragma secure_delete = off")
        database.execute("create table event_logs (event text)")
        database.executemany("insert into event_logs values (?)", [(f"{NUMBER} came",), ("nothing",)])
        database.commit()
        database.execute("delete from event_logs where event like '9901%'")
    database.close()
    assert scan.in_file(path) == {NUMBER}


@pytest.mark.parametrize("text", [NOISE, "云测 试云 990101 19900101 1234 0989 6056", "X云试Y大云试点", "ANNA ELSE"])
def test_parts_of_values_are_no_leak(scan: Scan, text: str) -> None:
    found = scan.in_bytes(text.encode())
    assert found == ({SHORT} if "X云试Y" in text else set()), "a name of two characters counts where it stands alone"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("云测试(业主)", {"云测试"}),
        ("云  试", {"云  试", "云试"}),
        ("云测试、阿依测·买买试", {"云测试", "阿依测·买买试"}),
        ("ANNA EXAMPLE", {"ANNA EXAMPLE"}),
        ("云女士", set()),
        ("云川市测试物业有限公司", set()),
    ],
)
def test_the_names_in_a_cell(cell: str, names: set[str]) -> None:
    assert names_in(cell) == names
