"""`streetlake explain address` on a small home: a text, a file, and every way to ask wrongly."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from pipelines.addresses.match import SCHEMA
from pipelines.cli.app import app
from pipelines.errors import ConfigError, LakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

run = CliRunner()
PLACE = {
    "province": "云岭省", "city": "云川市", "district": "川东区", "street": "青洲街道", "community": "东泉社区",
    "road": "朝阳街", "house_number": "247号", "estate": "翠湖雅居",
}  # fmt: skip
TEXT = "翠湖雅居三栋一单元501（户主：王某）"


def _register() -> pl.DataFrame:
    rows = [{"address_code": "E"}, {"address_code": "B3", "building": "3栋"}]
    rows += [
        {"address_code": f"R{unit}{room}", "building": "3栋", "unit": f"{unit}单元", "room": room}
        for unit in "12"
        for room in ("501", "502")
    ]
    day = date(2099, 1, 1)
    kept = {"delivered_on": day, "last_delivered_on": day, "is_current": True, "status": "在用"}
    empty = dict.fromkeys(("building", "unit", "room", "aliases", "replaced_by"))
    return pl.DataFrame([PLACE | empty | kept | row for row in rows])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home").ensure()
    answer = dict.fromkeys(SCHEMA) | {
        "feed": "police_residents", "record_key": "k1", "address_role": "residence", "address_text": TEXT,
        "status": "ambiguous", "matched_level": "building", "reason": "conflict", "address_code": "B3",
        "confidence": 0.5, "steps": "",
    }  # fmt: skip
    matches = [answer, answer | {"record_key": "k2"}, answer | {"feed": "housing_leases", "reason": None}]
    with RunLock(place):
        tx = Lake(place).begin("one")
        tx.replace("raw.police_addresses", _register())
        tx.replace("master.address_match", pl.DataFrame(matches, schema=SCHEMA))
        tx.commit(inputs={}, checks={})
    return place


def _ask(home: Home, *arguments: str) -> str:
    result = run.invoke(app, ["explain", "address", *arguments, "--home", str(home.root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_text_is_explained_from_steps_to_what_to_do(home: Home) -> None:
    page = _ask(home, TEXT)
    for told in ("numerals", "中文数字", "翠湖雅居3栋1单元501", "楼栋", "R1501", "matched", "已匹配", "无需处理"):
        assert told in page


def test_the_rows_with_the_text_are_counted_and_never_named(home: Home) -> None:
    page = _ask(home, TEXT)
    assert "conflict" in page
    assert "housing_leases" in page
    assert "k1" not in page
    only = _ask(home, TEXT, "--feed", "police/residents")
    assert "housing_leases" not in only


def test_what_is_missing_is_said_with_the_remedy(home: Home) -> None:
    page = _ask(home, "翠湖雅居3栋501")
    for told in ("ambiguous_unit", "R1501", "R2501", "请补单元", "Add the unit"):
        assert told in page
    assert "云湖大厦" in _ask(home, "云湖大厦3栋")


def test_json_holds_the_same(home: Home) -> None:
    told = json.loads(_ask(home, TEXT, "--json"))
    assert told["answer"]["address_code"] == "R1501"
    assert [step["step"] for step in told["steps"]] == ["width", "numerals", "remarks"]
    assert told["sites"][0]["against"] == []
    assert sum(row["rows"] for row in told["stored"]) == 3


def test_many_texts_from_a_file(home: Home, tmp_path: Path) -> None:
    texts = ["翠湖雅居3栋1单元501", "翠湖雅居3栋501", "=cmd|' /C calc'!A0", "", "翠湖雅居3栋1单元501"]
    listed = tmp_path / "texts.txt"
    listed.write_bytes("\r\n".join(texts).encode("gb18030"))
    page = _ask(home, "--file", str(listed))
    assert "R1501" in page
    assert "5 texts" in page
    out = tmp_path / "deep" / "answers.csv"
    _ask(home, "--file", str(listed), "--out", str(out))
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["code"] for row in rows] == ["R1501", "B3", "", "", "R1501"]
    assert rows[2]["text"] == "'" + texts[2], "a spreadsheet must not run it"
    assert json.loads(_ask(home, "--file", str(listed), "--json"))[1]["candidates"] == "R1501,R2501"


@pytest.mark.parametrize(("header", "chosen"), [("编号,地址", ()), ("编号,住在", ("--column", "住在"))])
def test_a_csv_column_is_found_or_named(home: Home, tmp_path: Path, header: str, chosen: tuple[str, ...]) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f'{header}\n1,"翠湖雅居3栋\n1单元501"\n2\n', encoding="utf-8-sig")
    rows = json.loads(_ask(home, "--file", str(table), *chosen, "--json"))
    assert [row["code"] for row in rows] == ["R1501", None]


def test_nothing_of_the_text_is_logged(home: Home) -> None:
    _ask(home, "翠湖雅居3栋1单元501户主王某某")
    log = (home.root / "audit" / "audit.jsonl").read_text(encoding="utf-8")
    assert '"explain"' in log
    assert "翠湖" not in log
    assert "王某某" not in log


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("x", "--feed", "police_nobody"), "police_residents"),
        ((), "--file"),
        (("x", "--file", "t.txt"), "--file"),
        (("x", "--out", "o.csv"), "--file"),
    ],
)
def test_wrong_usage_is_exit_code_two(home: Home, arguments: tuple[str, ...], says: str) -> None:
    result = run.invoke(app, ["explain", "address", *arguments, "--home", str(home.root)])
    assert result.exit_code == 2
    assert says in result.output


def test_without_a_home_or_snapshot_the_remedy_is_named(tmp_path: Path) -> None:
    nowhere = run.invoke(app, ["explain", "address", "x", "--home", str(tmp_path / "none")])
    assert isinstance(nowhere.exception, ConfigError)
    assert "streetlake demo" in str(nowhere.exception)
    empty = run.invoke(app, ["explain", "address", "x", "--home", str(Home(tmp_path).ensure().root)])
    assert isinstance(empty.exception, LakeError)
    assert "streetlake load" in str(empty.exception)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.xlsx", "x", "neither"),
        ("t.csv", "a,b\n1,2\n", "no column c"),
        ("missing.txt", None, "no file"),
        ("t.txt", "x", "no columns"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    home: Home, tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    column = ["--column", "c"] if name in ("t.csv", "t.txt") else []
    result = run.invoke(app, ["explain", "address", "--file", str(file), *column, "--home", str(home.root)])
    assert isinstance(result.exception, ConfigError)
    assert says in str(result.exception)
