"""`streetlake evacuation`: the building that is meant, what stands on the sheet, and copies that are counted."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from needs_world import TODAY
from sheet_world import loaded, street
from typer.testing import CliRunner, Result

from pipelines.cli.app import app
from pipelines.errors import StreetlakeError
from pipelines.governance.audit import read_audit, verify_audit
from pipelines.home import Home
from pipelines.needs.night import TABLE, attention_households
from pipelines.needs.sheet import render
from pipelines.needs.sheet.contents import Sheet, sheet_of
from pipelines.needs.sheet.copies import (
    LIFE,
    Copy,
    NoSuchCopy,
    all_copies,
    clear_away,
    file_of,
    folder_of,
    give_out,
    recall,
)
from pipelines.needs.sheet.finding import BuildingNotFound, buildings_of, find_building
from pipelines.needs.sheet.render import render_sheet

NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
TOLD = {"building_code": "B1", "building": "柳园1号楼", "actor": "a", "purpose": "演练", "households": 2, "persons": 4}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return loaded(tmp_path_factory.mktemp("street"))


def run(home: Home, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["evacuation", "--home", str(home.root), *arguments])


@cache
def street_scan() -> Callable[[str], pl.LazyFrame]:
    scan = street().scan
    listed = attention_households(scan, TODAY).lazy()
    return lambda table: listed if table == TABLE else scan(table)


def sheet(asked: str = "B1") -> Sheet:
    return sheet_of(street_scan(), find_building(buildings_of(street_scan()), asked))


def seventh() -> Copy:
    told: dict[str, Any] = TOLD | {"actor": "某人"}
    return Copy(number=7, printed_at=NOON.isoformat(), expires_at=(NOON + LIFE).isoformat(), **told)


@pytest.mark.parametrize(
    ("asked", "expect"),
    [
        ("B1", "B1"),
        ("柳园1号楼", "B1"),
        ("柳园一栋", "B1"),
        ("柳园 1＃", "B1"),
        ("东河街道一里社区柳园2幢", "B2"),
        ("石关村二组12号", "H1"),
        ("杨家村二组12号", "H2"),
        ("中山东路571号", "R1"),
        ("中山东路 ５７１ 号", "R1"),
    ],
)
def test_a_building_is_found_as_people_name_it(asked: str, expect: str) -> None:
    assert find_building(buildings_of(street_scan()), asked)["building_code"] == expect


@pytest.mark.parametrize(
    ("asked", "tells"),
    [
        ("柳园", ["柳园1号楼", "柳园2号楼"]),
        ("柳园9号楼", ["柳园1号楼", "柳园2号楼"]),
        ("二组12号", ["H1", "H2", "石关村", "杨家村"]),
        ("柳圆1号楼", ["柳园1号楼"]),
        ("北京路1号", ["its estate and number"]),
        ("", ["its estate and number"]),
    ],
)
def test_a_name_that_is_none_or_several_suggests_those_that_may_be(asked: str, tells: list[str]) -> None:
    with pytest.raises(BuildingNotFound) as error:
        find_building(buildings_of(street_scan()), asked)
    assert all(word in str(error.value) for word in tells), str(error.value)


def test_the_sheet_helps_first_then_knocks_at_every_door() -> None:
    found = sheet()
    assert [(row["order"], row["door"], row["help"]) for row in found.first] == [
        (1, "1单元 6层 601", "carry"),
        (2, "2单元 1层 101", "support"),
    ]
    assert [person["name"] for person in found.first[1]["people"]] == ["孙三"]
    assert found.first[1]["others"] == 1
    assert [row["people"][0]["name"] for row in found.unplaced] == ["周五"]
    assert [(unit, [floor for floor, _ in floors]) for unit, floors in found.walk] == [
        ("1单元", ["6层", "1层"]),
        ("2单元", ["3层", "1层"]),
    ]
    assert (found.units, found.doors, found.households, found.persons, found.rows) == (2, 5, 3, 4, 3)


def test_a_house_that_is_not_divided_is_one_door() -> None:
    found = sheet("H1")
    assert found.walk == [("", [("", [{"door": "本户", "persons": 0, "order": None, "help": None}])])]
    assert (found.first, found.doors, found.units) == ([], 1, 0)


def test_who_needs_no_help_is_counted_and_not_named() -> None:
    page = render_sheet(sheet(), seventh(), "2026-03-03")
    assert "李四" not in page
    assert "14200000044" not in page
    assert "钱二" not in page


def test_the_page_keeps_to_itself_and_escapes_what_was_delivered() -> None:
    page = render_sheet(sheet(), seventh(), "2026-03-03")
    assert "赵&lt;b&gt;一" in page
    assert "赵<b>" not in page
    assert "default-src 'none'" in page
    assert not [word for word in ("http://", "https://", "url(", "@import", 'src="') if word in page]
    for told in ("第 7 份", "演练", "2026年03月03日 12:00", "2026年03月06日 12:00", "柳园1号楼", "某人"):
        assert told in page[: page.index("<tbody>")], told
    assert "display: table-header-group" in page  # the header stands on every sheet of paper


def test_a_copy_is_private_numbered_and_logged(home: Home, tmp_path: Path) -> None:
    before = len(read_audit(home))
    out = tmp_path / "sheet.html"
    result = run(home, "--building", "柳园1号楼", "--purpose", "消防演练", "--actor", "值班员", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    entries = read_audit(home)[before:]
    copy = all_copies(home)[0]
    assert [(entry["action"], entry["subject"]) for entry in entries] == [
        ("evacuation_print", f"building B1, copy {copy.number}")
    ]
    assert (entries[0]["actor"], entries[0]["purpose"]) == ("值班员", "消防演练")
    kept = orjson.dumps(entries).decode() + (folder_of(home) / "copies.jsonl").read_text(encoding="utf-8")
    assert not [value for value in ("赵", "钱二", "孙三", "周五", "14200000001") if value in kept + result.output]
    assert verify_audit(home) >= 1


def test_what_cannot_be_written_was_logged_all_the_same(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(page: str, path: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(render, "write_private", full)
    before, numbers = len(read_audit(home)), [copy.number for copy in all_copies(home)]
    result = run(home, "--building", "B1", "--out", str(tmp_path / "none.html"))
    assert isinstance(result.exception, OSError)
    assert len(read_audit(home)) == before + 1
    assert all_copies(home)[0].number not in numbers


def test_nothing_is_logged_or_written_of_a_building_that_is_not_found(home: Home, tmp_path: Path) -> None:
    before = len(read_audit(home)), len(all_copies(home))
    assert isinstance(run(home, "--building", "无此楼").exception, BuildingNotFound)
    assert run(home, "--building", "B1", "--out", str(tmp_path / "no" / "x.html")).exit_code == 2
    assert run(home, "--building", "B1", "--list").exit_code == 2
    assert run(home).exit_code == 2
    assert (len(read_audit(home)), len(all_copies(home))) == before


def test_a_copy_is_called_back_once_and_its_file_goes(home: Home) -> None:
    assert run(home, "--building", "B1").exit_code == 0
    copy = all_copies(home)[0]
    file = file_of(home, copy.number)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run(home, "--recall", str(copy.number), "--actor", "组长").exit_code == 0
    assert not file.exists()
    told = orjson.loads(run(home, "--list", "--json").output)
    assert (told[0]["number"], told[0]["state"], told[0]["recalled_by"]) == (copy.number, "recalled", "组长")
    assert read_audit(home)[-1]["action"] == "evacuation_recall"
    assert isinstance(run(home, "--recall", "9999").exception, NoSuchCopy)
    assert "柳园1号楼" in run(home, "--list").output


def test_a_home_without_the_list_says_so(tmp_path: Path) -> None:
    result = run(Home(tmp_path / "empty"), "--building", "B1")
    assert isinstance(result.exception, StreetlakeError)
    assert "streetlake load" in str(result.exception)


def test_sheets_that_have_expired_are_cleared_away_and_others_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    old, fresh = (give_out(home, at, **TOLD) for at in (NOON, NOON + timedelta(hours=1)))
    for copy in (old, fresh):
        file_of(home, copy.number).write_text("x", encoding="utf-8")
    assert clear_away(home, NOON + timedelta(hours=72)) == 1
    assert [file_of(home, copy.number).exists() for copy in (old, fresh)] == [False, True]


def test_numbers_count_up_and_never_repeat_with_many_calls_at_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with ThreadPoolExecutor(8) as calls:
        numbers = list(calls.map(lambda _: give_out(home, NOON, **TOLD).number, range(40)))
    assert sorted(numbers) == list(range(1, 41))
    ledger = folder_of(home) / "copies.jsonl"
    with ledger.open("ab") as handle:
        handle.write(b'{"number":41,"buil')  # a writer that was killed
    assert give_out(home, NOON, **TOLD).number == 41
    assert len(all_copies(home)) == 41


def test_a_copy_expires_after_three_days_and_a_recall_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    copy = give_out(home, NOON, **TOLD)
    assert copy.state(NOON + timedelta(hours=71, minutes=59)) == "valid"
    assert copy.state(NOON + timedelta(hours=72)) == "expired"
    first = recall(home, copy.number, "甲", NOON + timedelta(hours=1))
    again = recall(home, copy.number, "乙", NOON + timedelta(hours=2))
    assert first == again
    assert again.state(NOON) == "recalled"
