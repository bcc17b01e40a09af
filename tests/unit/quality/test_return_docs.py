"""The page about the return list names every column, cause and answer, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.quality.returns.schema import ANSWERS, CLOSED_AS, RETURN_SCHEMA

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "return_list.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> list[str]:
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return cells[1:]


def test_every_column_is_told_in_its_order() -> None:
    told = [name for cell in first_cells("`marts.return_list`") for name in re.findall(r"`(\w+)`", cell)]
    assert told == list(RETURN_SCHEMA)


def test_every_cause_and_every_answer_is_told() -> None:
    assert tuple(re.findall(r"`(\w+)`", " ".join(first_cells("The life of an entry")))) == CLOSED_AS
    assert [cell.strip() for cell in first_cells("The workbook")] == list(ANSWERS.values())
