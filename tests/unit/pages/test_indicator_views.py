"""What pages of indicators are given: months, lights that are taken away, trends, rankings, frozen quarters."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl
import pytest
from crafted_kpi import SEED, indicator_tables, registry
from crafted_marts import CraftedSnapshot, crafted_facts
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.drawing.scale import ends_worth_room, scale_for, ticks_of
from pipelines.pages.drawing.trend import trend_chart
from pipelines.pages.indicators.frozen import FrozenMonth
from pipelines.pages.indicators.gathered import Gathered, gather
from pipelines.pages.indicators.periods import (
    axis_of,
    is_too_old,
    month_name,
    month_number,
    running_month,
    shown_months,
)
from pipelines.pages.indicators.ranking import rankings_of
from pipelines.pages.indicators.readings import Area, Reading, lights_of
from pipelines.pages.indicators.themes import OTHER, THEMES, theme_of, theme_order
from pipelines.pages.lights import GREEN, GREY
from pipelines.pages.marts import Marts
from pipelines.pages.numbers import change, measured, tick
from pipelines.pages.overview.attention import areas_of_concern, concerns_of, is_concern
from pipelines.pages.overview.matrix import matrix_of
from pipelines.pages.overview.tiles import themed_tiles, trend_words
from pipelines.pages.text import Text

DAY = date(2026, 3, 3)

Row = dict[str, Any]


def month(name: str, value: float | None, **other: object) -> Row:
    """One row of the mart, of the share of mediation successes in one district."""
    return {
        "indicator": "mediation_success",
        "name_zh": "调解成功率",
        "name_en": "Mediation success",
        "area_level": "district",
        "area": "云川区",
        "district": "云川区",
        "street": None,
        "community": None,
        "month": name,
        "unit": "share",
        "direction": "up",
        "light": "green",
        "light_reason": "reached",
        "owner": "street_office",
        "source_feeds": "street_office_disputes",
        "numerator": None if value is None else value * 100,
        "denominator": 100.0,
        "value": value,
        "value_low": None,
        "value_high": None,
        "target": 0.85,
        "baseline": 0.68,
        **other,
    }


def delivered(**newest: date) -> pl.DataFrame:
    rows = [
        {"department": "street_office", "feed": feed, "status": "loaded", "delivered_on": day}
        for feed, day in newest.items()
    ]
    return pl.DataFrame(rows)


def gathered(*rows: Row, persons: bool = False, **newest: date) -> Gathered:
    tables = indicator_tables(1, 1, 2)
    known = tables["marts.indicator"].with_columns(counts_persons=pl.lit(persons))
    told = {
        "ops.delivery": delivered(**(newest or {"disputes": DAY})),
        "marts.indicator": known,
        "marts.kpi_monthly": pl.DataFrame(list(rows), infer_schema_length=None),
    }
    snapshot = CraftedSnapshot(told)
    return gather(Marts(snapshot.scan, crafted_facts(snapshot)))


def only(told: Gathered) -> Reading:
    (reading,) = told.told
    return reading


def test_every_indicator_of_the_registry_has_a_theme() -> None:
    assert SEED.exists()
    assert [row["id"] for row in registry() if theme_of(row["id"]) == OTHER] == []
    named = [key for theme in THEMES for key in theme.indicators]
    assert len(named) == len(set(named))
    assert set(named) <= {row["id"] for row in registry()}


def test_an_indicator_without_a_theme_stands_last() -> None:
    assert theme_of("new_one") == OTHER
    assert sorted(["new_one", "mediation_success"], key=theme_order) == ["mediation_success", "new_one"]


@pytest.mark.parametrize(
    ("as_of", "expect"),
    [(date(2026, 3, 3), "2026-03"), (date(2026, 2, 28), ""), (date(2024, 2, 28), "2024-02"), (None, "2026-03")],
)
def test_the_running_month_is_that_of_the_newest_delivery_until_its_last_day(as_of: date | None, expect: str) -> None:
    kpi = pl.DataFrame({"month": ["2026-02", "2026-03"]})
    assert running_month(as_of, kpi) == expect


@pytest.mark.parametrize(
    ("reason", "expect", "why"),
    [
        ("incomplete", "2026-02", "the running month is too young"),
        ("too_small", "2026-02", "so it is with three days of cases"),
        ("reached", "2026-03", "enough cases already"),
        ("stale", "2026-03", "a dead source is no matter of youth: the newest word is grey"),
        ("failed_check", "2026-03", "nor is a failed check"),
    ],
)
def test_a_running_month_is_passed_over_while_it_is_young(reason: str, expect: str, why: str) -> None:
    rows = [month("2026-01", 0.9), month("2026-02", 0.8), month("2026-03", 0.7, light_reason=reason)]
    assert shown_months(pl.DataFrame(rows, infer_schema_length=None), "2026-03") == {"mediation_success": expect}, why


def test_a_rate_of_a_month_that_is_not_over_is_not_shown() -> None:
    told = only(gathered(month("2026-03", 0.01, light="grey", light_reason="incomplete")))
    assert (told.number, told.value.en, told.reason.en) == (None, "–", "the month is not over yet")
    assert told.values[-1] is None


def test_a_young_month_is_shown_where_there_is_no_other() -> None:
    rows = pl.DataFrame([month("2026-03", 0.7, light_reason="too_small")], infer_schema_length=None)
    assert shown_months(rows, "2026-03") == {"mediation_success": "2026-03"}


def test_areas_show_the_month_of_their_district() -> None:
    street = {"area_level": "street", "area": "翠竹街道", "street": "翠竹街道"}
    told = gathered(
        month("2026-02", 0.9),
        month("2026-03", 0.9, light="grey", light_reason="too_small"),
        month("2026-03", 0.95, **street),
    )
    district, its_street = told.told
    assert (district.month, district.light) == ("2026-02", GREEN)
    assert (its_street.month, its_street.light, its_street.number) == ("2026-02", GREY, None)
    assert its_street.reason == Text("本月未测量", "not measured this month")


def test_the_axis_has_no_gap_and_two_years_at_most() -> None:
    assert axis_of(pl.DataFrame({"month": ["2025-11", "2026-02"]})) == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert len(axis_of(pl.DataFrame({"month": ["2020-01", "2026-02"]}))) == 24
    assert axis_of(pl.DataFrame({"month": []}, schema={"month": pl.String})) == ()


@given(st.integers(min_value=12 * 1900, max_value=12 * 2200))
def test_months_are_numbers_and_back(number: int) -> None:
    assert month_number(month_name(number)) == number


def test_a_light_is_taken_away_when_its_source_has_gone_stale_since() -> None:
    fresh = only(gathered(month("2026-02", 0.9), disputes=DAY, surveys=DAY))
    assert fresh.light == GREEN
    stale = only(gathered(month("2026-02", 0.9), disputes=date(2026, 2, 10), surveys=DAY))
    assert (stale.light, stale.reason.en) == (GREY, "its source is stale")
    never = only(gathered(month("2026-02", 0.9), surveys=DAY))
    assert never.light == GREY


def test_a_light_is_taken_away_when_its_month_is_long_over() -> None:
    assert only(gathered(month("2025-12", 0.9))).light == GREEN
    assert only(gathered(month("2025-09", 0.9))).light == GREY
    assert is_too_old("2025-09", DAY, 360)
    assert not is_too_old("2025-09", DAY, 24 * 365), "a survey of the year is not old"
    assert not is_too_old("2025-09", None, 360)


def test_a_trend_is_told_of_judged_values_alone() -> None:
    course = [month("2025-12", 0.9), month("2026-01", 0.88), month("2026-02", 0.86)]
    worse = only(gathered(*course))
    assert (worse.trend, worse.worsening) == ("worse", True)
    assert trend_words(worse) == Text("↘ 较上月变差", "↘ worse than the month before")
    grey = only(gathered(*course[:2], month("2026-02", 0.86, light="grey", light_reason="too_small")))
    assert (grey.trend, grey.worsening, trend_words(grey)) == ("unknown", False, None)
    once = only(gathered(month("2025-12", 0.8), *course[1:]))
    assert (once.trend, once.worsening) == ("worse", False)


def test_fewer_is_better_where_the_direction_says_so() -> None:
    down = {"indicator": "joint_response_median_minutes", "direction": "down", "unit": "minutes"}
    told = only(gathered(month("2026-01", 20.0, **down), month("2026-02", 14.0, **down)))
    assert trend_words(told) == Text("↘ 较上月变好", "↘ better than the month before")


@pytest.mark.parametrize(
    ("numerator", "denominator", "persons", "expect"),
    [
        (300.0, 400.0, True, "300 / 400"),
        (3.0, 400.0, True, "<10 / –"),
        (397.0, 400.0, True, "<10 / –"),
        (3.0, 400.0, False, "3 / 400"),
        (None, 40.0, False, "40"),
        (None, None, True, "–"),
    ],
)
def test_counts_of_a_few_persons_are_withheld(
    numerator: float | None, denominator: float | None, persons: bool, expect: str
) -> None:
    row = month("2026-02", 0.5, numerator=numerator, denominator=denominator)
    assert only(gathered(row, persons=persons)).fraction == expect


def test_a_ranking_has_the_worst_first_and_the_unknown_last() -> None:
    streets = [("甲街道", 0.9), ("乙街道", None), ("丙街道", 0.6)]
    rows = [
        month("2026-02", value, area_level="street", area=name, street=name, value_low=value, value_high=value)
        for name, value in streets
    ]
    told = gathered(*rows)
    (ranking,) = rankings_of(told.told, told.told[0].indicator)
    assert [reading.area.name for reading in ranking.readings] == ["丙街道", "甲街道", "乙街道"]
    assert ranking.scale.low <= 0.6 < 0.9 <= ranking.scale.high


def test_what_needs_attention_is_red_or_keeps_getting_worse() -> None:
    red = {"light": "red", "light_reason": "missed"}
    other = {"indicator": "disputes_found_proactively"}
    third = {"indicator": "plans_in_force", "source_feeds": None}
    told = gathered(
        month("2026-02", 0.5, **red),
        *(month(name, value, **other) for name, value in (("2025-12", 0.99), ("2026-01", 0.98), ("2026-02", 0.97))),
        month("2026-02", 0.99, **third),
        month("2026-02", 0.4, area_level="street", area="翠竹街道", street="翠竹街道", **red),
    )
    assert [is_concern(reading) for reading in told.told].count(True) == 3
    first, second = concerns_of(told.told)
    assert (first.reading.indicator.key, second.reading.indicator.key) == (
        "mediation_success",
        "disputes_found_proactively",
    )
    assert [reading.area.name for reading in first.worst] == ["翠竹街道"]
    (area,) = areas_of_concern(told.told)
    assert (area.area.name, area.red) == ("翠竹街道", 1)


def test_a_tile_stands_for_an_indicator_without_any_value() -> None:
    tiles = [tile for group in themed_tiles(gathered(month("2026-02", 0.9))) for tile in group.tiles]
    assert len(tiles) == len(registry())
    assert {tile.indicator.key for tile in tiles if tile.readings} == {"mediation_success"}
    assert {tile.lights for tile in tiles if not tile.readings} == {"grey"}


def test_two_districts_share_a_tile() -> None:
    red = {"light": "red", "light_reason": "missed"}
    told = gathered(month("2026-02", 0.9), month("2026-02", 0.8, district="临江区", area="临江区", **red))
    (tile,) = (tile for group in themed_tiles(told) for tile in group.tiles if tile.readings)
    assert [reading.area.name for reading in tile.readings] == ["临江区", "云川区"]
    assert tile.lights == "green red"
    assert [ranking.level for ranking in rankings_of(told.told, tile.indicator)] == ["district"]
    assert rankings_of(told.told[:1], tile.indicator) == ()


def test_the_matrix_has_a_street_before_its_communities() -> None:
    rows = [month("2026-02", 0.9)]
    for street in ("乙街道", "甲街道"):
        place = {"street": street}
        rows.append(month("2026-02", 0.9, area_level="community", area="一社区", community="一", **place))
        rows.append(month("2026-02", 0.9, area_level="street", area=street, **place))
    matrix = matrix_of(gathered(*rows).told)
    names = [(row.area.street, row.area.name) for row in matrix.rows]
    assert names == [
        ("", "云川区"),
        ("乙街道", "乙街道"),
        ("乙街道", "一社区"),
        ("甲街道", "甲街道"),
        ("甲街道", "一社区"),
    ]
    assert matrix.rows[2].area.full_name == "乙街道一社区"


@pytest.mark.parametrize(
    ("then", "now", "differs"),
    [(0.8, 0.8, False), (0.8, 0.81, True), (None, 0.8, True), (0.8, None, True), (None, None, False)],
)
def test_a_frozen_month_is_marked_where_it_differs(then: float | None, now: float | None, differs: bool) -> None:
    frozen = FrozenMonth("2025Q4", DAY, "1", then, measured(then, "share"), GREEN)
    assert frozen.differs(now) is differs


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en", "axis"),
    [
        (0.853, "share", "85.3%", "85.3%", "85.3%"),
        (12.25, "minutes", "12.2 分钟", "12.2 min", "12.25"),
        (15.0, "minutes", "15 分钟", "15 min", "15"),
        (-0.4, "change", "−40.0%", "−40.0%", "−40%"),
        (0.031, "change", "+3.1%", "+3.1%", "+3.1%"),
        (0.0, "change", "0.0%", "0.0%", "0%"),
        (2.3, "ratio", "2.30 倍", "2.30×", "2.3"),
        (1234.0, "count", "1,234", "1,234", "1,234"),
        (39.387, "per_10000", "39.39", "39.39", "39.39"),
    ],
)
def test_values_are_written_in_their_unit(value: float, unit: str, zh: str, en: str, axis: str) -> None:
    assert measured(value, unit) == Text(zh, en)
    assert tick(value, unit) == axis


def test_a_change_that_rounds_to_nothing_has_no_sign() -> None:
    assert change(-0.0001) == "0.0%"


@given(
    st.lists(st.floats(min_value=-1e6, max_value=1e6, allow_nan=False).map(lambda x: round(x, 4)), min_size=1),
    st.sampled_from(["minutes", "ratio"]),
)
def test_a_scale_holds_its_values_and_has_few_round_numbers(values: list[float], unit: str) -> None:
    scale = scale_for(values, unit, 200.0, 10.0)
    slack = 1e-6 * (scale.high - scale.low)
    assert scale.low <= min(values) + slack
    assert scale.high >= max(values) - slack
    assert all(10.0 - 1e-6 <= scale.at(value) <= 200.0 + 1e-6 for value in values)
    assert 2 <= len(ticks_of(scale)) <= 9


@given(st.lists(st.floats(min_value=0, max_value=1).map(lambda x: round(x, 4)), min_size=1))
def test_a_scale_of_shares_stays_between_nothing_and_all(values: list[float]) -> None:
    scale = scale_for(values, "share", 200.0, 10.0)
    assert 0 <= scale.low < scale.high <= 1 + 1e-9


@given(st.lists(st.floats(min_value=-1, max_value=40).map(lambda x: round(x, 4)), min_size=1))
def test_a_scale_of_changes_holds_them_and_nothing_falls_by_more_than_all(values: list[float]) -> None:
    scale = scale_for(values, "change", 200.0, 10.0)
    assert -1 <= scale.low <= min(values) + 1e-6
    assert scale.high >= max(values) - 1e-6


def test_an_interval_of_three_cases_does_not_flatten_the_values() -> None:
    assert ends_worth_room([0.0, 0.5], [-0.7, 40.0], "ratio") == [-0.5, 1.0]
    assert ends_worth_room([0.5], [0.2, 0.8], "ratio") == [0.2, 0.8]
    assert ends_worth_room([None], [0.2], "ratio") == []


def test_the_interval_of_a_share_is_drawn_whole() -> None:
    ends = ends_worth_room([1.0, 0.98], [0.439, 1.0, None], "share")
    assert ends == [0.439, 1.0]
    assert scale_for([1.0, 0.98, *ends], "share", 0.0, 100.0).low == 0.0


def test_a_community_named_with_its_street_is_told_with_it_once() -> None:
    assert Area("community", "甲街道/一社区", "云川区", "甲街道", "一社区").full_name == "甲街道一社区"
    assert Area("community", "一社区", "云川区", "乙街道", "一社区").full_name == "乙街道一社区"


def test_a_course_begins_with_its_first_value_and_has_half_a_year_at_least() -> None:
    told = gathered(*(month(f"2025-{number:02d}", 0.9) for number in range(1, 13)), month("2026-02", 0.9))
    assert str(trend_chart(only(told).course, 0.85, None, "share")).count("<use") == 13
    young = gathered(month("2025-03", None), month("2026-02", 0.9))
    labels = list(re.findall(r">(20\d\d-\d\d)<", str(trend_chart(only(young).course, 0.85, None, "share"))))
    assert labels == ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]
    assert str(trend_chart([], None, None, "share")) == ""


def test_the_list_counts_the_lights_of_several_districts() -> None:
    red = {"light": "red", "light_reason": "missed", "district": "临江区", "area": "临江区"}
    told = gathered(month("2026-02", 0.9), month("2026-02", 0.5, **red))
    assert [(light.name, number) for light, number in lights_of(told.told)] == [("red", 1), ("green", 1)]
