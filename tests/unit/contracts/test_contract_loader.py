"""A wrong contract names every problem at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from yaml import YAMLError

from pipelines.contracts.loader import contract_problems, load_contract, load_contracts
from pipelines.contracts.yaml_text import read_yaml
from pipelines.errors import ContractError
from pipelines.home import CHECKOUT

RIGHT = """\
version: 1
department: police
department_zh: 公安
feed: residents
title_zh: 实有人口
title_en: Residents
description_en: Everybody.
description_zh: 实有人口。
owner: 公安分局
formats: [csv]
mode: increment
key: [resident_no]
updated_by: updated_at
columns:
  - name: resident_no
    headers: [人员编号]
    required: true
    description_en: Number
    description_zh: 编号
  - name: sex
    headers: [性别, 性别代码]
    type: code
    codes:
      "1": [男]
      "2": [女]
    description_en: Sex
    description_zh: 性别
  - name: updated_at
    headers: [更新时间]
    type: timestamp
    description_en: Updated
    description_zh: 更新时间
"""


def write(folder: Path, text: str, place: str = "police/residents.yml") -> Path:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_right_contract_is_read(tmp_path: Path) -> None:
    contract = load_contract(write(tmp_path, RIGHT))
    assert contract.name == "police_residents"
    assert contract.column("sex").codes == {"1": ["男"], "2": ["女"]}
    assert list(load_contracts(tmp_path)) == ["police_residents"]


# (what is replaced, by what, what the message must say, a part of the line it must point to)
MISTAKES = [
    ("owner: 公安分局", "owner: 公安分局\nownr: x", "ownr: unknown key", "ownr"),
    ("    required: true", "    requird: true", "columns[0].requird: unknown key", "requird"),
    ("title_en: Residents\n", "", "title_en: is missing", "version"),
    ("mode: increment", "mode: sometimes", "mode: input should be 'full', 'increment' or 'append'", "mode"),
    ("key: [resident_no]", "key: [person_no]", "key: there is no column 'person_no'", "key"),
    ("key: [resident_no]\n", "", "mode: increment needs key", "mode"),
    ("updated_by: updated_at", "updated_by: sex", "updated_by: column 'sex' is a code", "updated_by"),
    ("updated_by: updated_at", "updated_by: gone", "updated_by: there is no column 'gone'", "updated_by"),
    ("mode: increment", "mode: increment\nfull_scope: estate", "full_scope: there is no column 'estate'", "full_scope"),
    ("mode: increment", "mode: increment\nfull_scope: sex", "full_scope: is only for mode full", "full_scope"),
    ("mode: increment", "mode: full\nfull_when: {day_of_month: 1}", "full_when: is only for mode inc", "full_when"),
    ("key: [resident_no]", "key: [resident_no]\nidentity: [sex]", "identity: is only for a feed", "identity"),
    ("  - name: sex", "  - name: resident_no", "column 'resident_no': its name is taken by column 1", ""),
    ("  - name: sex", "  - name: record_key", "column 'record_key': the name is reserved", "record_key"),
    (
        "[性别, 性别代码]",
        "[性别, ' 人员 编号：']",
        "header ' 人员 编号：' belongs to column 'resident_no'",
        "人员 编号",
    ),
    ("[性别, 性别代码]", "[性别, 性别]", "header '性别' belongs to this column already", "[性别, 性别]"),
    ("[性别, 性别代码]", "[性别, ' ']", "column 'sex': a header is blank", "[性别, ' ']"),
    ("[性别, 性别代码]", "[]", "columns[1].headers: list should have at least 1 item", "headers: []"),
    ('"2": [女]', '"2": [女, 男]', "'男' belongs to code '1' and '2'", "[女, 男]"),
    ('"2": [女]', '"2": [女, "１"]', "'１' belongs to code '1' and '2'", "[女,"),
    ('"2": [女]', '"2": [女, 未知]', "'未知' is a null token", "[女, 未知]"),
    ('"2": [女]', "2: [女]", "2 was read as a number; put it in quotes", "2: [女]"),
    ('"2": [女]', '"2": [女, 02]', "2 was read as a number; put it in quotes", "[女, 02]"),
    ("    type: timestamp", "    type: timestamp\n    codes: {a: [b]}", "codes are only for type code", "codes: {a"),
    ("    type: timestamp", "    type: timestamp\n    with_precision: true", "with_precision is only for", "with_prec"),
    ("    type: timestamp", "    type: timestamp\n    minimum: 3", "minimum is only for a number", "minimum"),
    (
        "    type: timestamp",
        "    type: number\n    minimum: 3\n    maximum: 2",
        "minimum 3 is above maximum 2",
        "minimum",
    ),
    ("    type: timestamp", "    type: timestamp\n    not_after_delivery: true", "is only for type date", "not_after"),
    ("    required: true", '    pattern: "["', "pattern is no regular expression", "pattern"),
    ("    required: true", '    type: list\n    separators: ""', "a list needs separators", "separators"),
    ("feed: residents", "feed: people", "feed: is 'people' but the file lies at police/residents.yml", "feed"),
    ("department: police", "department: fire", "department: is 'fire' but the file lies at", "department"),
    *(
        ("version: 1", f"version: 1\naddress_mentions:\n  - {{{given}}}", message, given.split("{")[-1])
        for given, message in (
            ("role: location, text: gone", "address_mentions: there is no column 'gone'"),
            ("role: somewhere, text: resident_no", "address_mentions[0].role: input should be 'residence', 'hukou'"),
            ("role: location, text: updated_at", "text is a string, column 'updated_at' a timestamp"),
            ("role: location, text: resident_no, lon: sex, lat: sex", "lon is a number, column 'sex' a code"),
            ("role: location, text: resident_no, lon: sex", "a place has both lon and lat, or none"),
            ("role: hukou, text: resident_no}\n  - {text: sex, role: hukou", "role 'hukou' is declared twice"),
        )
    ),
    ("version: 1", "version: 1\nversion: 2", 'found duplicate key "version"', "version: 2"),
    ("version: 1", "version: [1", "expected ',' or ']'", None),
]


@pytest.mark.parametrize(("old", "new", "message", "at"), MISTAKES, ids=[m[2] for m in MISTAKES])
def test_each_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str, at: str | None) -> None:
    assert old in RIGHT
    wrong = RIGHT.replace(old, new, 1)
    path = write(tmp_path, wrong)
    with pytest.raises(ContractError) as caught:
        load_contract(path)
    lines = [line for line in str(caught.value).splitlines() if message in line]
    assert lines, str(caught.value)
    if at:
        assert lines[0].startswith(f"police/residents.yml:{line_of(wrong, at)}: ")


def test_all_problems_of_all_files_are_named_together(tmp_path: Path) -> None:
    write(tmp_path, RIGHT.replace("mode: increment", "mode: sometimes").replace("key: [resident_no]", "key: [gone]"))
    other = RIGHT.replace('"2": [女]', "2: [男]").replace("feed: residents", "feed: incidents")
    write(tmp_path, other + "colour: red\n", "police/incidents.yml")
    with pytest.raises(ContractError) as caught:
        load_contracts(tmp_path)
    said = str(caught.value)
    for part in ("mode: input", "no column 'gone'", "put it in quotes", "belongs to code '1'", "colour: unknown key"):
        assert part in said
    assert said.splitlines()[0] == f"{len(said.splitlines()) - 1} problems in contracts:"
    assert contract_problems(tmp_path) == said.splitlines()[1:]


def test_missing_contracts_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract below"):
        load_contracts(tmp_path)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n"])
def test_what_is_no_mapping_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=r"police/residents\.yml:1: contract: "):
        load_contract(write(tmp_path, text))


def test_default_folder_is_read_once_and_callers_cannot_spoil_it() -> None:
    first = load_contracts()
    first.pop("police_residents")
    assert "police_residents" in load_contracts()
    assert load_contracts()["police_addresses"] is first["police_addresses"]


def test_the_fast_reader_reads_every_file_as_the_careful_one_does() -> None:
    files = sorted((CHECKOUT / "expectations").glob("*/*/*.yml"))
    assert len(files) > 30
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert read_yaml(text) == YAML(typ="safe", pure=True).load(text), path.name


def test_a_key_that_stands_twice_is_refused_by_the_fast_reader_too() -> None:
    assert read_yaml('codes: {"1": [男], "01": [男性]}') == {"codes": {"1": ["男"], "01": ["男性"]}}
    with pytest.raises(YAMLError, match="a key stands twice"):
        read_yaml('codes: {"1": [男], "1": [男性]}')
