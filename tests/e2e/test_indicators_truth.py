"""Published indicators against the city's truth: exact arithmetic, little lost on people and places, true lights."""

from __future__ import annotations

import polars as pl
import pytest
from small_district import District

from pipelines.city.evaluate.indicators import compare
from pipelines.city.kpi.table import UNKNOWN
from pipelines.home import Home
from pipelines.lake.store import Lake

# Counted from rows that name their community and hold no person: only the arithmetic can be wrong.
EXACT = (
    "camera_coverage",
    "mechanism_awareness",
    "night_safety",
    "plans_in_force",
    "realistic_drills",
    "satisfaction_with_safety",
    "self_rescue_skill",
    "smart_device_coverage",
    "social_organisations",
    "supplies_in_order",
)
SAME = 1e-6

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cells(night_by_night: Home, district: District) -> pl.DataFrame:
    snapshot = Lake(night_by_night).current()
    assert snapshot is not None
    truth = pl.read_parquet(district.report.truth / "truth_kpi.parquet")
    return compare(snapshot.scan("marts.kpi_monthly").collect(), truth)


def test_what_needs_no_address_and_no_person_is_exact(cells: pl.DataFrame) -> None:
    exact = cells.filter(pl.col("indicator").is_in(EXACT) & (pl.col("side") == "both"))
    assert set(exact["indicator"]) == set(EXACT)
    wrong = exact.filter((pl.col("difference").abs() > SAME) | (pl.col("denominator") != pl.col("denominator_true")))
    assert wrong.select("indicator", "area", "month", "value", "value_true").rows() == []


@pytest.mark.parametrize(
    ("indicator", "most", "why"),
    [
        ("register_overlap", 0.02, "identity"),
        ("double_entry", 0.01, "identity"),
        ("residents_taking_part", 0.02, "identity: names without a phone"),
        ("address_validity", 0.02, "addresses"),
        ("mediation_success", 0.05, "addresses"),
        ("disputes_found_proactively", 0.05, "addresses"),
        ("alarms_handled", 0.02, "events that come a night late"),
        ("workorders_closed_in_time", 0.05, "addresses"),
    ],
)
def test_shares_of_the_district_are_near_the_truth(cells: pl.DataFrame, indicator: str, most: float, why: str) -> None:
    known = cells.filter((pl.col("indicator") == indicator) & (pl.col("area_level") == "district"))
    error = known["difference"].abs().mean()
    assert error is not None, "no cell has a value on both sides"
    assert error <= most, why  # type: ignore[operator]


def test_lights_are_those_of_the_truth(cells: pl.DataFrame) -> None:
    coloured = cells.filter((pl.col("light") != "grey") & (pl.col("light_true") != "grey"))
    assert len(coloured) > 300
    same = coloured.filter(pl.col("light") == pl.col("light_true"))
    assert len(same) >= 0.98 * len(coloured)


def test_every_indicator_that_the_world_knows_is_published(cells: pl.DataFrame) -> None:
    true = set(cells.drop_nulls("value_true")["indicator"])
    published = set(cells.filter(pl.col("light").is_not_null())["indicator"])
    assert true <= published
    assert published - true <= set(UNKNOWN)
