"""Who lives alone: cases that a visitor of the street would judge the same way."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from needs_world import TODAY, World

from pipelines.needs.night import judge_people

HOME = "B1-1-501"
SEEN = {"visited_on": date(2026, 1, 5)}
LONG_AGO = {"visited_on": date(2023, 1, 5)}
REGISTER = ("register", {"hukou_no": "h1"})
TITLE = ("title", {})
ROLL_OWNER = ("roll", {"role": "业主"})
ALONE, PERHAPS, NOT = "elderly_alone", "perhaps_alone", None


def living(word: str, **seen: Any) -> tuple[str, dict[str, Any]]:
    return ("elderly", {"living": word, **(seen or SEEN)})


def verdict(world: World, person: str = "甲") -> str | None:
    needs = judge_people(world.scan, TODAY).needs
    found = needs.filter((pl.col("person_id") == person) & pl.col("need").str.ends_with("alone"))
    return found["need"].item() if found.height else None


@pytest.fixture
def world() -> World:
    made = World()
    made.building(rooms=["1-501", "1-502"])
    return made


@pytest.mark.parametrize(
    ("lists", "expect", "why"),
    [
        ([REGISTER], ALONE, "the police know of nobody else in the flat"),
        ([REGISTER, living("独居")], ALONE, "two lists agree"),
        ([REGISTER, living("与子女同住")], PERHAPS, "a visitor saw children of whom no list knows: look"),
        ([REGISTER, living("与子女同住", **LONG_AGO)], ALONE, "three years ago; the register is of today"),
        ([REGISTER, living("机构养老")], PERHAPS, "in a home for the aged, says one list: look"),
        ([REGISTER, living("空巢")], ALONE, "no children, and no spouse known"),
        ([REGISTER, ("benefit", {"household_size": 3})], ALONE, "a size told once outweighs nothing"),
        ([TITLE, ROLL_OWNER], NOT, "owns the flat; no list says that anybody lives there"),
        ([TITLE, ROLL_OWNER, living("独居")], ALONE, "somebody saw the owner there"),
        ([("lease", {"occupants": 3, "ends_on": date(2027, 1, 1)})], NOT, "rents for three"),
        ([("register", {"status": "迁出"}), TITLE], NOT, "the police say moved away; only the title is left"),
    ],
)
def test_the_only_known_resident(world: World, lists: list[Any], expect: str | None, why: str) -> None:
    world.person("甲", 75, HOME, "u1", lists)
    assert verdict(world) == expect, why


@pytest.mark.parametrize(
    ("mate", "own", "expect", "why"),
    [
        ({"age": 74, "lists": [REGISTER, living("空巢")]}, living("空巢"), NOT, "a couple on all lists"),
        ({"age": 45, "lists": [REGISTER]}, living("与子女同住"), NOT, "a son, seen"),
        ({"age": 45, "lists": [REGISTER]}, living("独居"), ALONE, "a son on paper whom no visitor saw"),
        ({"age": 45, "lists": [REGISTER]}, None, NOT, "a son on paper, and nobody looked"),
        ({"age": 45, "lists": [REGISTER, ("roll", {"role": "家属"})]}, living("独居"), PERHAPS, "on two lists: look"),
        ({"age": 45, "lists": [ROLL_OWNER]}, living("独居"), ALONE, "the son owns the flat, that is all"),
        ({"age": 45, "lists": [ROLL_OWNER]}, None, ALONE, "an owner alone is weak"),
    ],
)
def test_with_somebody_else_on_paper(
    world: World, mate: dict[str, Any], own: Any, expect: str | None, why: str
) -> None:
    world.person("甲", 75, HOME, "u1", [REGISTER, *([own] if own else [])])
    world.person("乙", mate["age"], HOME, "u1", mate["lists"])
    assert verdict(world) == expect, why


def test_a_spouse_of_the_same_room_is_believed_more_than_a_child(world: World) -> None:
    world.person("甲", 75, HOME, "u1", [REGISTER, living("独居", **LONG_AGO)])
    world.person("乙", 73, HOME, "u1", [REGISTER])
    child = judge_people(world.scan, TODAY).alone
    world.married("乙", "甲")
    spouse = judge_people(world.scan, TODAY).alone
    of_first = pl.col("person_id") == "甲"
    assert spouse.filter(of_first)["confidence"].item() < child.filter(of_first)["confidence"].item()
    world.married("乙", "甲", "离婚", date(2001, 5, 1))
    divorced = judge_people(world.scan, TODAY).alone
    assert divorced.filter(of_first)["confidence"].item() == child.filter(of_first)["confidence"].item()


def test_a_spouse_whom_the_list_of_the_elderly_lacks_is_doubted(world: World) -> None:
    for number in range(8):  # the list has nearly everybody
        world.person(f"人{number}", 70, "B1-1-502", f"v{number}", [REGISTER, living("空巢")])
    world.person("甲", 75, HOME, "u1", [REGISTER, living("独居")])
    world.person("乙", 77, HOME, "u1", [REGISTER])  # in the register of the living, and seen by nobody
    world.married("乙", "甲")
    assert verdict(world) == ALONE
    world.listed("乙", "elderly", HOME, living="空巢", **SEEN)
    assert verdict(world) == NOT


def test_a_second_id_of_the_same_person_is_no_housemate(world: World) -> None:
    world.person("甲", 75, HOME, "u1", [REGISTER], name="王秀英", birth_date=date(1950, 4, 2))
    world.person("甲二", 75, HOME, "u2", [("roll", {"role": "家属"})], name="王秀英", birth_date=None, sex=None)
    assert verdict(world) == ALONE


def test_a_namesake_of_another_year_is_a_housemate(world: World) -> None:
    world.person("甲", 75, HOME, "u1", [REGISTER], name="王秀英", birth_date=date(1950, 4, 2))
    world.person("乙", 50, HOME, "u2", [REGISTER], name="王秀英", birth_date=date(1975, 4, 2))
    assert verdict(world) == NOT


def test_strangers_who_share_a_flat_do_not_live_alone(world: World) -> None:
    world.person("甲", 66, HOME, "u1", [REGISTER])
    world.person("乙", 68, HOME, "u2", [("register", {"hukou_no": "h2"})])
    assert verdict(world) == NOT


def test_a_house_that_is_not_divided_is_one_home(world: World) -> None:
    world.house()
    world.person("甲", 75, "H1", "u1", [REGISTER])
    assert verdict(world) == ALONE
    world.person("乙", 50, "H1", "u2", [("register", {"hukou_no": "h2"})])
    assert verdict(world) == NOT


def test_somebody_whose_room_nobody_could_read(world: World) -> None:
    world.estate()
    world.person("甲", 75, "E1", "u1", [REGISTER])
    assert verdict(world) == PERHAPS
    world.listed("甲", "elderly", None, living="独居", **SEEN)
    assert verdict(world) == ALONE
    world.person("乙", 50, HOME, "u2", [REGISTER])  # the same registered household, in the same estate
    assert judge_people(world.scan, TODAY).alone.filter(pl.col("person_id") == "甲")["confidence"].item() < 0.9


def test_a_younger_person_is_not_asked_about(world: World) -> None:
    world.person("甲", 45, HOME, "u1", [REGISTER])
    assert judge_people(world.scan, TODAY).alone.is_empty()


def test_the_answer_does_not_depend_on_the_order_of_rows(world: World) -> None:
    for n in range(6):
        lists = [REGISTER, living(["独居", "空巢", "与子女同住"][n % 3])]
        world.person(f"人{n}", 60 + 3 * n, ["B1-1-501", "B1-1-502"][n % 2], f"u{n // 2}", lists)
    first = judge_people(world.scan, TODAY)
    for rows in world.rows.values():
        rows.reverse()
    second = judge_people(world.scan, TODAY)
    assert first.alone.equals(second.alone)
    assert first.needs.equals(second.needs)
