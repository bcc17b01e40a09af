"""Words in two languages, and numbers that say no more than is known."""

from __future__ import annotations

import pytest
from markupsafe import escape

from pipelines.pages.numbers import count, days, interval, measured, persons, share
from pipelines.pages.text import Text, same, translated


def test_words_become_one_span_a_language_and_are_escaped() -> None:
    drawn = str(escape(Text("小区<b>", "estate & co")))
    assert drawn == (
        '<span class="zh" lang="zh-Hans">小区&lt;b&gt;</span><span class="en" lang="en">estate &amp; co</span>'
    )


def test_a_name_is_shown_in_both_languages_alike() -> None:
    assert str(escape(same("翠竹苑"))) == '<span class="name" lang="zh-Hans">翠竹苑</span>'
    assert str(escape(same("98.0%"))) == "98.0%"


def test_filling_takes_the_fitting_language_and_leaves_braces_in_values_alone() -> None:
    filled = Text("{feed}共 {n} 行", "{feed}: {n} rows").fill(feed=Text("警情{x}", "Incidents{x}"), n="3")
    assert filled == Text("警情{x}共 3 行", "Incidents{x}: 3 rows")


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        ("甲", None, Text("甲", "甲")),
        (None, "a", Text("a", "a")),
        ("", "", Text("key", "key")),
        ("甲", "a", Text("甲", "a")),
    ],
)
def test_a_missing_language_is_stood_in_for(zh: str | None, en: str | None, expected: Text) -> None:
    assert translated(zh, en, "key") == expected


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, "–"), (0.0, "0%"), (0.0004, "<0.1%"), (0.9147, "91.5%"), (0.99951, ">99.9%"), (1.0, "100%")],
)
def test_a_share_is_100_or_0_percent_only_where_it_is_exactly_so(value: float | None, written: str) -> None:
    assert share(value) == written


@pytest.mark.parametrize(
    ("number", "written"), [(None, "–"), (0, "0"), (1, "<10"), (9, "<10"), (10, "10"), (12_345, "12,345")]
)
def test_one_to_nine_persons_are_withheld(number: int | None, written: str) -> None:
    assert persons(number) == written


def test_a_count_of_other_things_is_not() -> None:
    assert count(3) == "3"


def test_days_have_their_plural() -> None:
    assert days(1.0) == Text("1 天", "1 day")
    assert days(7.54) == Text("7.5 天", "7.5 days")
    assert days(None) == same("–")


def test_values_are_written_in_their_unit() -> None:
    assert measured(0.5, "share") == same("50.0%")
    assert measured(3.0, "days") == Text("3 天", "3 days")
    assert measured(1_200.0, "count") == same("1,200")
    assert measured(2.349, "per_10000") == same("2.35")
    assert measured(None, "count") == same("–")
    assert interval(0.1, 0.2, "share") == Text("10.0% 至 20.0%", "10.0% to 20.0%")
    assert interval(None, 0.2, "share") == same("–")
