"""Phones as departments write them. Numbers that begin with 142 belong to nobody."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.normalise.phones import parse_phones

CASES = [
    ("14281655615", ["14281655615"], [], "one"),
    ("14281655615,14211244330", ["14281655615", "14211244330"], [], "two"),
    ("14281655615 14211244330", ["14281655615", "14211244330"], [], "two, a space between"),
    ("14281655615、14281655615", ["14281655615"], [], "the same twice"),
    ("0990-6362956 14204102681", ["09906362956", "14204102681"], [], "landline and mobile"),
    ("(0990)6362956", ["09906362956"], [], "area code in brackets"),
    ("0990 6362956", ["09906362956"], [], "area code apart"),
    ("6362956", ["6362956"], [], "no area code"),
    ("142 8165 5615", ["14281655615"], [], "spaces inside one"),
    ("142-8165-5615", ["14281655615"], [], "dashes inside one"),
    ("+86 142 8165 5615", ["14281655615"], [], "country code"),
    ("１４２８１６５５６１５", ["14281655615"], [], "full width"),
    ("1.4281655615E+10", ["14281655615"], [], "a spreadsheet's float"),
    ("14281655615.0", ["14281655615"], [], "another"),
    ("手机：14281655615（妻）", ["14281655615"], [], "words around it"),
    ("142****5615", [], ["142****5615"], "masked"),
    ("142****5615/14211244330", ["14211244330"], ["142****5615"], "one masked, one not"),
    ("1428165561", [], [], "ten digits"),
    ("无", [], [], "a word"),
    (None, [], [], "empty"),
]


@pytest.mark.parametrize(("text", "phones", "masks", "why"), CASES)
def test_reads(text: str | None, phones: list[str], masks: list[str], why: str) -> None:
    assert parse_phones(pl.Series([text], dtype=pl.String)).row(0) == (phones, masks), why


def test_reads_lists_too() -> None:
    cells = pl.Series([["14281655615", "0990-6362956"], None], dtype=pl.List(pl.String))
    assert parse_phones(cells)["phones"].to_list() == [["14281655615", "09906362956"], []]
