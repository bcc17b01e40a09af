"""What the nights leave of risk, needs and indicators: all marts have rows, counts add up, values drill down."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest
from canonical import snapshot_of

from pipelines.governance.openness import OPEN_TABLES
from pipelines.home import Home
from pipelines.risk.places.classes import EVERYTHING, incident_classes

pytestmark = pytest.mark.slow

OPEN = {
    "marts.risk_cell", "marts.risk_place_forecast", "marts.risk_input", "marts.backtest", "marts.risk_building",
    "marts.risk_evaluation", "marts.model_register", "marts.estate_pressure", "marts.stale_area",
}  # fmt: skip
RESTRICTED = {
    "marts.attention_household", "marts.dispute_escalation", "facts.incident", "facts.building", "facts.resident",
    "facts.dispute", "facts.workorder", "facts.device", "facts.sensor_alarm",
}  # fmt: skip


def read(home: Home, table: str) -> pl.DataFrame:
    return snapshot_of(home).scan(table).collect()


@pytest.mark.parametrize("table", sorted(OPEN | RESTRICTED))
def test_every_table_has_rows(night_by_night: Home, table: str) -> None:
    assert snapshot_of(night_by_night).rows(table) > 0


def test_no_quarter_is_frozen_until_somebody_freezes_one(night_by_night: Home) -> None:
    assert read(night_by_night, "marts.kpi_frozen").is_empty()
    assert snapshot_of(night_by_night).inputs["frozen_quarters"] == []


def test_the_open_catalogue_has_what_is_about_places_alone(night_by_night: Home) -> None:
    seen = {}
    for access in ("open", "restricted"):
        with duckdb.connect(str(night_by_night.published / f"{access}.duckdb"), read_only=True) as reader:
            views = reader.sql("select table_schema || '.' || table_name from information_schema.tables").fetchall()
        seen[access] = {name for (name,) in views}
    assert OPEN <= seen["open"] <= OPEN_TABLES | {"marts.snapshot"}
    assert OPEN | RESTRICTED | seen["open"] <= seen["restricted"]


def test_every_incident_is_counted_once(night_by_night: Home) -> None:
    counted = read(night_by_night, "marts.risk_input")
    incidents = snapshot_of(night_by_night).rows("facts.incident")
    for rows in (counted.filter(incident_class=EVERYTHING), counted.filter(pl.col("incident_class") != EVERYTHING)):
        assert rows["incidents"].sum() == incidents > 0


def test_every_cell_of_the_study_area_has_its_forecast_or_is_unknown(night_by_night: Home) -> None:
    cells = read(night_by_night, "marts.risk_cell").filter("in_study_area")
    forecast = read(night_by_night, "marts.risk_place_forecast").filter(place_kind="cell")
    classes = {one.name for one in incident_classes()}
    assert forecast.height == forecast.select("place", "incident_class").n_unique() == cells.height * len(classes)
    assert set(forecast["place"]) == set(cells["cell"])
    unknown = forecast.filter(state="unknown")
    assert unknown["rank"].null_count() == unknown.height
    known = forecast.filter(state="known")
    assert known.select(
        pl.all_horizontal(pl.col("rank", "expected", "expected_low", "expected_high").is_not_null()).all()
    ).item()


def test_every_published_mart_of_risk_is_in_the_register(night_by_night: Home) -> None:
    register = read(night_by_night, "marts.model_register")
    assert {"marts.risk_place_forecast", "marts.backtest", "marts.risk_building"} <= set(register["mart"])
    assert register.select("mart", "model").is_duplicated().sum() == 0
    for mart, published in register.select("mart", "published").unique().iter_rows():
        assert published == (snapshot_of(night_by_night).rows(mart) > 0), mart


def test_the_study_area_stays_over_the_nights(night_by_night: Home) -> None:
    """Scores of different months compare only over the same area; the first night fixed it."""
    from pipelines.lake.store import Lake

    areas = [
        set(snapshot.scan("marts.risk_cell").filter("in_study_area").select("cell").collect()["cell"])
        for snapshot in Lake(night_by_night).history()
    ]
    assert len(areas) == 3
    assert all(area == areas[0] for area in areas)


def test_every_value_of_an_indicator_is_what_its_own_query_counts(night_by_night: Home) -> None:
    from pipelines.indicators.queries import mismatches

    with duckdb.connect(str(night_by_night.published / "restricted.duckdb"), read_only=True) as reader:
        assert mismatches(reader) == []
