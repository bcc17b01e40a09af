"""The page about needs tells of every column and need that there is, and of no other."""

from __future__ import annotations

import re

from pipelines.home import CHECKOUT
from pipelines.needs.night import ATTENTION_SCHEMA
from pipelines.needs.vocabulary import HELP, HELP_OF, NEEDS

PAGE = (CHECKOUT / "docs" / "attention.md").read_text(encoding="utf-8")


def table_under(title: str) -> list[list[str]]:
    rows = PAGE[PAGE.index(title) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_column_is_told() -> None:
    told = [name for row in table_under("| column | type |") for name in re.findall(r"`([a-z_]+)`", row[0])]
    assert sorted(told) == sorted(ATTENTION_SCHEMA.names())


def test_every_need_is_told_with_its_help() -> None:
    told = {row[0].strip("`"): (row[1], row[-1]) for row in table_under("| need | help |")}
    assert told == {need.code: (need.help, need.zh) for need in NEEDS}
    assert set(HELP_OF.values()) == set(HELP)
