"""Points, factors, score and reasons of buildings, against hand-computed cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from buildings_facts import AS_OF, Row, alarm, building, facts, incident

from pipelines.errors import ConfigError
from pipelines.risk.buildings.events import happened
from pipelines.risk.buildings.factors import part_points
from pipelines.risk.buildings.inputs import building_inputs
from pipelines.risk.buildings.points import POINTS_FILE, building_points
from pipelines.risk.buildings.rates import relative_rates
from pipelines.risk.buildings.scoring import with_factors, with_score
from pipelines.risk.buildings.wording import with_reasons

POINTS = building_points()
FACTORS = list(POINTS.factors)


def scored(buildings: list[Row], incidents: tuple[Row, ...] = (), orders: dict[str, str] | None = None) -> pl.DataFrame:
    scan = facts(building=buildings, incident=incidents)
    known = scan("facts.building").collect()
    inputs = building_inputs(known, scan("facts.device").collect(), happened(scan, known), AS_OF, POINTS.window_days)
    return with_score(with_factors(part_points(inputs, AS_OF, POINTS), POINTS, orders), POINTS)


def test_one_alarm_in_six_homes_is_not_the_worst_house() -> None:
    # expected 1.2, 24 and 4.8 of 30 events; the house of 120 homes with 26 is worse than that of 6 homes with 2
    rates = relative_rates(pl.Series([2, 26, 2]), pl.Series([6.0, 120.0, 24.0]))
    assert rates[0] < 1.3
    assert relative_rates(pl.Series([1, 15, 4]), pl.Series([6.0, 100.0, 294.0])).round(2).to_list() == [1.3, 2.43, 0.36]
    assert relative_rates(pl.Series([0, 0]), pl.Series([6.0, None])).to_list() == [1.0, None]


@pytest.mark.parametrize(
    ("told", "age", "structure", "storeys"),
    [
        ({"built_year": 1976, "structure": "砖木", "storeys": 18}, 1.0, 1.0, 1.0),
        ({"built_year": 1977, "structure": "砖混", "storeys": 17}, 0.8, 0.5, 0.7),
        ({"built_year": 2006, "structure": "钢混", "storeys": 7}, 0.3, 0.0, 0.4),
        ({"built_year": 2007, "structure": "土坯", "storeys": 6}, 0.0, None, 0.0),
        ({"built_year": None, "structure": None, "storeys": None}, None, None, None),
    ],
)
def test_bands_begin_where_the_file_says(
    told: Row, age: float | None, structure: float | None, storeys: float | None
) -> None:
    row = scored([building("E1-1", **told)]).row(0, named=True)
    assert (row["structure.age"], row["structure.structure"], row["fire.storeys"]) == (age, structure, storeys)


@pytest.mark.parametrize(
    ("vacant", "unknown", "homes", "level"),
    [
        (0, 0, 30, "none"), (2, 0, 30, "low"), (5, 0, 30, "medium"), (9, 0, 30, "high"),
        (9, 16, 30, "unknown"),  # of most homes nothing is known
        (9, 0, 9, "unknown"),  # so few homes that a thief would know which
    ],
)  # fmt: skip
def test_vacancies_are_told_in_levels_alone(vacant: int, unknown: int, homes: int, level: str) -> None:
    row = building("E1-1", homes_vacant=vacant, homes_unknown=unknown, dwellings=homes)
    assert scored([row])["vacancy_level"].to_list() == [level]


def test_contributions_add_up_and_an_unknown_factor_counts_as_the_mean() -> None:
    buildings = [
        building("E1-1", homes_vacant=9), building("E1-2"), building("E1-3", homes_unknown=30),
        building("E1-4", built_year=None, structure=None),
    ]  # fmt: skip
    table = scored(buildings, (incident("E1-2", AS_OF, "盗窃"),))
    added = table.select(pl.sum_horizontal(f"{factor}_contribution" for factor in FACTORS)).to_series()
    known = table.filter(pl.col("score").is_not_null())
    assert known.height == 3
    assert (known["score"] - added.filter(table["score"].is_not_null())).abs().max() < 1e-9
    third = table.row(2, named=True)
    assert (third["vacancy_level"], third["vacancy_points"]) == ("unknown", None)
    assert third["vacancy_contribution"] == pytest.approx(0.1 * (1 + 0 + 0) / 3, abs=1e-6)
    fourth = table.row(3, named=True)
    assert (fourth["score"], fourth["tier"], fourth["rank"]) == (None, None, None)


def test_unknown_is_never_the_last_tier() -> None:
    # no work order was ever told of the estate and no lane is watched: of its passages nothing is known
    table = scored([building(f"E1-{n}") for n in range(40)])
    assert set(table["blocked_passage_level"]) == {"unknown"}
    assert table["tier"].max() == 3
    watched = scored([building(f"E1-{n}", fire_lane_devices=1) for n in range(40)])
    assert watched.group_by("tier").len().sort("tier").rows() == [(1, 2), (2, 6), (3, 12), (4, 20)]


def test_disputes_are_told_from_three_on_and_never_of_a_small_house() -> None:
    quarrels = [incident(code, AS_OF, "邻里纠纷") for code in ["E1-1"] * 2 + ["E1-2"] * 6 + ["E1-3"] * 6]
    table = scored([building("E1-1"), building("E1-2"), building("E1-3", dwellings=9)], tuple(quarrels))
    assert table["dispute_level"].to_list()[0] == "none"
    assert table["dispute_level"].to_list()[2] == "unknown"
    assert table["dispute_points"].to_list()[1] in (0.0, 1 / 3, 2 / 3, 1.0)  # in thirds


def test_the_three_strongest_reasons_in_both_languages() -> None:
    old = building("E1-1", built_year=1970, structure="砖木", dwellings=64, homes_vacant=30)
    others = [building(f"E1-{n}", dwellings=64) for n in range(2, 12)]
    fires = tuple(incident("E1-1", AS_OF) for _ in range(8))
    row = with_reasons(scored([old, *others], fires), POINTS).filter(building_code="E1-1").row(0, named=True)
    # the age speaks in two factors (0.35 x 0.08 + 0.2 x 0.35 / 0.6) and is one reason
    assert row["reasons_zh"].split("；")[0] == "建于1970年"
    assert row["reasons_en"].split("; ")[0] == "built in 1970"
    assert len(row["reasons_zh"].split("；")) == 3
    assert "空置住宅较多" in row["reasons_zh"]
    assert "住宅64套" not in row["reasons_zh"]  # size is no fault of a house while there are others
    assert not set("0123456789") & set(row["reasons_zh"].split("空置")[1].split("；")[0])  # no number of vacancies


def test_ordered_by_counts_the_past_alone_speaks() -> None:
    old, calm = building("E1-1", built_year=1960), building("E1-2")
    fires = (incident("E1-2", AS_OF),)
    table = scored([old, calm], fires, {"fire": "counts"})
    assert dict(table.select("building_code", "fire_points").iter_rows()) == {"E1-1": 0.0, "E1-2": pytest.approx(1 / 3)}
    words = with_reasons(table, POINTS, {"fire": "counts"}).filter(building_code="E1-2")
    assert words["reasons_zh"].item() == "近一年火情与经确认的烟感报警1起"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("weight: 0.35\n    title_zh: 火灾", "weight: 0.45\n    title_zh: 火灾", "factors add up to 1.1"),
        ("min_homes: 10", "min_homes: 1", "min_homes"),
        ("min_homes: 10", "least_homes: 10", "least_homes"),
    ],
)
def test_a_file_of_points_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = POINTS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "building_points.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        building_points(path)


def test_a_house_with_a_detector_is_no_worse_for_being_watched() -> None:
    # each of five detectors rings four times a year: they stand in houses of 6 homes, twenty towers have none
    watched = [building(f"E1-{n}", dwellings=6, smoke_devices=1) for n in range(5)]
    towers = [building(f"E2-{n}", dwellings=90) for n in range(20)]
    scan = facts(
        building=[*watched, *towers],
        incident=[incident("E1-0", AS_OF, "盗窃")],
        sensor_alarm=[
            alarm(f"{n}.{month}", f"S{n}", f"E1-{n}", date(2025, month, 3)) for n in range(5) for month in (4, 6, 8, 10)
        ],
    )
    known = scan("facts.building").collect()
    events = happened(scan, known)
    inputs = building_inputs(known, scan("facts.device").collect(), events, AS_OF, POINTS.window_days)
    history = part_points(inputs, AS_OF, POINTS).select("building_code", "fires", "fire.history")
    assert history.filter(pl.col("fires") == 4).height == 5
    assert set(history["fire.history"]) == {0.0}
