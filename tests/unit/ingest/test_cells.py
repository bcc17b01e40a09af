"""Cells as departments write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.ingest.cast import json_string, trimmed
from pipelines.ingest.codes import parse_codes, parse_lists
from pipelines.ingest.dates import parse_dates, parse_timestamps
from pipelines.ingest.numbers import parse_booleans, parse_integers, parse_numbers

DATES = [
    ("20240305", date(2024, 3, 5), "day", "compact"),
    ("2024-03-05", date(2024, 3, 5), "day", "ISO"),
    ("2024/3/5", date(2024, 3, 5), "day", "slashes without zeros"),
    ("2024.3.5", date(2024, 3, 5), "day", "dots"),
    ("2024年3月5日", date(2024, 3, 5), "day", "Chinese"),
    ("2024 年 3 月 5 日", date(2024, 3, 5), "day", "Chinese with blanks"),
    ("２０２４－０３－０５", date(2024, 3, 5), "day", "full width"),
    ("45356", date(2024, 3, 5), "day", "Excel serial"),
    ("45356.0", date(2024, 3, 5), "day", "Excel serial as a float"),
    ("20240305 08:00:00", date(2024, 3, 5), "day", "with a time"),
    ("2024-03-05T23:30:00+08:00", date(2024, 3, 5), "day", "local day of an instant"),
    ("2024-03-05T16:30:00Z", date(2024, 3, 6), "day", "half past midnight in Shanghai"),
    ("2024.03", date(2024, 3, 1), "month", "month precision"),
    ("2024-3", date(2024, 3, 1), "month", "month precision"),
    ("202403", date(2024, 3, 1), "month", "month precision, compact"),
    ("2024年3月", date(2024, 3, 1), "month", "month precision, Chinese"),
    ("1950", date(1950, 1, 1), "year", "a year alone is no serial"),
    ("1950年", date(1950, 1, 1), "year", "a year alone"),
    ("2024-02-30", None, None, "no such day"),
    ("20259999", None, None, "no such month"),
    ("9999-12-31", None, None, "no plausible year"),
    ("昨天", None, None, "no date"),
    ("13", None, None, "no plausible serial"),
]


@pytest.mark.parametrize(("text", "value", "precision", "why"), DATES)
def test_dates(text: str, value: date | None, precision: str | None, why: str) -> None:
    assert parse_dates(pl.Series([text])).row(0) == (value, precision), why


INSTANTS = [
    ("2024-03-05 08:00:01", datetime(2024, 3, 5, 0, 0, 1, tzinfo=UTC), "local time of Asia/Shanghai"),
    ("2024/3/5 8:05", datetime(2024, 3, 5, 0, 5, tzinfo=UTC), "without seconds"),
    ("2024/3/5 下午 3:05:00", datetime(2024, 3, 5, 7, 5, tzinfo=UTC), "as a Chinese Excel shows it"),
    ("2024年3月5日12时30分", datetime(2024, 3, 5, 4, 30, tzinfo=UTC), "Chinese"),
    ("20240305123000", datetime(2024, 3, 5, 4, 30, tzinfo=UTC), "14 digits"),
    ("2025-06-01T01:16:00.090+08:00", datetime(2025, 5, 31, 17, 16, 0, 90_000, tzinfo=UTC), "ISO 8601 with an offset"),
    ("2025-06-01T01:16:00Z", datetime(2025, 6, 1, 1, 16, tzinfo=UTC), "UTC"),
    ("2025-06-01T01:16:00-0330", datetime(2025, 6, 1, 4, 46, tzinfo=UTC), "west of Greenwich"),
    ("1748715776603", datetime(2025, 5, 31, 18, 22, 56, 603_000, tzinfo=UTC), "epoch milliseconds"),
    ("1748715776", datetime(2025, 5, 31, 18, 22, 56, tzinfo=UTC), "epoch seconds"),
    ("45356.5", datetime(2024, 3, 5, 4, 0, tzinfo=UTC), "Excel serial with a fraction"),
    ("1988-06-01 00:00:00", datetime(1988, 5, 31, 15, tzinfo=UTC), "summer time was in force"),
    ("25:00", None, "no date"),
    ("2024-03-05 25:00:00", None, "no such hour"),
]


@pytest.mark.parametrize(("text", "value", "why"), INSTANTS)
def test_instants(text: str, value: datetime | None, why: str) -> None:
    assert parse_timestamps(pl.Series([text])).item() == value, why


NUMBERS = [
    ("12.5", 12.5, "plain"),
    ("１２．５", 12.5, "full width"),
    ("1,200", 1200.0, "thousands"),
    ("1,200.50元", 1200.5, "thousands and a unit"),
    ("89.5㎡", 89.5, "unit of area"),
    ("-1", -1.0, "negative"),
    ("负1", -1.0, "negative, Chinese"),
    ("3.2E+3", 3200.0, "exponent"),
    ("1,2", None, "no thousands"),
    ("一百多", None, "in words"),
    ("??", None, "no number"),
    ("1e999", None, "beyond a float"),
]


@pytest.mark.parametrize(("text", "value", "why"), NUMBERS)
def test_numbers(text: str, value: float | None, why: str) -> None:
    assert parse_numbers(pl.Series([text])).item() == value, why


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("3.0", 3), ("３人", 3), ("3.5", None), ("1e30", None)])
def test_integers(text: str, value: int | None) -> None:
    assert parse_integers(pl.Series([text])).item() == value


@pytest.mark.parametrize(("text", "value"), [("是", True), ("否", False), ("Ｙ", True), ("0.0", False), ("或许", None)])
def test_booleans(text: str, value: bool | None) -> None:
    assert parse_booleans(pl.Series([text])).item() is value


def test_codes_know_synonyms_and_what_a_spreadsheet_leaves_of_digits() -> None:
    relation = load_contracts()["police_residents"].column("relation_to_head")
    code = next(code for code in relation.codes if code.startswith("0") and code.strip("0"))
    synonym = relation.codes[code][0]
    read = parse_codes(relation, pl.Series([code, code.lstrip("0"), f" {synonym} ", "远房表亲的邻居"]))
    assert read["value"].to_list() == [code, code, code, "远房表亲的邻居"]
    assert read["known"].to_list() == [True, True, True, False]


def test_lists_are_split_trimmed_and_each_item_once() -> None:
    aliases = load_contracts()["police_addresses"].column("aliases")
    read = parse_lists(aliases, pl.Series(["翠溪街、 老街，翠溪街", "无"]), ["无"])
    assert read.to_list() == [["翠溪街", "老街"], None]


@pytest.mark.parametrize(
    ("text", "expect"),
    [("\u3000 张三\u00a0\t", "张三"), ('="0012"', "0012"), ("'0012", "0012"), ("\ufeffa", "a"), ("a b", "a b")],
)
def test_trimming(text: str, expect: str) -> None:
    assert pl.DataFrame({"a": [text]}).select(trimmed(pl.col("a"))).item() == expect


def test_json_strings_survive_everything_a_cell_can_hold() -> None:
    import orjson

    texts = ['a"b', "a\\b", "a\nb\tc\r", "a\x01b", "张三", ""]
    written = pl.DataFrame({"a": texts}).select(json_string(pl.col("a"))).to_series()
    assert [orjson.loads(text) for text in written] == texts
