"""From the marts to what is shown: orders, sums, what is withheld, and what is not known."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl
import pytest
from crafted_marts import (
    CONTRACTS,
    ESTATES,
    FEEDS,
    MONTHS,
    crafted_facts,
    crafted_snapshot,
    data_quality,
    deliveries,
    quality_checks,
    quality_metrics,
    register_overlap,
    return_summary,
    update_lag,
)

from pipelines.pages.facts import PageFacts
from pipelines.pages.lights import GREEN, GREY, RED, Light
from pipelines.pages.scorecard import schemas
from pipelines.pages.scorecard.actions import ACTIONS_SHOWN, actions_of
from pipelines.pages.scorecard.freshness import freshness_of
from pipelines.pages.scorecard.lag import ESTATES_SHOWN, lags_of
from pipelines.pages.scorecard.matrix import DIMENSIONS, matrix_of
from pipelines.pages.scorecard.metrics import (
    UNDEFINED,
    Metric,
    definitions_of,
    metrics_of,
    rows_to_correct,
)
from pipelines.pages.scorecard.overlap import Overlap, overlaps_of, share_in_both
from pipelines.pages.scorecard.returns import returns_of
from pipelines.pages.scorecard.rules import rules_of
from pipelines.pages.scorecard.weeks import last_weeks
from pipelines.pages.targets import gap_to_target
from pipelines.pages.text import Text, same


@pytest.fixture(scope="module")
def told() -> PageFacts:
    return crafted_facts(crafted_snapshot())


@pytest.fixture(scope="module")
def metrics(told: PageFacts) -> tuple[Metric, ...]:
    return metrics_of(data_quality(), definitions_of(quality_metrics()), told)


def one_metric(told: PageFacts, **changed: object) -> Metric:
    """The police's share of resolved addresses, with some of its columns changed."""
    row = {
        "department": "police",
        "feed": "residents",
        "dimension": "validity",
        "metric": "addresses_resolved",
        "metric_zh": "地址有效率",
        "metric_en": "Addresses resolved",
        **dict.fromkeys(("scope", "scope_zh", "scope_en"), ""),
        "month": "2026-03",
        "numerator": 900.0,
        "denominator": 1000.0,
        "value": 0.9,
        "value_low": 0.88,
        "value_high": 0.92,
        "target": 0.98,
        "baseline": 0.7,
        "unit": "share",
        "direction": "up",
        "light": "red",
        "light_reason": "missed",
        "trend": "worse",
    }
    (metric,) = metrics_of(pl.DataFrame([row | changed], schema=schemas.DATA_QUALITY), {}, told)
    return metric


def test_a_metric_is_told_with_fraction_interval_target_and_trend(told: PageFacts) -> None:
    metric = one_metric(told)
    assert metric.light == RED
    assert metric.fraction == "900 / 1,000"
    assert metric.value == same("90.0%")
    assert metric.low_to_high == Text("88.0% 至 92.0%", "88.0% to 92.0%")
    assert metric.target == same("≥ 98.0%")
    assert metric.trend.zh == "↘ 变差"
    assert metric.to_correct == 80
    assert metric.baseline == same("70.0%")
    assert metric.definition == UNDEFINED


def test_fewer_than_ten_persons_are_withheld(told: PageFacts) -> None:
    metric = one_metric(told, numerator=3.0, denominator=7.0, value=3 / 7)
    assert metric.fraction == "– / <10"
    assert metric.value == metric.low_to_high == same("–")
    assert metric.months == ()
    assert metric.to_correct is None


def test_a_small_part_is_not_told_by_what_is_left(told: PageFacts) -> None:
    shown = {
        (metric.value, metric.fraction, metric.low_to_high, metric.months)
        for missing in range(1, 10)
        for metric in (one_metric(told, numerator=205.0 - missing, denominator=205.0, value=1 - missing / 205),)
    }
    assert shown == {(Text("95.6% 至 99.5%", "95.6% to 99.5%"), "– / 205", same("–"), ())}
    few = one_metric(told, numerator=3.0, denominator=1_000.0, value=0.003, direction="down", target=0.05)
    assert few.value == Text("0.1% 至 0.9%", "0.1% to 0.9%")
    assert one_metric(told, numerator=205.0, denominator=205.0, value=1.0).fraction == "205 / 205"


def test_fewer_than_ten_of_anything_else_are_told(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [{"dimension": "validity", "metric": "addresses_resolved", "counts_persons": False}],
        schema=schemas.QUALITY_METRIC,
        strict=False,
    )
    quality = data_quality().filter((pl.col("metric") == "addresses_resolved") & (pl.col("denominator") < 10))
    assert quality.height
    assert {metric.fraction.partition(" / ")[2] for metric in metrics_of(quality, definitions_of(rows), told)} == {"4"}


def test_a_metric_that_was_not_measured_this_month_is_grey(told: PageFacts) -> None:
    quality = data_quality()
    gone = (pl.col("metric") == "rows_accepted") & (pl.col("feed") == "residents") & (pl.col("month") == MONTHS[-1])
    metrics = metrics_of(quality.filter(~gone), definitions_of(quality_metrics()), told)
    (metric,) = (metric for metric in metrics if (metric.feed, metric.key) == ("residents", "rows_accepted"))
    assert metric.light == GREY
    assert metric.reason.en == "not measured this month"
    assert metric.value == same("–")
    assert metric.months[-1] is None
    assert len(metric.months) == 12


def test_what_was_not_measured_this_month_leaves_its_cell_alone(told: PageFacts) -> None:
    rows = data_quality().filter((pl.col("metric") == "rows_accepted") & (pl.col("feed") == "residents"))
    green = rows.tail(1).with_columns(light=pl.lit("green"), light_reason=pl.lit("reached"))
    earlier = rows.tail(2).head(1).with_columns(metric=pl.lit("due_last_month"))
    matrix = matrix_of(metrics_of(pl.concat([green, earlier]), {}, told), told)
    (cell,) = (cell for row in matrix.rows for cell in row.cells if cell.metrics)
    assert cell.light == GREEN
    assert cell.metrics[-1].light == GREY


def test_metrics_of_estates_stay_out_and_those_of_registers_are_named(told: PageFacts) -> None:
    base = data_quality().filter(pl.col("metric") == "agrees_with_evidence").head(1)
    scoped = base.with_columns(
        scope=pl.lit("police_residents"), scope_zh=pl.lit("公安实有人口"), scope_en=pl.lit("Police: residents")
    )
    estate = base.with_columns(scope=pl.lit("翠竹苑"), scope_zh=pl.lit("翠竹苑"), scope_en=pl.lit("翠竹苑"))
    metrics = metrics_of(pl.concat([base, scoped, estate]), {}, told)
    assert {metric.scope for metric in metrics} == {None, Text("公安实有人口", "Police: residents")}


def test_rounding_never_makes_a_missed_target_look_reached(told: PageFacts) -> None:
    assert one_metric(told, value=0.97961, light="yellow").value == same("97.96%")
    assert one_metric(told, value=0.98, light="green").value == same("98.0%")


@pytest.mark.parametrize(
    ("value", "target", "direction", "gap"),
    [
        (0.9, 0.98, "up", 0.08),
        (0.99, 0.98, "up", 0.0),
        (0.2, 0.05, "down", 0.15),
        (5.0, 1.0, "down", 0.8),
        (0.0, 1.0, "down", 0.0),
        (None, 1.0, "up", 0.0),
        (1.0, None, "up", 0.0),
    ],
)
def test_gaps_are_comparable_between_units(
    value: float | None, target: float | None, direction: str, gap: float
) -> None:
    assert gap_to_target(value, target, direction) == pytest.approx(gap)


@pytest.mark.parametrize(
    ("numerator", "target", "direction", "unit", "rows"),
    [
        (900.0, 0.98, "up", "share", 80),
        (979.5, 0.98, "up", "share", 1),
        (990.0, 0.98, "up", "share", 0),
        (120.0, 0.05, "down", "share", 70),
        (120.0, 0.05, "down", "days", None),
        (None, 0.05, "down", "share", None),
    ],
)
def test_rows_to_the_target(
    numerator: float | None, target: float, direction: str, unit: str, rows: int | None
) -> None:
    told = {"numerator": numerator, "denominator": 1000.0, "target": target, "direction": direction, "unit": unit}
    assert rows_to_correct(told) == rows


def test_every_department_has_a_row_and_every_dimension_a_cell(metrics: tuple[Metric, ...], told: PageFacts) -> None:
    matrix = matrix_of(metrics, told)
    assert [row.department for row in matrix.rows] == sorted({contract.department for contract in CONTRACTS.values()})
    assert all([cell.dimension for cell in row.cells] == list(DIMENSIONS) for row in matrix.rows)
    assert sum(number for _, number in matrix.lights) == len(metrics)


def test_a_cell_shows_the_worst_metric_and_is_grey_without_any(metrics: tuple[Metric, ...], told: PageFacts) -> None:
    matrix = matrix_of(metrics, told)
    cells = {(row.department, cell.dimension): cell for row in matrix.rows for cell in row.cells}
    assert cells[("sensors", "uniqueness")].light == GREY
    for cell in cells.values():
        if cell.metrics:
            assert cell.light == cell.metrics[0].light
            reds = [metric.gap for metric in cell.metrics if metric.light == RED]
            assert reds == sorted(reds, reverse=True)


def test_a_metric_without_a_target_informs_and_lights_nothing(told: PageFacts) -> None:
    quality = data_quality().filter((pl.col("metric") == "persons_entered_twice") & (pl.col("denominator") > 10))
    aimless = quality.with_columns(
        metric=pl.lit("aimless"),
        target=pl.lit(None, pl.Float64),
        light=pl.lit("grey"),
        light_reason=pl.lit("no_target"),
    )
    metrics = metrics_of(pl.concat([quality.with_columns(light=pl.lit("green")), aimless]), {}, told)
    matrix = matrix_of(metrics, told)
    cell = next(cell for row in matrix.rows for cell in row.cells if cell.metrics)
    assert cell.light == GREEN
    assert cell.metrics[-1].key == "aimless"
    assert dict(matrix.lights)[GREY] == 0


@pytest.mark.parametrize(("reason", "light"), [("too_small", GREEN), ("suppressed", GREEN), ("stale", GREY)])
def test_too_few_cases_leave_the_cell_alone_but_a_stale_source_does_not(
    told: PageFacts, reason: str, light: Light
) -> None:
    first = data_quality().filter((pl.col("metric") == "rows_accepted") & (pl.col("feed") == "residents")).tail(1)
    good = first.with_columns(light=pl.lit("green"), light_reason=pl.lit("reached"))
    grey = first.with_columns(feed=pl.lit("incidents"), light=pl.lit("grey"), light_reason=pl.lit(reason))
    matrix = matrix_of(metrics_of(pl.concat([good, grey]), {}, told), told)
    (cell,) = (cell for row in matrix.rows for cell in row.cells if cell.metrics)
    assert cell.light == light


def test_a_department_is_told_its_three_worst_metrics_and_nothing_about_green_ones(
    metrics: tuple[Metric, ...], told: PageFacts
) -> None:
    departments = actions_of(metrics, None, told)
    assert {entry.department for entry in departments} == set(told.departments)
    assert max(len(entry.actions) for entry in departments) == ACTIONS_SHOWN
    assert all(action.light.name in ("red", "yellow") for entry in departments for action in entry.actions)
    green = tuple(metric for metric in metrics if metric.light == GREEN)
    assert all(entry.actions == () for entry in actions_of(green, None, told))


def test_a_department_is_told_where_its_workbook_lies(metrics: tuple[Metric, ...], told: PageFacts) -> None:
    departments = {entry.department: entry for entry in actions_of(metrics, returns_of(return_summary(), told), told)}
    workbook = departments["property"].workbook
    assert workbook is not None
    assert workbook.en.endswith(" entries to correct: return/property.xlsx")
    assert departments["sensors"].workbook is None


def test_an_action_says_how_far_it_is_and_what_helps(told: PageFacts) -> None:
    rows = data_quality().filter((pl.col("metric") == "cells_filled") & (pl.col("denominator") > 1_000))
    found = metrics_of(rows, definitions_of(quality_metrics()), told)
    action = next(entry for entry in actions_of(found, None, told) if entry.actions).actions[0]
    assert action.distance is not None
    assert action.distance.en.endswith("more reach the target")
    assert action.advice is not None
    assert "target ≥ 98.0%" in action.state.en


def test_freshness_counts_what_was_taken(metrics: tuple[Metric, ...], told: PageFacts) -> None:
    freshness = freshness_of(deliveries(), metrics, told)
    assert freshness.as_of == date(2026, 3, 3)
    feeds = {(feed.department, feed.title.en): feed for feed in freshness.feeds}
    assert feeds[("housing", "Leases")].newest == "2026-03-02", "a rejected file makes no feed fresh"
    assert feeds[("street_office", "Surveys")].newest == "–"
    assert not feeds[("street_office", "Surveys")].in_time
    assert not feeds[("property", "Work orders")].in_time
    assert freshness.in_time == len(FEEDS) - 2


def test_a_feed_without_the_marts_light_is_grey(told: PageFacts) -> None:
    assert {feed.light for feed in freshness_of(deliveries(), (), told).feeds} == {GREY}


def test_weeks_run_over_the_turn_of_the_year() -> None:
    assert last_weeks(["2026-W02", "2025-W50"], shown=4) == ("2025-W51", "2025-W52", "2026-W01", "2026-W02")
    assert last_weeks(["2021-W01"], shown=2) == ("2020-W53", "2021-W01")
    assert last_weeks([]) == ()


def test_rules_are_split_into_broken_and_clean_and_unknown_weeks_stay_unknown(told: PageFacts) -> None:
    rules = rules_of(quality_checks(), told)
    assert len(rules.weeks) == 12
    assert [bool(group.department) for group in rules.groups] == [True] * len(FEEDS) + [False]
    events = next(group for group in rules.groups if group.title.en == "Device events")
    assert all(week.share is None for week in events.weeks[:7])
    for group in rules.groups:
        assert all(rule.broken for rule in group.broken)
        assert not any(rule.broken for rule in group.clean)
        worst = [max(rule.weeks[place].share or 0 for rule in group.broken + group.clean) for place in range(12)]
        assert [week.share or 0 for week in group.weeks] == worst


def test_a_rule_that_fails_for_a_table_as_a_whole_is_broken(told: PageFacts) -> None:
    leases = next(group for group in rules_of(quality_checks(), told).groups if group.title.en == "Leases")
    failed = [rule for rule in leases.broken if rule.title.en.startswith("About as many rows")]
    assert len(failed) == 1


def test_the_worst_feed_is_shown_open(told: PageFacts) -> None:
    rules = rules_of(quality_checks(), told)
    assert rules.worst is not None
    shares = [group.broken[0].latest.share or 0 for group in rules.groups if group.department and group.broken]
    assert rules.worst.broken[0].latest.share == max(shares)


def test_an_overlap_is_told_for_the_newest_month(told: PageFacts) -> None:
    pairs = {(pair.left.en, pair.right.en): pair for pair in overlaps_of(register_overlap(), told)}
    pair = pairs[("Police: Residents", "Property: Occupants")]
    assert (pair.left_only, pair.both, pair.right_only) == (same("11,800"), same("22,900"), same("6,300"))
    assert pair.share_of_right == same("78.4%")
    assert pair.month == MONTHS[-1]
    assert len(pair.months) == 12


def test_a_handful_of_persons_is_withheld_from_numbers_picture_and_course(told: PageFacts) -> None:
    pairs = {(pair.left.en, pair.right.en): pair for pair in overlaps_of(register_overlap(), told)}
    pair = pairs[("Civil affairs: Social assistance recipients", "Civil affairs: Elderly residents")]
    assert pair.both == same("<10")
    assert pair.sizes[1] == 5
    assert pair.months == ()


@pytest.mark.parametrize("hidden", [*range(1, 10), None])
def test_nothing_told_of_a_pair_depends_on_how_many_are_withheld(told: PageFacts, hidden: int | None) -> None:
    def pair_with(few: int | None) -> Overlap:
        row = {"register_a": "police_residents", "register_b": "property_occupants", "month": "2026-03"}
        counts = {"a_only": few, "both": 199, "b_only": 1_237}
        (pair,) = overlaps_of(pl.DataFrame([row | counts], schema=schemas.REGISTER_OVERLAP), told)
        return pair

    assert pair_with(hidden) == pair_with(4)
    assert pair_with(hidden).both == Text("约 200", "about 200")
    assert pair_with(hidden).right_only == Text("约 1,240", "about 1,240")
    assert pair_with(0).both == same("199")


def test_a_share_without_anybody_is_a_dash() -> None:
    assert share_in_both(0, 0) == same("–")


def test_lags_add_up_and_small_estates_are_only_counted(told: PageFacts) -> None:
    lags = lags_of(update_lag(), told)
    assert lags.month == MONTHS[-1]
    for lag in (*lags.departments, *lags.estates):
        assert sum(bucket.share for bucket in lag.buckets) == pytest.approx(1)
    assert "柳林家园" not in {lag.place.zh for lag in lags.estates}
    assert lags.estates_withheld > 0
    late = [lag.late_share for lag in lags.estates]
    assert late == sorted(late, reverse=True)
    assert len(lags.departments) == 4
    listed = Counter(lag.department for lag in lags.estates)
    assert set(listed.values()) == {ESTATES_SHOWN}
    assert len(lags.estates) + lags.estates_left_out + lags.estates_withheld == 4 * len(ESTATES)


def test_a_department_with_a_handful_of_updates_has_no_picture(told: PageFacts) -> None:
    few = update_lag().filter(pl.col("estate") == "柳林家园").filter(pl.col("department") == "police").head(2)
    (lag,) = lags_of(few.with_columns(month=pl.lit("2026-03"), updates=pl.lit(2)), told).departments
    assert lag.updates == "<10"
    assert lag.late == "–"
    assert lag.buckets == ()


def test_problems_beyond_the_first_eight_are_one_line(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [("police", "residents", f"p{n}", "甲", "a", "2026-W10", 1, 1, 0, 0, n) for n in range(1, 12)],
        schema=schemas.RETURN_SUMMARY,
        orient="row",
    )
    (police,) = returns_of(rows, told).departments
    assert [line.open for line in police.problems] == ["11", "10", "9", "8", "7", "6", "5", "4", "6"]
    assert police.problems[-1].title == Text("其他 3 类", "3 other problems")
    assert police.total.open == "66"


def test_a_week_without_a_change_keeps_what_was_open(told: PageFacts) -> None:
    housing = next(entry for entry in returns_of(return_summary(), told).departments if entry.department == "housing")
    opens = [week.open for week in housing.weeks]
    assert opens[3] == opens[2]
    assert opens[4] == opens[2]
    assert housing.weeks[3].closed == 0


def test_the_closed_share_counts_what_departments_did(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [("police", "residents", "p", "甲", "a", "2026-W10", 5, 3, 1, 40, 6)],
        schema=schemas.RETURN_SUMMARY,
        orient="row",
    )
    returns = returns_of(rows, told)
    assert returns.total.closed_share == "40.0%", "withdrawn entries count neither way"
    assert returns.total.open == "6"


def test_the_same_problem_in_two_feeds_adds_up(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [
            ("police", "residents", "p", "甲", "a", "2026-W10", 5, 3, 1, 40, 6),
            ("police", "incidents", "p", "甲", "a", "2026-W10", 1, 1, 0, 0, 10),
        ],
        schema=schemas.RETURN_SUMMARY,
        orient="row",
    )
    (police,) = returns_of(rows, told).departments
    assert police.weeks[-1].open == 16
    (problem,) = police.problems
    assert (problem.open, problem.corrected) == ("16", "4")


@pytest.mark.parametrize(
    ("severity", "success", "feed", "share"),
    [
        ("warning", False, "residents", None),
        ("critical", True, "residents", None),
        ("critical", False, "residents", 1.0),
        ("warning", False, None, 0.5),
    ],
)
def test_fewer_than_ten_rows_of_a_feed_prove_nothing_but_a_critical_failure(
    told: PageFacts, severity: str, success: bool, feed: str | None, share: float | None
) -> None:
    row = quality_checks().filter(pl.col("feed") == "residents").head(1)
    few = row.with_columns(
        *(pl.lit(value).alias(name) for name, value in {"elements": 4, "missing": 2, "unexpected": 1}.items()),
        severity=pl.lit(severity),
        success=pl.lit(success),
        feed=pl.lit(feed, pl.String),
    )
    (group,) = rules_of(few, told).groups
    (rule,) = group.broken + group.clean
    assert rule.latest.share == share


def test_a_problem_that_only_we_took_back_is_not_listed(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [
            ("police", "residents", "p", "甲", "a", "2026-W10", 1, 0, 0, 1, 0),
            ("police", "residents", "q", "乙", "b", "2026-W10", 1, 1, 0, 0, 0),
        ],
        schema=schemas.RETURN_SUMMARY,
        orient="row",
    )
    (police,) = returns_of(rows, told).departments
    assert [line.title.en for line in police.problems] == ["b"]


def test_values_that_are_missing_are_not_judged(told: PageFacts) -> None:
    row = quality_checks().filter(pl.col("elements").is_not_null() & pl.col("feed").is_not_null()).head(1)
    half = row.with_columns(elements=pl.lit(100), missing=pl.lit(50), unexpected=pl.lit(10))
    (group,) = rules_of(half, told).groups
    assert group.broken[0].latest.share == 0.2


def test_what_happened_before_the_weeks_shown_still_counts(told: PageFacts) -> None:
    rows = pl.DataFrame(
        [
            ("police", "residents", "p", "甲", "a", "2025-W02", 9, 5, 0, 0, 4),
            ("police", "residents", "p", "甲", "a", "2026-W10", 0, 2, 0, 0, 2),
        ],
        schema=schemas.RETURN_SUMMARY,
        orient="row",
    )
    (police,) = returns_of(rows, told).departments
    assert police.total.corrected == "7"
    assert [week.open for week in police.weeks] == [4] * 11 + [2]
