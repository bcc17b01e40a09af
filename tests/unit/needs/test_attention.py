"""The list of households in need: what puts a household on it, and in which order a building is emptied."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from needs_world import SCHEMAS, TODAY, World

from pipelines.needs.floors import floors_from_rooms
from pipelines.needs.night import ATTENTION_SCHEMA, TABLES, attention_households

REGISTER = ("register", {})
WELL = [REGISTER]


def sick(health: str) -> list[tuple[str, dict[str, Any]]]:
    return [REGISTER, ("elderly", {"living": "与子女同住", "health": health, "visited_on": date(2026, 1, 5)})]


def paid(benefit: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    return [REGISTER, ("benefit", {"benefit": benefit, **more})]


def needs_of(world: World) -> dict[str, list[str]]:
    rows = attention_households(world.scan, TODAY)
    return dict(zip(rows["household_id"], rows["needs"].to_list(), strict=True))


@pytest.fixture
def world() -> World:
    made = World()
    made.building("B1", "no", ["1-101", "1-401", "1-402", "2-101", "2-601", "10-301"], storeys=6)
    return made


def test_it_asks_for_no_other_table_than_it_says(world: World) -> None:
    asked: set[str] = set()

    def scan(table: str) -> pl.LazyFrame:
        asked.add(table)
        return world.scan(table)

    attention_households(scan, TODAY)
    assert asked == set(TABLES) == set(SCHEMAS)


def test_before_the_first_delivery_it_is_empty_with_all_columns() -> None:
    rows = attention_households(World().scan, TODAY)
    assert rows.is_empty()
    assert rows.schema == ATTENTION_SCHEMA


@pytest.mark.parametrize(
    ("age", "home", "lists", "expect", "why"),
    [
        (82, "B1-1-101", sick("失能"), ["dependent", "very_old"], "told by health and age"),
        (65, "B1-1-101", sick("半失能"), ["semi_dependent"], "partly"),
        (65, "B1-1-101", sick("自理"), [], "well, with children, on the ground floor"),
        (40, "B1-1-101", paid("残疾补贴"), ["disabled"], "an allowance that is paid"),
        (40, "B1-1-101", paid("残疾补贴", stopped_on=date(2025, 1, 1)), [], "an allowance that has stopped"),
        (40, "B1-1-101", paid("低保"), [], "poverty says nothing of stairs"),
        (40, "B1-2-601", paid("残疾补贴"), ["disabled", "high_floor_no_lift"], "and the sixth floor"),
        (62, "B1-2-601", sick("自理"), ["high_floor_no_lift"], "over 60 on the sixth floor"),
        (40, "B1-2-601", WELL, [], "able to walk down"),
        (0.5, "B1-1-101", WELL, ["infant"], "a baby"),
        (4, "B1-2-601", WELL, [], "a child of four walks"),
    ],
)
def test_what_puts_a_household_on_the_list(
    world: World, age: float, home: str, lists: list[Any], expect: list[str], why: str
) -> None:
    world.person("甲", age, home, "u1", lists)
    world.person("乙", 40, home, "u1", WELL)
    assert needs_of(world).get("u1", []) == expect, why


def test_elderly_people_by_themselves_are_a_couple_until_somebody_younger_lives_there(world: World) -> None:
    world.person("甲", 70, "B1-1-101", "u1", WELL)
    world.person("乙", 71, "B1-1-101", "u1", WELL)
    assert needs_of(world) == {"u1": ["elderly_couple"]}
    world.person("丙", 30, "B1-1-101", "u1", [("roll", {"role": "业主"})])  # owns the flat, that is all
    assert needs_of(world) == {"u1": ["elderly_couple"]}
    world.person("丁", 30, "B1-1-101", "u2", WELL)  # a lodger
    assert needs_of(world) == {}


def test_a_lift_of_which_nobody_knows_is_told_as_such() -> None:
    world = World()
    world.building("B1", "unknown", ["1-401"])
    world.building("B2", "yes", ["1-401"])
    for number in (1, 2):
        world.person(f"甲{number}", 70, f"B{number}-1-401", f"u{number}", WELL)
        world.person(f"乙{number}", 30, f"B{number}-1-401", f"u{number}", WELL)
    assert needs_of(world) == {"u1": ["high_floor_lift_unknown"]}


@pytest.mark.parametrize(
    ("gauge", "expect"),
    [
        ({"alarmed_on": date(2025, 7, 1), "building_code": "B1"}, True),
        ({"alarmed_on": date(2025, 7, 1), "lon": 118.0, "lat": 31.001}, True),  # 111 m
        ({"alarmed_on": date(2025, 7, 1), "lon": 118.0, "lat": 31.0015}, False),  # 167 m
        ({"alarmed_on": date(2025, 7, 1), "lon": 118.0013, "lat": 31.0}, True),  # 124 m to the east
        ({"alarmed_on": date(2020, 7, 1), "building_code": "B1"}, False),  # too long ago
        ({"alarmed_on": date(2026, 7, 1), "building_code": "B1"}, False),  # in the future
        ({"alarmed_on": None, "building_code": "B1"}, False),  # it never rang
        ({"alarmed_on": date(2025, 7, 1)}, False),  # nobody knows where
    ],
)
def test_low_floors_near_a_gauge_that_rang(gauge: dict[str, Any], expect: bool) -> None:
    world = World()
    world.building("B1", "no", ["1-101", "1-201"], lon=118.0, lat=31.0)
    world.building("B2", "no", ["1-101"], lon=118.1, lat=31.1)
    world.water(**gauge)
    for number, home in enumerate(("B1-1-101", "B1-1-201", "B2-1-101")):
        world.person(f"甲{number}", 35, home, f"u{number}", WELL)
    assert needs_of(world) == ({"u0": ["flood_prone"]} if expect else {})


def test_a_village_house_floods_and_a_basement_is_told_without_water() -> None:
    world = World()
    world.house("H1")
    world.building("B1", "no", ["1-101"])
    cellar = {"address_code": "B1-B1", "room": "B101", "floor": -1, "building_code": "B1", "estate_code": "E1"}
    world.rows["master.address"].append({**cellar, "level": "room"})
    world.water(date(2025, 7, 1), estate_code="H1")
    world.person("甲", 35, "H1", "u1", WELL)
    world.person("乙", 35, "B1-B1", "u2", WELL)
    assert needs_of(world) == {"u1": ["flood_prone"], "u2": ["basement"]}


def test_the_order_is_help_then_unit_then_from_the_top_down(world: World) -> None:
    helped = [
        ("u1", "B1-10-301", sick("失能")),
        ("u2", "B1-2-101", sick("失能")),
        ("u3", "B1-2-601", sick("失能")),
        ("u4", "B1-1-401", paid("残疾补贴")),
        ("u5", "B1-1-402", paid("残疾补贴")),
        ("u6", "B1-1-101", WELL),
    ]
    for number, (household, home, lists) in enumerate(helped):
        world.person(f"甲{number}", 65, home, household, lists)
        world.person(f"乙{number}", 30, home, household, WELL)
    world.person("丙", 1.5, "B1-1-101", "u6", WELL)
    rows = attention_households(world.scan, TODAY).sort("evacuation_order")
    assert rows["household_id"].to_list() == ["u3", "u2", "u1", "u4", "u5", "u6"]
    assert rows["help"].to_list() == ["carry", "carry", "carry", "support", "support", "accompany"]
    assert rows["evacuation_order"].to_list() == [1, 2, 3, 4, 5, 6]


def test_who_is_known_in_an_estate_alone_is_ordered_there_and_not_lost(world: World) -> None:
    world.estate()
    world.person("甲", 85, "E1", "u1", sick("失能"))
    row = attention_households(world.scan, TODAY).row(0, named=True)
    assert (row["building_code"], row["estate_code"], row["evacuation_order"]) == (None, "E1", 1)


def test_all_that_is_told_of_a_household_hangs_together(world: World) -> None:
    world.person("甲", 85, "B1-2-601", "u1", sick("失能"))
    world.person("乙", 83, "B1-2-601", "u1", WELL)
    row = attention_households(world.scan, TODAY).row(0, named=True)
    assert row["needs_zh"] == "失能；空巢老人；八十岁以上高龄；高层无电梯"
    assert row["needs_en"].startswith("cannot care for themselves; elderly people by themselves")
    assert row["person_needs"] == [
        {"person_id": "乙", "needs": ["very_old"]},
        {"person_id": "甲", "needs": ["dependent", "very_old"]},
    ]
    assert (row["unit"], row["floor"], row["room"], row["storeys"], row["lift"]) == ("2单元", 6, "601", 6, "no")
    assert row["sources"] == ["civil_affairs_elderly", "facts.building", "master.household", "master.person"]


def test_equal_rows_in_another_order_give_equal_bytes(world: World) -> None:
    for number, home in enumerate(("B1-1-101", "B1-1-401", "B1-1-402", "B1-2-601", "B1-2-601")):
        world.person(f"甲{number}", 61 + number, home, f"u{number}", sick(["自理", "半失能", "失能"][number % 3]))
    first = attention_households(world.scan, TODAY)
    for rows in world.rows.values():
        rows.reverse()
    assert first.equals(attention_households(world.scan, TODAY))
    assert first.height == 5


@pytest.mark.parametrize(
    ("known", "room", "expect", "why"),
    [
        ([(3, "301"), (3, "302"), (11, "1101"), (12, "1203")], "905", 9, "the building shows the pattern"),
        ([(3, "301"), (3, "302"), (11, "1101"), (12, "1203")], "0905室", 9, "with a nought and a word"),
        ([(3, "301"), (3, "302"), (11, "1101"), (12, "1203")], "商铺12", None, "a shop has no such number"),
        ([(3, "301"), (3, "302"), (11, "1101"), (12, "1203")], "12", None, "two digits are no floor and door"),
        ([(3, "301"), (3, "302")], "905", None, "two rooms are no pattern"),
        ([(1, "301"), (2, "302"), (3, "303"), (4, "304")], "905", None, "here the first digit is the wing"),
        ([], "905", None, "nothing to learn from"),
    ],
)
def test_a_floor_is_read_from_a_number_only_where_the_building_shows_how(
    known: list[tuple[int, str]], room: str, expect: int | None, why: str
) -> None:
    rooms = [{"building_code": "B1", "floor": floor, "room": name} for floor, name in known]
    rooms.append({"building_code": "B1", "floor": None, "room": room})
    schema = {"building_code": pl.String, "floor": pl.Int64, "room": pl.String}
    told = floors_from_rooms(pl.DataFrame(rooms, schema=schema))
    assert told["floor"].to_list()[-1] == expect, why
    assert told["floor_source"].to_list()[-1] == ("room_number" if expect else None)
