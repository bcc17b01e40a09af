"""Every incident counts at one place, or is left out for one reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places_town import AS_OF, SHANGHAI, address, addresses, at, incident, incidents, town

from pipelines.config import RiskConfig
from pipelines.risk.places.inputs import count_inputs
from pipelines.risk.places.locating import Window, locate_incidents
from pipelines.risk.places.positions import address_positions
from pipelines.risk.places.register_points import register_points
from pipelines.risk.places.study_area import follow_study_area, grid_of

POINTS = register_points(town())
CELLS = follow_study_area(POINTS, None, RiskConfig(), AS_OF)
WINDOW = Window(AS_OF - dt.timedelta(days=300), AS_OF)
HOME = at(0.5, 0.5)  # of building B00
AT_B00: dict[str, Any] = {"address_code": "B00", "building_code": "B00", "estate_code": "S0"}


def located(*rows: dict[str, Any]) -> dict[str, tuple[str, str, str | None]]:
    """Return by key: state, reason, and the cell's name (null when left out)."""
    found = locate_incidents(incidents(*rows), POINTS, CELLS, grid_of(CELLS), WINDOW, 500.0)
    names = CELLS["cell"].to_list()
    return {
        row["record_key"]: (
            row["state"],
            row["reason"],
            None if row["cell_index"] is None else names[row["cell_index"]],
        )
        for row in found.rows(named=True)
    }


def cell_at(east: float, north: float) -> str:
    """Return the name of the cell that an incident with these coordinates counts in."""
    state, _, cell = located(incident("probe", **at(east, north)))["probe"]
    assert state == "used"
    assert cell is not None
    return cell


CASES: list[tuple[str, dict[str, Any], str, str, tuple[float, float] | None]] = [
    ("coordinates alone", HOME, "used", "point", (0.5, 0.5)),
    ("coordinates near the address", AT_B00 | at(3.5, 0.5), "used", "point", (3.5, 0.5)),
    ("coordinates 900 m from the address", AT_B00 | at(9.5, 0.5), "used", "far_from_address", (0.5, 0.5)),
    ("coordinates at 0, 0", AT_B00 | {"lon": 0.0, "lat": 0.0}, "used", "far_from_address", (0.5, 0.5)),
    ("longitude and latitude swapped", {"lon": HOME["lat"], "lat": HOME["lon"]}, "used", "swapped_point", (0.5, 0.5)),
    ("a building without coordinates", AT_B00, "used", "building", (0.5, 0.5)),
    ("an estate 700 m away", {"address_code": "S0", "estate_code": "S0"} | at(0.5, 5.5), "used", "point", (0.5, 5.5)),
    ("an estate alone", {"address_code": "S0", "estate_code": "S0"}, "used", "estate_centre", (0.5, 12.5)),
    ("an estate without a row", {"estate_code": "S2"}, "used", "estate_centre", (6.5, 11.0)),
    ("only a longitude", {"lon": HOME["lon"]}, "left_out", "no_place", None),
    ("neither", {}, "left_out", "no_place", None),
    ("in the sea", {"lon": 123.0, "lat": 30.0}, "left_out", "outside_area", None),
    ("between two estates' fields", at(28.0, 10.0), "left_out", "outside_area", None),
    ("a false alarm", HOME | {"outcome": "误报"}, "left_out", "false_alarm", None),
    ("clocks out of order", HOME | {"is_clock_ordered": False}, "used", "clock_out_of_order", (0.5, 0.5)),
]


@pytest.mark.parametrize(("why", "given", "state", "reason", "place"), CASES, ids=[case[0] for case in CASES])
def test_where_an_incident_counts(
    why: str, given: dict[str, Any], state: str, reason: str, place: tuple[float, float] | None
) -> None:
    cell = cell_at(*place) if place else None
    assert located(incident("a", **given))["a"] == (state, reason, cell), why


def test_the_days_that_count_are_those_of_the_window() -> None:
    days = {"tomorrow": -1, "today": 0, "first": 300, "older": 301}
    found = located(*(incident(key, days_ago, **at(number, 0)) for number, (key, days_ago) in enumerate(days.items())))
    reasons = {key: reason for key, (_, reason, _) in found.items()}
    assert reasons == {"tomorrow": "in_future", "today": "point", "first": "point", "older": "before_history"}
    untimed = incident("untimed", **HOME) | {"reported_on": None, "reported_at": None, "month": None}
    assert located(untimed)["untimed"][1] == "no_time"


def test_the_same_call_entered_twice_counts_once_unless_its_time_is_lost() -> None:
    twice = [incident("a1", **HOME), incident("a2", **HOME), incident("a3", category="火灾", **HOME)]
    midnight = dt.datetime(2026, 2, 19, tzinfo=SHANGHAI)
    lost = [incident(key, reported_at=midnight, **at(3.5, 0.5)) for key in ("b1", "b2")]
    elsewhere = [incident(f"c{estate}", estate_code=estate) for estate in ("S2", "S3")]
    reasons = {key: reason for key, (_, reason, _) in located(*twice, *lost, *elsewhere).items()}
    assert reasons == {"a1": "point", "a2": "double_entry", "a3": "point", "b1": "point", "b2": "point"} | {
        "cS2": "estate_centre",
        "cS3": "estate_centre",
    }


def test_a_false_alarm_does_not_hide_the_true_call() -> None:
    found = located(incident("a1", outcome="误报", **HOME), incident("a2", **HOME))
    assert [reason for _, reason, _ in found.values()] == ["false_alarm", "point"]


def shifted(count: int, east: float, north: float, scatter: float = 0.2) -> list[dict[str, Any]]:
    """Return calls at buildings whose coordinates are so many hundreds of metres off, and one without an address."""
    spread = [scatter * (number % 5 - 2) for number in range(count)]
    rows = [
        incident(
            f"s{n:02d}",
            n + 1,
            address_code=f"B{n % 8}{n // 8}",
            **at(3 * (n % 8) + 0.5 + east + spread[n], 3 * (n // 8) + 0.5 + north - spread[n]),
        )
        for n in range(count)
    ]
    return [*rows, incident("alone", 1, **at(0.5 + east, 0.5 + north))]


def test_a_feed_in_the_shifted_system_of_web_maps_is_moved_back() -> None:
    found = located(*shifted(40, 4.5, -2.5))  # 515 m: east-south-east, as GCJ-02 is in the lower Yangtze
    assert found["alone"] == ("used", "shifted_point", cell_at(0.5, 0.5))
    assert {reason for _, reason, _ in found.values()} == {"shifted_point"}
    west = located(*shifted(40, 6.0, -2.5))["alone"]  # 650 m: farther than any coordinates alone are believed
    assert west == ("used", "shifted_point", cell_at(0.5, 0.5))


@pytest.mark.parametrize(
    ("count", "east", "scatter"),
    [(28, 4.0, 0.2), (40, 0.8, 0.2), (40, 2.0, 2.0)],
    ids=["too few to tell", "under 100 m", "no common step"],
)
def test_what_is_no_common_step_is_left_alone(count: int, east: float, scatter: float) -> None:
    found = located(*shifted(count, east, 0.0, scatter))
    assert found["alone"] == ("used", "point", cell_at(0.5 + east, 0.5))


def test_one_busy_house_beside_its_mast_does_not_move_the_calls_of_all_others() -> None:
    calls = [incident(f"m{n:02d}", n + 1, address_code="B00", **at(4.5, 0.5)) for n in range(40)]
    found = located(*calls, incident("alone", 1, **at(4.5, 0.5)))
    assert found["alone"] == ("used", "point", cell_at(4.5, 0.5))
    assert {reason for _, reason, _ in found.values()} == {"point"}


def test_a_house_is_an_address_and_a_building_without_a_row_lies_amid_its_rooms() -> None:
    rooms = [address(f"R{n}", level="room", building_code="B9", **at(0, north)) for n, north in enumerate((0, 2, 1))]
    house = address("H1", level="house_number", building_code=None, **at(5, 5))
    found = address_positions(register_points(addresses(*rooms, house)))
    sources = dict(found.select("code", "source").rows())
    assert sources == {"R0": "address", "R1": "address", "R2": "address", "H1": "address", "B9": "building"}
    assert found.filter(code="B9")["at_lat"].item() == pytest.approx(at(0, 1)["lat"])


ANYTHING = st.builds(
    lambda number, days, place, extra: incident(str(number), days, **place, **extra),
    st.integers(0, 10_000),
    st.integers(-5, 400),
    st.sampled_from([HOME, AT_B00, AT_B00 | at(9, 0), {}, {"lon": 0.0, "lat": 0.0}, {"lon": 31.0, "lat": 118.0}]),
    st.sampled_from([{}, {"outcome": "误报"}, {"category": None}, {"category": "外星人"}, {"is_clock_ordered": False}]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ANYTHING, max_size=30, unique_by=lambda row: row["record_key"]), st.randoms(use_true_random=False))
def test_no_incident_is_lost_or_counted_twice_in_any_order(rows: list[dict[str, Any]], random: Any) -> None:
    found = locate_incidents(incidents(*rows), POINTS, CELLS, grid_of(CELLS), WINDOW, 500.0)
    counted = count_inputs(found)
    assert counted.filter(pl.col("incident_class") != "all")["incidents"].sum() == len(rows)
    assert counted.filter(pl.col("incident_class") == "all")["incidents"].sum() == len(rows)
    assert found.filter(pl.col("state") == "used")["cell_index"].null_count() == 0
    shuffled = random.sample(rows, len(rows))
    again = locate_incidents(incidents(*shuffled), POINTS, CELLS, grid_of(CELLS), WINDOW, 500.0)
    assert again.equals(found)


def test_each_category_has_its_class_and_the_rest_is_the_rest() -> None:
    wanted = {
        "入室盗窃": "theft",
        "邻里纠纷": "brawl_and_quarrel",
        "走失": "missing_or_other",
        "新类": "missing_or_other",
    }
    rows = incidents(
        *(incident(name, category=name, **HOME) for name in wanted), incident("none", category=None, **HOME)
    )
    found = locate_incidents(rows, POINTS, CELLS, grid_of(CELLS), WINDOW, 500.0)
    assert dict(found.select("record_key", "incident_class").rows()) == wanted | {"none": "missing_or_other"}
