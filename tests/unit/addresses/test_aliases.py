"""Names are learned where records of several persons agree with their numbers, and never where they might mislead."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from scripted_register import Night, estate, place, versions

from pipelines.addresses.aliases.guards import contradicts
from pipelines.addresses.aliases.propose import PROPOSALS, TWO_PLACES, propose_aliases
from pipelines.addresses.evidence.collect import SCHEMA as EVIDENCE
from pipelines.addresses.evidence.collect import entity_of
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import build_register

BASE: Night = {
    **estate("翠湖花园", "CH"),
    **estate("金桂小区", "JG", road="解放路", house_number="8号"),
    **estate("东方新村一期", "DF", road="创业路", house_number="5号"),
    **estate("东方新村二期", "DG", road="创业路", house_number="7号"),
    **estate("", "N", road="滨江大道", house_number="66号"),
    "V": place("五组", None, None, None, road=None, house_number="3号", community="三合村"),
}
Said = tuple[str, str, str]  # feed, who, text
DOORS = ("1栋1单元101", "1栋2单元201", "2栋1单元301", "2栋2单元101")


def records(said: Sequence[Said], kinds: str = "id") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentions and evidence: every person has a key of each kind, by which records are known to be of one person."""
    mentions = pl.DataFrame(
        [
            {"feed": feed, "record_key": f"{number:04d}", "address_role": "residence", "address_text": text}
            for number, (feed, _, text) in enumerate(said)
        ],
        schema=MENTIONS,
    )
    rows = [
        (feed, f"{number:04d}", "residence", f"{who}/{kind}", kind)
        for number, (feed, who, _) in enumerate(said)
        for kind in kinds.split(",")
    ]
    frame = pl.DataFrame(rows, schema=["feed", "record_key", "address_role", "value", "kind"], orient="row")
    hashed = [
        frame.filter(pl.col("kind") == kind).with_columns(entity=entity_of(kind, pl.col("value")))
        for kind in kinds.split(",")
    ]
    evidence = pl.concat(hashed).with_columns(is_owner=pl.lit(value=False)).select(EVIDENCE.names()).cast(EVIDENCE)
    return mentions, evidence.sort(EVIDENCE.names())


def both(name: str, real: str, doors: Sequence[str] = DOORS, first: int = 0) -> list[Said]:
    """Each person at one door: by its register name with the police, by another name with the civil affairs."""
    said: list[Said] = []
    for number, door in enumerate(doors, start=first):
        said += [("police_residents", f"p{number}", real + door), ("civil_affairs_elderly", f"p{number}", name + door)]
    return said


def proposed(said: Sequence[Said], kinds: str = "id", rows: Night = BASE, min_support: int = 3) -> pl.DataFrame:
    register = build_register(versions([rows]))
    mentions, evidence = records(said, kinds)
    matches = match_addresses(mentions, register)
    found = propose_aliases(mentions, matches, register, evidence, min_support=min_support)
    assert dict(found.schema) == dict(PROPOSALS)
    return found


def names(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("kind", "stem", pl.coalesce("estate_code", "road"), "guard").rows()


def test_a_nickname_that_four_persons_bear_out_is_proposed() -> None:
    found = proposed(both("老烟厂宿舍", "翠湖花园"))
    assert names(found) == [("estate", "老烟厂宿舍", "CH", None)]
    row = found.row(0, named=True)
    assert (row["support_persons"], row["support_rooms"], row["contradicting"], row["share"]) == (4, 4, 0, 1.0)
    assert (row["estate"], row["feeds"], row["written"]) == ("翠湖花园", "civil_affairs_elderly", "老烟厂宿舍")


def test_the_form_that_people_write_is_kept_beside_what_the_parser_leaves() -> None:
    row = proposed(both("机械厂家属院", "翠湖花园")).row(0, named=True)
    assert row["written"] == "机械厂家属院"
    assert row["written"].startswith(row["stem"])


@pytest.mark.parametrize("kinds", ["id", "parcel", "phone,name", "tail,name"])
def test_what_makes_two_records_one_person(kinds: str) -> None:
    assert proposed(both("老烟厂宿舍", "翠湖花园"), kinds).height == 1


@pytest.mark.parametrize("kinds", ["name", "phone", "tail", "family"])
def test_one_weak_key_is_not_enough(kinds: str) -> None:
    assert proposed(both("老烟厂宿舍", "翠湖花园"), kinds).is_empty()


def test_two_persons_are_too_few() -> None:
    assert proposed(both("老烟厂宿舍", "翠湖花园", DOORS[:2])).is_empty()
    assert proposed(both("老烟厂宿舍", "翠湖花园", DOORS[:2]), min_support=2).height == 1


def test_a_family_behind_one_door_is_one_hand() -> None:
    assert proposed(both("老烟厂宿舍", "翠湖花园", [DOORS[0]] * 5)).is_empty()


def test_people_who_moved_from_an_old_house_to_an_estate_say_nothing() -> None:
    """拆迁安置: the same persons are at both, with other numbers."""
    said: list[Said] = []
    for number, (old, new) in enumerate(zip(DOORS * 2, (*DOORS[1:], DOORS[0]) * 2, strict=True)):
        said += [
            ("police_residents", f"p{number}", "翠湖花园" + new),
            ("civil_affairs_elderly", f"p{number}", "老烟厂宿舍" + old),
        ]
    assert proposed(said).is_empty()


def test_a_name_without_numbers_says_nothing() -> None:
    said: list[Said] = []
    for number, door in enumerate(DOORS):
        said += [
            ("police_residents", f"p{number}", "翠湖花园" + door),
            ("civil_affairs_elderly", f"p{number}", "老烟厂宿舍"),
        ]
    assert proposed(said).is_empty()


def test_a_name_that_stands_for_two_estates_is_left_to_a_steward_or_alone() -> None:
    two = [*both("老烟厂宿舍", "翠湖花园"), *both("老烟厂宿舍", "金桂小区", first=10)]
    assert proposed(two).is_empty()
    many = [*both("老烟厂宿舍", "翠湖花园", DOORS * 3), *both("老烟厂宿舍", "金桂小区", DOORS[:2], first=20)]
    assert [guard for *_, guard in names(proposed(many))] == [TWO_PLACES]


def test_a_slip_of_the_digit_does_not_undo_what_the_others_say() -> None:
    wrong: list[Said] = [
        ("police_residents", "x", "翠湖花园1栋1单元101"),
        ("civil_affairs_elderly", "x", "老烟厂宿舍1栋1单元201"),
    ]
    row = proposed([*both("老烟厂宿舍", "翠湖花园", DOORS * 2), *wrong]).row(0, named=True)
    assert (row["contradicting"], row["share"]) == (1, round(8 / 9, 4))


@pytest.mark.parametrize(
    "name", ["小区", "家属院", "宿舍", "本小区", "生活区", "职工宿舍", "老王超市", "平安药房", "和平街道"]
)
def test_words_that_name_no_estate_are_never_learned(name: str) -> None:
    assert proposed(both(name, "翠湖花园")).is_empty()


def test_a_name_of_the_register_is_never_learned_for_another_place() -> None:
    assert proposed(both("金桂小区", "翠湖花园")).is_empty()


def test_a_residents_name_is_never_learned() -> None:
    said = both("王老五", "翠湖花园")
    register = build_register(versions([BASE]))
    mentions, evidence = records(said)
    named = evidence.head(1).with_columns(kind=pl.lit("name"), entity=entity_of("name", pl.lit("王老五")))
    matches = match_addresses(mentions, register)
    assert propose_aliases(mentions, matches, register, evidence).height == 1
    assert propose_aliases(mentions, matches, register, pl.concat([evidence, named])).is_empty()


def test_a_slip_for_another_estate_is_left_to_a_steward() -> None:
    """`金柱小区` is read as 金桂小区; that four persons mean 翠湖花园 by it is for a person to decide."""
    found = proposed(both("金柱小区", "翠湖花园"))
    assert all(guard is not None for *_, guard in names(found))


def test_a_slip_for_the_estate_itself_is_nothing_to_learn() -> None:
    assert proposed(both("翠胡花园", "翠湖花园")).is_empty()


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        ("东方二期", "东方新村1期", True),
        ("东方", "东方新村1期", True),
        ("东风苑", "西风苑", True),
        ("粮站大院", "东方新村1期", False),
        ("翠湖", "翠湖花园", False),
    ],
)
def test_phase_and_side_contradict(written: str, name: str, expected: bool) -> None:
    assert contradicts(written, name) is expected


def test_another_name_of_a_road_by_other_records() -> None:
    found = proposed(both("跃进路66号", "滨江大道66号"))
    assert names(found) == [("road", "跃进路", "滨江大道", None)]


def test_another_name_of_a_road_by_the_estate_in_the_same_text() -> None:
    said = [("civil_affairs_elderly", f"p{number}", f"跃进路30号翠湖花园{door}") for number, door in enumerate(DOORS)]
    assert names(proposed(said)) == [("road", "跃进路", "中山路", None)]
    other = [(feed, who, text.replace("30号", "31号")) for feed, who, text in said]
    assert proposed(other).is_empty()


def test_another_name_of_an_estate_by_the_number_in_the_same_text() -> None:
    said = [("civil_affairs_elderly", f"p{number}", f"中山路30号老烟厂宿舍{door}") for number, door in enumerate(DOORS)]
    assert names(proposed(said)) == [("estate", "老烟厂宿舍", "CH", None)]


def test_what_is_proposed_does_not_depend_on_what_applies() -> None:
    said = [
        *both("老烟厂宿舍", "翠湖花园"),
        *both("跃进路66号", "滨江大道66号", first=20),
        *both("棉纺新苑", "金桂小区", first=40),
    ]
    table = versions([BASE])
    mentions, evidence = records(said)
    plain = build_register(table)
    before = propose_aliases(mentions, match_addresses(mentions, plain), plain, evidence)
    assert before.height == 3
    learned = before.select("kind", "written", "estate_code", "road")
    register = build_register(table, learned)
    matches = match_addresses(mentions, register)
    assert set(matches["status"]) == {"matched"}
    assert set(matches.filter(pl.col("feed") == "civil_affairs_elderly")["method"]) == {"alias"}
    assert propose_aliases(mentions, matches, register, evidence, learned=learned).equals(before)


def test_the_order_of_rows_does_not_matter() -> None:
    said = [*both("老烟厂宿舍", "翠湖花园"), *both("棉纺新苑", "金桂小区", first=40)]
    register = build_register(versions([BASE]))
    mentions, evidence = records(said)
    matches = match_addresses(mentions, register)
    told = propose_aliases(mentions, matches, register, evidence)
    turned = propose_aliases(mentions.reverse(), matches.reverse(), register, evidence.reverse())
    assert told.equals(turned)
