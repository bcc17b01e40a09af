"""One night from the facts to the tables, with good data and with every kind of bad."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from places_town import AS_OF, address, addresses, at, buildings, every, incident, incidents, scan_of, town

from pipelines.config import RiskConfig
from pipelines.risk.places import night
from pipelines.risk.places.assembling import FORECAST_KEY
from pipelines.risk.places.classes import incident_classes
from pipelines.risk.places.evaluation import BACKTEST_KEY
from pipelines.risk.places.intervals import mean_interval
from pipelines.risk.places.night import forecast_places, model_entries
from pipelines.risk.places.outputs import BACKTEST_SCHEMA, FORECAST_SCHEMA, PlaceTables
from pipelines.risk.places.study_area import CELL_SCHEMA
from pipelines.risk.register import Permission, register_models

CONFIG = RiskConfig()
CLASSES = [one.name for one in incident_classes()]


def calls(seed: int = 1, days: int = 420) -> pl.DataFrame:
    """Return 1,500 calls at the buildings of the town, most of them at a few."""
    random = np.random.default_rng(seed)
    shares = random.gamma(0.4, 1.0, 64)
    chosen = random.choice(64, 1_500, p=shares / shares.sum())
    categories = ["盗窃", "电信网络诈骗", "噪音扰民", "家庭纠纷", "其他"]
    return incidents(
        *(
            incident(
                str(number),
                int(random.integers(0, days)),
                category=categories[number % 5],
                reported_at=None,
                address_code=f"B{b // 8}{b % 8}",
                building_code=f"B{b // 8}{b % 8}",
                **(at(3 * (b // 8) + 0.5, 3 * (b % 8) + 0.5) if number % 2 else {}),
            )
            for number, b in enumerate(chosen)
        )
    )


def run(rows: pl.DataFrame, register: pl.DataFrame | None = None, **given: Any) -> PlaceTables:
    """Return the tables of a first night."""
    known = town() if register is None else register
    return forecast_places(scan_of(known, rows, given.get("houses")), lambda _: None, CONFIG, AS_OF)


@pytest.fixture(scope="module")
def usual() -> PlaceTables:
    return run(calls())


def test_every_cell_and_large_building_is_told_for_every_class(usual: PlaceTables) -> None:
    forecast = usual.risk_place_forecast
    assert forecast.select(FORECAST_KEY).is_duplicated().sum() == 0
    assert forecast.height == 7 * (usual.risk_cell["in_study_area"].sum() + 64)
    assert usual.backtest.select(BACKTEST_KEY).is_duplicated().sum() == 0
    assert dict(forecast.schema) == dict(FORECAST_SCHEMA)
    assert dict(usual.backtest.schema) == dict(BACKTEST_SCHEMA)
    assert set(forecast["history_weeks"]) <= {26, 52}
    assert set(forecast["to_day"] - forecast["from_day"]) == {dt.timedelta(days=27)}


def test_counts_are_those_of_the_window(usual: PlaceTables) -> None:
    everything = usual.risk_place_forecast.filter(incident_class="all")
    rows = calls()
    weeks = everything.filter(place_kind="cell")["history_weeks"][0]
    inside = rows.filter(pl.col("reported_on") > AS_OF - dt.timedelta(weeks=weeks))
    assert everything.filter(place_kind="cell")["past_count"].sum() == inside.height
    half_year = rows.filter(pl.col("reported_on") > AS_OF - dt.timedelta(weeks=26))
    at_b33 = everything.filter(place_kind="building", place="B33")["past_count"].item()
    assert at_b33 == half_year.filter(building_code="B33").height


def test_ranks_follow_the_expectation_and_lists_their_street(usual: PlaceTables) -> None:
    cells = usual.risk_place_forecast.filter(incident_class="all", place_kind="cell")
    known = cells.filter(state="known").sort("rank")
    assert known["expected"].is_sorted(descending=True)
    assert known["rank"][0] == 1
    assert cells.filter(state="unknown")["rank"].null_count() == cells.filter(state="unknown").height
    for (_,), of_street in cells.group_by("street"):
        listed = of_street.filter(pl.col("list_rank").is_not_null()).sort("list_rank")
        assert listed["list_rank"].to_list() == list(range(1, 13))
        rest = of_street.filter(pl.col("list_rank").is_null(), pl.col("past_count") > 0)
        assert listed["expected"].min() >= rest["expected"].max()  # type: ignore[operator]
    assert usual.risk_place_forecast.filter(place_kind="building")["list_rank"].null_count() == 7 * 64


def test_reasons_say_what_was_counted_in_both_languages(usual: PlaceTables) -> None:
    forecast = usual.risk_place_forecast
    first = forecast.filter(incident_class="all", place_kind="cell", list_rank=1, street="平安街道").row(0, named=True)
    for reason in (first["reasons_zh"], first["reasons_en"]):
        assert str(first["past_count"]) in reason
        assert str(first["history_weeks"]) in reason
    unknown = forecast.filter(state="unknown")
    assert unknown["reasons_zh"].str.contains("不等于安全").all()
    parts = forecast.select(
        zh=pl.col("reasons_zh").str.split("；").list.len(), en=pl.col("reasons_en").str.split("; ").list.len()
    )
    assert (parts["zh"] == parts["en"]).all()


def test_the_same_incidents_in_another_order_give_the_same_tables(usual: PlaceTables) -> None:
    again = run(calls().sample(fraction=1.0, shuffle=True, seed=3), town().sample(fraction=1.0, shuffle=True, seed=4))
    assert again.risk_cell.equals(usual.risk_cell)
    assert again.risk_input.equals(usual.risk_input)
    assert again.risk_place_forecast.equals(usual.risk_place_forecast)
    assert again.backtest.equals(usual.backtest)


def test_one_model_is_published_per_class_and_the_forecast_names_it(usual: PlaceTables) -> None:
    overall = usual.backtest.filter(pl.col("origin") == "all", pl.col("area_share") == 0.05, pl.col("published"))
    told = usual.risk_place_forecast.filter(place_kind="cell").select("incident_class", "model").unique()
    assert sorted(overall.select("incident_class", "model").rows()) == sorted(told.rows())
    assert len(overall) == 7
    assert set(usual.backtest.filter(incident_class="all", origin="all")["origins"]) == {12}


def test_the_interval_of_the_gain_follows_from_the_rows_of_the_origins(usual: PlaceTables) -> None:
    rows = usual.backtest.filter(pl.col("origin") != "all", model="ewma", incident_class="all", area_share=0.05).sort(
        "origin"
    )
    got, bar = (rows.select(pl.col(rate) * pl.col("events")).to_series() for rate in ("hit_rate", "baseline_hit_rate"))
    low, high = mean_interval(((got - bar) / bar.mean()).to_numpy(), 0.5)  # 28 days every 14
    told = usual.backtest.filter(model="ewma", incident_class="all", area_share=0.05, origin="all").row(0, named=True)
    assert (told["gain_low"], told["gain_high"]) == (pytest.approx(low), pytest.approx(high))
    assert told["gain"] == pytest.approx(got.sum() / bar.sum() - 1)


def test_small_buildings_and_unplaced_ones_are_no_place_of_their_own() -> None:
    houses = buildings(town()).with_columns(dwellings=pl.int_range(0, 64, dtype=pl.Int64))
    found = run(calls(), houses=houses).risk_place_forecast.filter(place_kind="building", incident_class="all")
    assert found.height == 54
    unknown_size = buildings(town()).with_columns(dwellings=pl.lit(None, pl.Int64))
    assert run(calls(), houses=unknown_size).risk_place_forecast.filter(place_kind="building").is_empty()
    unplaced = buildings(town()).with_columns(lon=pl.lit(None, pl.Float64))
    told = run(calls(), houses=unplaced).risk_place_forecast.filter(place_kind="building", incident_class="all")
    with_calls = set(calls().filter(pl.col("reported_on") > AS_OF - dt.timedelta(weeks=26))["building_code"])
    assert set(told.filter(state="known")["place"]) == with_calls


def test_what_kind_of_call_comes_from_a_few_homes_is_not_told() -> None:
    """A lonely house in B33's cell, another in a cell of its own: no difference of open numbers is theirs."""
    lonely = [("H1", at(9.7, 9.7), 1), ("H2", at(13.5, 9.5), None)]
    extra = pl.DataFrame(
        [
            buildings(town()).row(0, named=True) | {"building_code": code, "dwellings": homes, **place}
            for code, place, homes in lonely
        ],
        schema=buildings(town()).schema,
    )
    rows = [
        incident(f"{code}{n}", 5 * n + 1, category="家庭纠纷", **place) for code, place, _ in lonely for n in range(6)
    ]
    register = addresses(
        *town().rows(named=True), *(address(code, level="house_number", **place) for code, place, _ in lonely)
    )
    houses = pl.concat([buildings(town()), extra])
    forecast = run(pl.concat([calls(), incidents(*rows)]), register, houses=houses).risk_place_forecast
    quarrels = forecast.filter(incident_class="brawl_and_quarrel")
    hidden = quarrels.filter(pl.col("past_count").is_null())
    assert set(hidden["state"]) == {"unknown"}
    assert hidden.filter(place_kind="cell").height == 1  # H2's
    assert hidden.filter(place_kind="building")["place"].to_list() == ["B33"]  # beside H1
    assert hidden["reasons_zh"].str.contains("不足十户").all()
    fewer = pl.concat([calls(), incidents(*(row for row in rows if row["record_key"].startswith("H1")))])
    without = run(fewer, register, houses=houses).risk_place_forecast.filter(incident_class="brawl_and_quarrel")
    for column in ("past_count", "reasons_zh", "reasons_en", "state"):  # nobody else's words speak of H2
        assert quarrels[column].equals(without[column])
    everything = forecast.filter(incident_class="all", place=hidden.filter(place_kind="cell")["place"].item())
    assert everything["past_count"].item() == 6


BAD: dict[str, tuple[pl.DataFrame, str]] = {
    "no incident at all": (incidents(), "不足一周"),
    "one incident": (incidents(incident("1", 10, **at(0.5, 0.5))), "不等于安全"),
    "all in the future": (incidents(*every([-3, -40], "f", **at(0.5, 0.5))), "不足一周"),
    "three days of record": (incidents(*every([0, 1, 2], "d", **at(0.5, 0.5))), "不足一周"),
    "all at one place": (incidents(*every(range(200), "p", **at(0.5, 0.5))), "不等于安全"),
    "silent for months": (
        incidents(*every(range(90, 300), "s", delivered_on=AS_OF - dt.timedelta(days=89), **at(0.5, 0.5))),
        "已过期",
    ),
    "silent in the middle": (incidents(*every([*range(30), *range(250, 300)], "m", **at(0.5, 0.5))), "不等于安全"),
    "no time, no place": (
        incidents(incident("x") | {"reported_on": None, "reported_at": None, "month": None}),
        "不足一周",
    ),
    "only false alarms": (incidents(*every(range(50), "a", outcome="误报", **at(0.5, 0.5))), "不足一周"),
}


@pytest.mark.parametrize("why", list(BAD))
@pytest.mark.filterwarnings("error")
def test_bad_input_is_told_and_stops_no_night(why: str) -> None:
    rows, words = BAD[why]
    tables = run(rows)
    assert tables.risk_input.filter(pl.col("incident_class") == "all")["incidents"].sum() == rows.height
    forecast = tables.risk_place_forecast
    assert forecast.height == 7 * (tables.risk_cell.height + 64)
    unknown = forecast.filter(state="unknown")
    assert unknown["reasons_zh"].str.contains(words).all()
    assert unknown["expected"].null_count() == unknown.height > 0
    assert forecast.filter(pl.col("state") == "known").select("expected", "expected_low", "rank").null_count().row(
        0
    ) == (0, 0, 0)
    untested = tables.backtest.filter(pl.col("origins") == 0)
    assert (untested["origin"] == "all").all()
    assert untested["hit_rate"].null_count() == untested.height
    assert set(tables.backtest["incident_class"]) == set(CLASSES)


@pytest.mark.filterwarnings("error")
def test_a_home_before_its_first_delivery_has_empty_tables_with_all_columns() -> None:
    nothing = run(incidents(), addresses())
    assert dict(nothing.risk_cell.schema) == CELL_SCHEMA
    assert dict(nothing.risk_place_forecast.schema) == dict(FORECAST_SCHEMA)
    assert dict(nothing.backtest.schema) == dict(BACKTEST_SCHEMA)
    no_register = run(calls(), addresses())
    assert no_register.risk_place_forecast.is_empty()
    reasons = (
        no_register.risk_input.filter(pl.col("incident_class") == "all")
        .group_by("reason")
        .agg(pl.col("incidents").sum())
    )
    assert dict(reasons.rows()) == {"outside_area": 750, "no_place": 750}


def test_a_short_record_says_how_long_its_window_is() -> None:
    tables = run(calls(days=100))
    assert set(tables.risk_place_forecast["history_weeks"]) == {14}
    assert tables.risk_place_forecast["reasons_zh"].str.contains("近14周").all()
    assert set(tables.backtest["origins"]) == {0}
    assert tables.backtest.filter(model="ewma")["gate_reason_en"].str.contains("Only 0 of 12").all()


def test_a_late_export_makes_no_quiet_weeks() -> None:
    dense = incidents(*every([20 + number / 3 for number in range(600)], "d", reported_at=None, **at(0.5, 0.5)))
    told = run(dense).risk_place_forecast.filter(incident_class="all", place_kind="cell", state="known")
    assert set(told["trained_until"]) == {AS_OF - dt.timedelta(days=20)}
    assert told["past_count"].max() == 3 * 26 * 7
    rare = incidents(*every([20 + 7 * number for number in range(40)], "r", **at(0.5, 0.5)))
    quiet = run(rare).risk_place_forecast.filter(incident_class="all", place_kind="cell", state="known")
    assert set(quiet["trained_until"]) == {AS_OF}
    assert quiet["past_count"].max() == 24  # of 26 weeks, the last 20 days without any


def test_a_mistyped_year_does_not_stretch_the_record() -> None:
    rows = pl.concat([calls(days=100), incidents(incident("old", 415, **at(0.5, 0.5)))])
    assert set(run(rows).risk_place_forecast["history_weeks"]) == {14}


def test_without_its_row_in_the_register_a_mart_is_empty_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Permission(published=False, reason_zh="无", reason_en="none")
    monkeypatch.setattr(night, "may_publish", lambda *_: refused)
    tables = run(calls())
    assert (tables.risk_place_forecast.height, tables.backtest.height) == (0, 0)
    assert dict(tables.risk_place_forecast.schema) == dict(FORECAST_SCHEMA)
    assert tables.risk_cell.height > 0
    assert tables.risk_input.height > 0


def test_the_register_is_told_of_every_model_that_was_published(usual: PlaceTables) -> None:
    tables = {
        "marts.risk_place_forecast": usual.risk_place_forecast,
        "marts.backtest": usual.backtest,
        "marts.risk_input": usual.risk_input,
    }
    entries = model_entries(lambda table: tables[table].lazy())
    forecasts = {entry.model for entry in entries if entry.mart == "marts.risk_place_forecast"}
    assert forecasts == set(usual.risk_place_forecast.filter(place_kind="cell")["model"])
    assert {entry.data_until for entry in entries} == {AS_OF}
    rolling = next(entry for entry in entries if entry.mart == "marts.backtest")
    overall = usual.backtest.filter(model="counts", incident_class="all", origin="all", area_share=0.05)
    assert rolling.scores["all.hit_rate"] == overall["hit_rate"].item()
    assert register_models(entries, AS_OF).filter(mart="marts.backtest")["published"].item()
