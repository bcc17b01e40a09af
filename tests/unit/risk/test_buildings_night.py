"""The test of the order out of time, and a whole night of buildings."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from buildings_facts import AS_OF, Row, Scan, building, facts, incident, order, shuffled

import pipelines.risk.buildings.night as night
from pipelines.risk.buildings.backtest import check_points
from pipelines.risk.buildings.evaluation import EVALUATION, share_listed
from pipelines.risk.buildings.events import happened
from pipelines.risk.buildings.points import building_points
from pipelines.risk.register import Permission

ORIGIN = AS_OF - timedelta(days=91)
LONG_AGO = AS_OF - timedelta(days=360)


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(True, "", ""))


def orders_of(scan: Scan) -> tuple[dict[str, str], pl.DataFrame]:
    buildings = scan("facts.building").collect()
    verdict = check_points(
        buildings, scan("facts.device").collect(), happened(scan, buildings), AS_OF, building_points()
    )
    return dict(verdict.orders), verdict.rows


def fires_after(codes: list[str]) -> list[Row]:
    after = [incident(code, ORIGIN + timedelta(days=5 + n % 80)) for n, code in enumerate(codes)]
    return [incident(None, LONG_AGO), *after]


def test_a_tie_is_shared_so_that_no_order_of_rows_favours_one() -> None:
    assert share_listed(pl.Series([3.0, 1.0, 1.0, None]), 0.5).to_list() == [1.0, 0.5, 0.5, 0.0]
    assert share_listed(pl.Series([0, 0, 0, 0, 0]), 0.2).to_list() == [0.2] * 5


def test_points_are_used_where_they_find_what_counts_cannot() -> None:
    # forty fires come to the ten timber houses out of a hundred; none of them burnt before
    timber = [building(f"E1-{n}", structure="砖木", built_year=1950) for n in range(10)]
    frames = [building(f"E2-{n}") for n in range(90)]
    codes = [f"E1-{n % 10}" for n in range(40)]
    ways, rows = orders_of(facts(building=[*timber, *frames], incident=fires_after(codes)))
    found = {(row["model"], row["measure"]): row for row in rows.iter_rows(named=True)}
    assert ways["fire"] == "points"
    assert found[("fire_points", "hit_rate_top_10")]["value"] == pytest.approx(1.0)
    assert found[("fire_counts", "hit_rate_top_10")]["value"] == pytest.approx(0.1)  # ties: a tenth of everything
    assert found[("fire_points", "gain_over_counts")]["cases"] == 40


def test_counts_are_used_where_points_miss() -> None:
    # fires come back to ten houses that are young, low and framed: their past tells, their points do not
    timber = [building(f"E1-{n}", structure="砖木", built_year=1950) for n in range(90)]
    frames = [building(f"E2-{n}", dwellings=12) for n in range(10)]
    codes = [f"E2-{n % 10}" for n in range(40)]
    past = [incident(code, LONG_AGO + timedelta(days=n)) for n, code in enumerate(codes[:20])]
    ways, rows = orders_of(facts(building=[*timber, *frames], incident=[*fires_after(codes), *past]))
    assert ways["fire"] in ("counts", "shrunk_counts")
    gain = rows.filter(model="fire_points", measure="gain_over_counts").row(0, named=True)
    assert gain["value"] < 0


def test_nothing_is_measured_of_few_events_and_counts_shrunk_by_homes_stay() -> None:
    told = [*fires_after(["E1-1"] * 3), incident("E1-1", ORIGIN)]  # of the quarter that ends with it alone
    ways, rows = orders_of(facts(building=[building("E1-1")], incident=told))
    assert ways == {"fire": "shrunk_counts", "blocked_passage": "shrunk_counts"}
    assert rows["value"].null_count() == rows.height
    assert rows.filter(model="fire_points", measure="hit_rate_top_10")["cases"].to_list() == [4]


def test_what_happens_after_an_origin_moves_no_list_of_that_origin() -> None:
    buildings = [building(f"E1-{n}", built_year=1950 + n) for n in range(60)]
    past = [incident(f"E1-{n}", LONG_AGO + timedelta(days=n)) for n in range(20)]
    one = fires_after(["E1-3"] * 40)
    both = orders_of(facts(building=buildings, incident=[*past, *one]))[1]
    twice = orders_of(facts(building=buildings, incident=[*past, *one, *one[1:]]))[1]
    value = pl.col("measure") == "hit_rate_top_10"
    assert both.filter(value)["value"].to_list() == twice.filter(value)["value"].to_list()


def city() -> Scan:
    buildings = [
        building(f"E{n // 6}-{n}", built_year=1960 + n, storeys=1 + n % 20, dwellings=6 + 3 * n, homes_vacant=n % 5)
        for n in range(48)
    ]
    days = [date(2025, 4, 1) + timedelta(days=3 * n) for n in range(100)]
    codes = [f"E{(7 * n % 48) // 6}-{7 * n % 48}" for n in range(100)]
    return facts(
        building=buildings,
        incident=[incident(code, on) for code, on in zip(codes, days, strict=True)],
        workorder=[order(code, on) for code, on in zip(codes[::-1], days, strict=True)],
    )


def test_a_night_has_its_schema_and_does_not_depend_on_the_order_of_rows() -> None:
    first = night.assess_buildings(city(), AS_OF)
    assert dict(first.schema) == night.RISK_BUILDING
    assert first["address_code"].is_sorted()
    assert first.filter(pl.col("tier") == 1).height == 2
    assert first.equals(night.assess_buildings(shuffled(city()), AS_OF))
    rows = night.evaluate_buildings(city(), AS_OF)
    assert dict(rows.schema) == EVALUATION
    assert rows.equals(night.evaluate_buildings(shuffled(city()), AS_OF))


def test_a_city_before_its_first_delivery_gives_empty_tables() -> None:
    assert dict(night.assess_buildings(facts(), AS_OF).schema) == night.RISK_BUILDING
    assert night.evaluate_buildings(facts(), AS_OF)["value"].null_count() == 20


def test_without_a_row_in_the_model_register_nothing_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(False, "无", "none"))
    table = night.assess_buildings(city(), AS_OF)
    assert (table.height, dict(table.schema)) == (0, night.RISK_BUILDING)
