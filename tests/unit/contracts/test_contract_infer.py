"""Contracts proposed from exports, against the true contracts of the same feeds."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from pipelines.city import generate_city
from pipelines.cli.app import app
from pipelines.config import IngestConfig
from pipelines.contracts.forms import code_form
from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.loader import contract_problems, load_contracts
from pipelines.contracts.model import Contract
from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT
from pipelines.ingest.codes import code_lookup
from pipelines.quality.contract_proposal.columns import guess_column
from pipelines.quality.contract_proposal.known import KnownHeaders
from pipelines.quality.contract_proposal.propose import Proposal, propose
from pipelines.quality.contract_proposal.text import proposal_text

CONTRACTS = load_contracts()
SAMPLE_CITY = CHECKOUT.parent / "shared" / "samples" / "yunchuan-3k" / "landing"


@dataclass
class Score:
    """How much of the true contracts was guessed from one export each."""

    columns: int = 0
    types: int = 0
    classes: int = 0
    code_columns: int = 0
    codes: int = 0
    feeds: int = 0
    keys: int = 0
    modes: int = 0
    direct_as_public: list[str] = field(default_factory=list)


def largest(landing: Path, contract: Contract) -> Path | None:
    files = (landing / contract.department / contract.feed).glob("*/*")
    return max(files, key=lambda path: (path.stat().st_size, path.name), default=None)


def proposals(landing: Path) -> dict[str, Proposal]:
    """What is proposed for each feed by somebody who knows all contracts but its own."""
    found = {}
    for name, contract in CONTRACTS.items():
        if file := largest(landing, contract):
            others = {other: one for other, one in CONTRACTS.items() if other != name}
            found[name] = propose(file, contract.department, contract.feed, others, IngestConfig())
    return found


def scored(found: dict[str, Proposal]) -> Score:
    score = Score()
    for name, proposal in found.items():
        contract = CONTRACTS[name]
        positions = resolve_headers(contract, [column.header for column in proposal.columns]).columns
        true_name = {proposal.columns[at].name: column for column, at in positions.items()}
        guessed = {true_name.get(column) for column in proposal.keys.key or proposal.keys.identity}
        score.feeds += 1
        score.keys += bool(proposal.keys.key) == bool(contract.key) and guessed == {*contract.key, *contract.identity}
        score.modes += proposal.keys.mode == ("increment" if contract.mode == "append" else contract.mode)
        for column_name, at in positions.items():
            column, guess = contract.column(column_name), proposal.columns[at]
            score.columns += 1
            score.types += guess.guess.type == column.type
            score.classes += guess.data_class == column.data_class
            if column.data_class == "direct" and guess.data_class == "public":
                score.direct_as_public.append(f"{name}.{column_name}")
            if column.type == "code":
                known = code_lookup(column)
                score.code_columns += 1
                score.codes += guess.guess.type == "code" and all(
                    code_form(code) in known for code in guess.guess.codes
                )
    return score


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Proposal]:
    folder = tmp_path_factory.mktemp("infer")
    generate_city(folder / "landing", folder / "truth", residents=1_000, nights=1, seed=5)
    return proposals(folder / "landing")


@pytest.mark.slow
def test_most_of_each_contract_is_guessed_and_no_person_ever_called_public(generated: dict[str, Proposal]) -> None:
    score = scored(generated)
    assert score.feeds == 17
    assert score.direct_as_public == []
    assert score.types / score.columns >= 0.9
    assert score.classes / score.columns >= 0.78
    assert score.codes / score.code_columns >= 0.9
    assert score.keys >= 12
    assert score.modes >= 15


@pytest.mark.samples
@pytest.mark.slow
@pytest.mark.skipif(not SAMPLE_CITY.exists(), reason="../shared/samples/yunchuan-3k is absent")
def test_a_city_of_another_generator_is_guessed_as_well() -> None:
    score = scored(proposals(SAMPLE_CITY))
    assert score.direct_as_public == []
    assert score.types / score.columns >= 0.9
    assert score.codes / score.code_columns >= 0.9
    assert score.keys >= 12


@pytest.mark.slow
def test_every_proposal_is_a_contract_that_passes_the_check(generated: dict[str, Proposal], tmp_path: Path) -> None:
    for name, proposal in generated.items():
        path = tmp_path / proposal.department / f"{proposal.feed}.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(proposal_text(proposal), encoding="utf-8")
        assert CONTRACTS[name].department == proposal.department
    assert contract_problems(tmp_path) == []
    assert set(load_contracts(tmp_path)) == set(generated)


@pytest.mark.slow
def test_no_value_of_a_person_stands_in_a_proposal(generated: dict[str, Proposal]) -> None:
    for proposal in generated.values():
        text = proposal_text(proposal)
        for column in proposal.columns:
            if column.data_class == "direct" or column.shapes.is_personal:
                values = column.texts.drop_nulls().unique()
                shown = [value for value in values if len(value) >= 3 and value in text]
                assert len(shown) == 0, (proposal.feed, column.header, len(shown))


COLUMNS = [
    # header nobody knows, cells, type, class, why
    ("甲", ["990102199001010014", "990102********0022", "无", "990102199101010025"] * 5, "string", "direct", "numbers"),
    ("乙", ["14200000001", "142 0000 0002", "14200000003、0990-6000000", ""] * 5, "string", "direct", "phones"),
    ("丙", [f"{a}{b}{c}" for a in "王李张刘" for b in "云川海" for c in "明山"], "string", "direct", "names"),
    ("丁", ["云A12345", "云A1B2C3", "云AD12345"] * 5, "string", "direct", "plates"),
    ("戊", [f"迎宾巷{n}号嘉禾府3栋2单元501" for n in range(20)], "string", "quasi", "addresses"),
    ("己", ["已办", "在办", "退回"] * 10, "code", "public", "few words, each in many rows"),
    ("庚", ["2026-03-01", "20260302", "2026年3月3日"] * 5, "date", "public", "dates"),
    ("辛", ["2026-03-01 08:00:01", "2026/3/2 21:40", "2026-03-03 07:05:00"] * 5, "timestamp", "public", "instants"),
    ("壬", ["是", "否", "是"] * 5, "boolean", "public", "yes and no"),
    ("癸", ["12", "7", "1,200"] * 5, "integer", "public", "counts"),
    ("子", ["12.5", "7", "88.25"] * 5, "number", "public", "measures"),
    ("丑编号", [f"{n:06d}" for n in range(20)], "string", "public", "a number of a thing is text"),
    ("寅内容", ["楼上装修太吵。", "楼道堆物。"] * 10, "string", "sensitive", "what somebody wrote, though it repeats"),
    ("经办", ["王云川", "李云山"] * 10, "string", "public", "two clerks: their names are no codes"),
    ("卯联系人", ["", "", ""] * 5, "string", "direct", "an empty column of a person"),
    ("辰日期", ["", "", ""] * 5, "date", "public", "an empty column of dates"),
    ("巳", ["4.2E+10", "100.026290", "30.022234"] * 5, "number", "public", "coordinates are no phones"),
]


@pytest.mark.parametrize(("header", "cells", "kind", "data_class", "why"), COLUMNS, ids=[c[4] for c in COLUMNS])
def test_a_column_by_its_values(header: str, cells: list[str], kind: str, data_class: str, why: str) -> None:
    guess = guess_column(header, pl.Series(cells), KnownHeaders({}), set())
    assert (guess.guess.type, guess.data_class) == (kind, data_class), guess.guess.reason


def test_a_workbook_with_a_title_a_total_and_a_blank_header(tmp_path: Path) -> None:
    file = tmp_path / "养犬登记2026年3月.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet()
    rows = [["养犬登记台账"], ["填报单位：三渡社区"], [], ["犬证编号", "犬种", "养犬人姓名", "", "登记日期"]]
    rows += [[f"Q{n:04d}", ["本地犬", "泰迪", "雪橇犬"][n % 3], "王云川", "", "2026.03.01"] for n in range(30)]
    for number, row in enumerate([*rows, ["合计", "30"]]):
        sheet.write_row(number, 0, row)
    book.close()
    proposal = propose(file, "police", "dogs", CONTRACTS, IngestConfig())
    assert (proposal.sample.above, proposal.sample.frame.height, proposal.blank) == (3, 30, 1)
    assert proposal.title_zh == "养犬登记台账"
    assert proposal.department_zh == "公安"
    assert [column.header for column in proposal.columns] == ["犬证编号", "犬种", "养犬人姓名", "登记日期"]
    assert [column.name for column in proposal.columns] == [
        "quan_zheng_bian_hao", "quan_zhong", "yang_quan_ren_xing_ming", "registered_on",
    ]  # fmt: skip
    assert proposal.keys.key == ("quan_zheng_bian_hao",)
    assert [column.data_class for column in proposal.columns] == ["public", "public", "direct", "quasi"]
    assert list(proposal.columns[1].guess.codes) == ["本地犬", "泰迪", "雪橇犬"]


def test_the_command_writes_a_file_once_and_says_what_is_wrong(tmp_path: Path) -> None:
    file, out = tmp_path / "a.csv", tmp_path / "police" / "dogs.yml"
    file.write_bytes("编号,姓名\nQ1,王云川\n".encode("gb18030"))
    arguments = ["contracts", "infer", str(file), "--department", "police", "--feed", "dogs"]
    printed = CliRunner().invoke(app, arguments)
    assert printed.exit_code == 0
    assert "encoding gb18030" in printed.stdout
    assert "王云川" not in printed.stdout
    assert CliRunner().invoke(app, [*arguments, "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8") == printed.stdout
    again = CliRunner().invoke(app, [*arguments, "--out", str(out)])
    assert isinstance(again.exception, ConfigError)
    assert CliRunner().invoke(app, [*arguments[:-1], "Dogs"]).exit_code == 2
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    broken = CliRunner().invoke(app, ["contracts", "infer", str(tmp_path / "b.xlsx"), *arguments[3:]])
    assert isinstance(broken.exception, ConfigError)


ODD_HEADERS = [
    "姓名", 'a"b', "#x", "工单:编号", "extra", "record_key", "birth_date_precision", "出生日期", "x" * 58,
    "日期", "日期 ", "", "序号", "１２３", "名称[1]", "{a}", "- b", "'q'", "备注（选填）", "null", "true", "no", "~",
    "面积(㎡)", "面积（m2）",
]  # fmt: skip
ODD_CELLS = [
    "无",
    "王云川",
    "2024-03-05",
    '"',
    "a,b",
    "=1+1",
    "合计",
    "null",
    "x" * 300,
    "1.5",
    "是",
    "\t",
    "9.90102E+17",
]


@pytest.mark.parametrize("turn", range(6))
def test_odd_headers_and_cells_still_make_a_right_contract(tmp_path: Path, turn: int) -> None:
    headers = ODD_HEADERS[turn:] + ODD_HEADERS[:turn]
    rows = [[ODD_CELLS[(row * 7 + column * (turn + 1)) % len(ODD_CELLS)] for column in range(25)] for row in range(40)]
    with (tmp_path / "odd.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([headers, *rows])
    proposal = propose(tmp_path / "odd.csv", "police", "odd", CONTRACTS, IngestConfig())
    assert proposal.sample.headers == headers
    path = tmp_path / "police" / "odd.yml"
    path.parent.mkdir()
    path.write_text(proposal_text(proposal), encoding="utf-8")
    assert contract_problems(tmp_path) == []
