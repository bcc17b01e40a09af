"""What counts as having happened at a building."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from buildings_facts import AS_OF, alarm, at, building, facts, incident, order

from pipelines.risk.buildings.events import begun_on, confirmed_alarms, happened
from pipelines.risk.buildings.inputs import building_inputs

DAY = date(2026, 1, 10)
DAILY = [alarm(f"d{n}", "S1", "E1-1", DAY + timedelta(days=n)) for n in range(5)]

# alarms, incidents that name them, how many count, why
ALARMS = [
    ([alarm("a", "S1", "E1-1", DAY)], [], 1, "somebody handled it"),
    ([alarm("a", "S1", "E1-1", DAY, handled=False)], [], 0, "nobody did"),
    ([alarm("a", "S1", "E1-1", DAY)], [incident("E1-1", DAY, alert_no="a", outcome="误报")], 0, "police call it false"),
    ([alarm("a", "S1", "E1-1", DAY, handled=False)], [incident("E1-1", DAY, alert_no="a")], 1, "police confirm it"),
    (DAILY, [], 0, "a device that rings daily"),
    (DAILY, [incident("E1-1", DAY, alert_no="d3")], 1, "but the police confirm one of its rings"),
    (DAILY[:3], [], 1, "the same kitchen, once a month"),
    ([alarm("a", "S1", "E1-1", DAY), alarm("b", "S2", "E1-1", DAY)], [], 2, "two devices"),
    ([alarm("a", "S1", "E1-1", DAY, type="fault")], [], 0, "a fault is no alarm"),
    ([alarm("a", "S1", "E1-1", DAY, is_future=True)], [], 0, "the clock is wrong"),
]


@pytest.mark.parametrize(("alarms", "incidents", "expected", "why"), ALARMS, ids=[case[3] for case in ALARMS])
def test_an_alarm_counts_when_it_was_real(alarms: list, incidents: list, expected: int, why: str) -> None:
    found = confirmed_alarms(facts(sensor_alarm=alarms, incident=incidents)).collect()
    assert found.height == expected, why


def test_counts_of_a_building_are_of_the_year_before_and_at_the_building() -> None:
    scan = facts(
        building=[building("E1-1"), building("E1-2"), building("E2-1", address_status="停用"),
                  building("N1", level="house_number", estate=None)],
        incident=[
            incident("E1-1", AS_OF), incident("E1-1", AS_OF, outcome="误报"), incident("E1-1", AS_OF - timedelta(366)),
            incident("E1", AS_OF), incident(None, AS_OF), incident("N1", AS_OF),
            incident("E1-1", date(2052, 1, 1), is_future=True), incident("E1-2", AS_OF, "邻里纠纷"),
        ],
        workorder=[order("E1-1", DAY), order("E1", DAY), order("E1-2", DAY, "漏水")],
        sensor_alarm=[alarm("a", "S1", "E1-1", DAY)],
    )  # fmt: skip
    buildings = scan("facts.building").collect()
    inputs = building_inputs(buildings, scan("facts.device").collect(), happened(scan, buildings), AS_OF, 365)
    counts = inputs.select("building_code", "fires", "blocked", "leaks", "troubles", "estate_blocked").rows()
    # a house by its number has no building_code in the facts: it is found by its site
    assert counts == [("E1-1", 2, 1, 0, 0, 1), ("E1-2", 0, 0, 1, 1, 2), ("N1", 1, 0, 0, 0, 0)]
    assert inputs["orders_known"].to_list() == [True, True, False]


def test_no_smoke_alarm_is_told_from_no_knowledge_of_smoke_alarms() -> None:
    east, west = {"street": "东河街道"}, {"street": "西河街道"}
    scan = facts(
        building=[building("E1-1", smoke_devices=1), building("E2-1"), building("E3-1"), building("E4-1", **west)],
        device=[
            at("E1-1", device_id="s1", type="smoke", **east),
            at("E3", device_id="s2", type="smoke", **east),  # somewhere in E3: its house may well have it
            at("E4-1", device_id="s3", type="smoke", status="retired", **west),
        ],
    )
    buildings = scan("facts.building").collect()
    inputs = building_inputs(buildings, scan("facts.device").collect(), happened(scan, buildings), AS_OF, 365)
    assert dict(inputs.select("building_code", "smoke_known").iter_rows()) == {
        "E1-1": True, "E2-1": True, "E3-1": False, "E4-1": False,
    }  # fmt: skip


def test_an_event_at_no_building_of_the_register_keeps_its_estate_alone() -> None:
    scan = facts(building=[building("E1-1")], incident=[incident("E1-9", DAY)])
    events = happened(scan, scan("facts.building").collect())
    assert events.select("place", "estate_code", "kind").rows() == [(None, "E1", "fire")]
    assert isinstance(events.schema["on"], pl.Date)


def test_a_mistyped_year_makes_no_century_of_history() -> None:
    days = [date(1926, 1, 1), *(AS_OF - timedelta(days=n) for n in range(150))]
    scan = facts(building=[building("E1-1")], incident=[incident("E1-1", day) for day in days])
    assert begun_on(happened(scan, scan("facts.building").collect())) == AS_OF - timedelta(days=149)
    assert begun_on(happened(facts(), facts()("facts.building").collect())) is None
