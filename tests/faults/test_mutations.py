"""A dozen of the corruptions of `benchmarks/mutations.py`, each before the cheap layers of a night: all are noticed."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import mutation.families  # noqa: F401 - registers the corruptions
from mutation.alarms import LAYERS, Alarm, news
from mutation.base import Base
from mutation.case import REGISTRY
from mutation.export import files_of
from mutation.families.dates import rewrite
from mutation.judge import Judge
from mutation.nights import cheap_night, load_history, profile_history
from mutation.plan import Mutation

REGISTER, DAILY, WEEKLY = "housing_properties", "police_incidents", "street_office_participation"
NIGHTS, HISTORY = 92, 56  # the last night is a Monday, on which all three are due

CORRUPTIONS = [
    # family, feed, why it matters
    ("column_dropped", REGISTER, "a new version of the vendor's program"),
    ("header_shifted", DAILY, "a column pasted in front"),
    ("swap_columns_of_two_types", REGISTER, "a wrong paste"),
    ("column_blanked", WEEKLY, "a join that finds nothing"),
    ("century_off", DAILY, "two-digit years"),
    ("rows_doubled_under_new_keys", REGISTER, "an import that ran twice"),
    ("rows_dropped", REGISTER, "a filter that was left on"),
    ("code_unknown", DAILY, "a new code table"),
    ("sent_again", DAILY, "yesterday's file once more"),
    ("unit_changed", REGISTER, "mu for square metres"),
    ("cut_in_half", REGISTER, "a transfer that broke off"),
    ("error_page_saved", WEEKLY, "a session that had ended"),
]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """A district of three feeds with a month and a half of deliveries, waiting for its last night."""
    folder = tmp_path_factory.mktemp("mutations")
    base = Base(folder, seed=5, residents=500, nights=NIGHTS, feeds=(REGISTER, DAILY, WEEKLY))
    load_history(base.home.ensure(), base.contracts, base.files(HISTORY, base.last - 1))
    profile_history(base.home, base.contracts)
    return Judge(base)


@pytest.mark.parametrize(("family", "feed", "why"), CORRUPTIONS)
def test_a_corrupted_export_is_noticed(judge: Judge, family: str, feed: str, why: str) -> None:
    damage = REGISTRY[family](judge.base.deliveries.case(feed), np.random.default_rng(11))
    assert damage is not None
    row = judge.judge(Mutation(0, family, feed, 11, damage))
    assert row["outcome"] in LAYERS, f"{why}: {damage.note}"


def test_a_clean_night_raises_nothing(judge: Judge) -> None:
    told = cheap_night(judge.base.home, judge.base.contracts, judge.base.files(NIGHTS - 1, NIGHTS - 1), 9_000)
    assert [alarm for alarm in told.alarms if alarm.layer in ("checks", "drift")] == []


def test_what_the_clean_night_says_too_is_no_news() -> None:
    usual = Alarm("door", DAILY, "unread_cells", "lon", 4)
    assert news([usual], [usual]) == []
    assert news([Alarm("door", DAILY, "unread_cells", "lon", 13)], [usual])
    assert news([Alarm("drift", DAILY, "rows", "")], [usual])


def test_a_corruption_is_drawn_alike_again(judge: Judge) -> None:
    case = judge.base.deliveries.case(REGISTER)
    first, again = (REGISTRY["column_scrambled"](case, np.random.default_rng(3)) for _ in range(2))
    assert first is not None
    assert first == again
    assert first.files != files_of(case.exports)


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        # every way of writing a date that the feed specification names
        ("20240305", "19240305"),
        ("2024-03-05", "1924-03-05"),
        ("2024/3/5", "1924/3/5"),
        ("2024.03", "1924.03"),
        ("2024年3月5日", "1924年3月5日"),
        ("2024-03-05 08:01:02", "1924-03-05 08:01:02"),
        ("45356", "8831"),  # 2024-03-05 and 1924-03-05 as Excel serials
        ("不详", "不详"),
        (None, None),
    ],
)
def test_a_shifted_date_keeps_its_way_of_writing(text: str | None, expect: str | None) -> None:
    assert rewrite(text, lambda day: date(day.year - 100, day.month, day.day)) == expect
