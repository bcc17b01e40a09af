"""The scorecard as a person reads it: lights by department and dimension, worst first; the ledger of past months."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.quality.overview import count_lights, newest_month, worst_first
from pipelines.quality.past import QUALITY_PAST_SCHEMA, quality_past

SCHEMA = QUALITY_PAST_SCHEMA | {"department_zh": pl.String(), "light": pl.String()}


def rows(*given: dict[str, object]) -> pl.DataFrame:
    base: dict[str, object] = {
        "department": "police",
        "department_zh": "公安",
        "feed": "residents",
        "dimension": "validity",
        "metric": "rows_accepted",
        "scope": "",
        "month": "2025-06",
        "unit": "share",
        "direction": "up",
        "light": "green",
        "light_reason": "reached",
        "as_of": date(2025, 6, 30),
    }
    full = [{column: (base | row).get(column) for column in SCHEMA} for row in given]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def test_the_light_of_a_dimension_is_its_worst_that_is_not_grey() -> None:
    quality = rows(
        {"metric": "a", "light": "green"},
        {"metric": "b", "light": "yellow"},
        {"metric": "c", "light": "grey"},
        {"dimension": "accuracy", "metric": "d", "light": "grey"},
        {"dimension": "completeness", "metric": "e", "light": "red"},
    )
    counted = count_lights(quality)
    assert counted["dimension"].to_list() == ["completeness", "validity", "accuracy"]
    assert counted["light"].to_list() == ["red", "yellow", "grey"]
    validity = counted.row(1, named=True)
    assert [validity[light] for light in ("red", "yellow", "green", "grey")] == [0, 1, 1, 1]


def test_an_estate_lights_nothing_and_another_register_does() -> None:
    quality = rows(
        {"department": "civil_affairs", "department_zh": "民政", "feed": "elderly"},
        {"metric": "lag", "scope": "甲小区", "light": "red"},
        {"metric": "overlap", "scope": "civil_affairs_elderly", "light": "yellow"},
    )
    police = count_lights(quality).filter(department="police").row(0, named=True)
    assert (police["red"], police["yellow"], police["light"]) == (0, 1, "yellow")


def test_red_comes_before_yellow_and_the_farther_off_before_the_nearer() -> None:
    registry = pl.DataFrame(
        {"metric": ["m"], "dimension": ["validity"], "advice_zh": ["核对证件"], "advice_en": ["Check the document"]}
    )
    share = {"metric": "m", "target": 0.9, "denominator": 100.0}
    quality = rows(
        {**share, "feed": "near", "light": "yellow", "value": 0.89, "numerator": 89.0},
        {**share, "feed": "far", "light": "red", "value": 0.45, "numerator": 45.0},
        {
            **share,
            "feed": "farther",
            "light": "red",
            "direction": "down",
            "target": 0.05,
            "value": 0.5,
            "numerator": 50.0,
        },
        {**share, "feed": "reached", "value": 0.95, "numerator": 95.0},
        {**share, "feed": "unknown", "light": "grey", "value": None, "numerator": None},
    )
    worst = worst_first(quality, registry)
    assert worst["feed"].to_list() == ["farther", "far", "near"]
    assert worst["wrong"].to_list() == [50.0, 55.0, 11.0]
    assert worst["shortfall"].to_list() == pytest.approx([9.0, 0.5, 1 / 90])
    assert set(worst["advice_zh"]) == {"核对证件"}


def test_the_newest_month_is_shown_unless_another_is_asked_for() -> None:
    assert newest_month(rows({"month": "2025-06"}, {"month": "2025-07"})) == "2025-07"
    assert newest_month(rows()) is None


def test_the_ledger_is_the_previous_mart_in_the_order_of_its_grain() -> None:
    mart = rows({"month": "2025-06", "value": 0.5}, {"month": "2025-05", "value": 0.25}).with_columns(more=pl.lit(1))
    ledger = quality_past(mart.lazy())
    assert ledger.schema == pl.Schema(QUALITY_PAST_SCHEMA)
    assert ledger["value"].to_list() == [0.25, 0.5]


@pytest.mark.parametrize("mart", [None, rows({}).drop("month", "scope").lazy()], ids=["no snapshot", "no months yet"])
def test_the_ledger_begins_empty(mart: pl.LazyFrame | None) -> None:
    ledger = quality_past(mart)
    assert ledger.is_empty()
    assert ledger.schema == pl.Schema(QUALITY_PAST_SCHEMA)
