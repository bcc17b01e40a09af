"""Other departments' records settle what a text leaves open, and doubt exchanged numbers; they never move a room."""

from __future__ import annotations

from typing import Any

import orjson
import polars as pl
import pytest

from pipelines.addresses.evidence.collect import collect_address_evidence, entity_of
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import Register, build_register
from tests.unit.addresses.hard_district import hard_addresses

ID = "990101198003071239"
CHILD = "990101201003071239"
PHONE = "14200001111"


@pytest.fixture(scope="module")
def register() -> Register:
    return build_register(hard_addresses())


def _resident(key: str, text: str, **known: str) -> dict[str, str | None]:
    row: dict[str, str | None] = dict.fromkeys(
        ("record_key", "name", "id_number", "phone", "hukou_no", "residence_address", "hukou_address")
    )
    return row | {"record_key": key, "residence_address": text} | known


def _benefit(key: str, text: str, **known: str) -> dict[str, str | None]:
    row: dict[str, str | None] = dict.fromkeys(("record_key", "name", "id_number", "phone", "head_name", "address"))
    return row | {"record_key": key, "address": text} | known


def _match(register: Register, **feeds: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, object]]:
    raw = {feed: pl.LazyFrame(rows, schema=dict.fromkeys(rows[0], pl.String)) for feed, rows in feeds.items()}
    found = match_addresses(collect_address_mentions(raw), register, collect_address_evidence(raw))
    return {
        (str(row["feed"]), str(row["record_key"])): row
        for row in found.filter(pl.col("address_role") != "hukou").to_dicts()
    }


def test_missing_unit_tells_the_room_and_keeps_the_level(register: Register) -> None:
    found = _match(
        register,
        police_residents=[_resident("1", "翠湖雅居4栋2单元501", name="欧阳测", id_number=ID)],
        civil_affairs_benefits=[_benefit("1", "翠湖雅居4栋501", name="欧阳测", id_number=ID)],
    )["civil_affairs_benefits", "1"]
    assert (found["status"], found["reason"], found["matched_level"]) == (
        "ambiguous",
        "settled_by_evidence",
        "building",
    )
    assert (found["address_code"], found["room_code"]) == ("CH/4号楼", "CH/4号楼/2单元/501")
    assert str(found["unit_key"]).endswith("|4|2")


@pytest.mark.parametrize("text", ["翠湖雅居5-1-301", "翠湖雅居1-3-301", "翠湖雅居1-1-307"])
def test_door_that_does_not_exist_is_the_one_of_the_same_person(register: Register, text: str) -> None:
    room = "CH/1号楼/1单元/301"
    found = _match(
        register,
        police_residents=[_resident("1", "翠湖雅居1-1-301", name="欧阳测", id_number=ID)],
        civil_affairs_benefits=[_benefit("1", text, name="欧阳测", id_number=ID)],
    )["civil_affairs_benefits", "1"]
    assert (found["address_code"], found["status"], found["reason"]) == ("CH", "ambiguous", "settled_by_evidence")
    assert found["room_code"] == room
    assert room in str(found["candidates"])


def test_two_candidates_of_the_same_person_stay_open(register: Register) -> None:
    found = _match(
        register,
        police_residents=[
            _resident("1", "翠湖雅居4栋1单元501", name="欧阳测", id_number=ID),
            _resident("2", "翠湖雅居4栋2单元501", name="欧阳测", id_number=ID),
        ],
        civil_affairs_benefits=[_benefit("1", "翠湖雅居4栋501", name="欧阳测", id_number=ID)],
    )["civil_affairs_benefits", "1"]
    assert (found["reason"], found["room_code"]) == ("ambiguous_unit", None)


def test_a_name_that_others_share_settles_nothing(register: Register) -> None:
    found = _match(
        register,
        police_residents=[
            _resident("1", "翠湖雅居4栋2单元501", name="王测"),
            _resident("2", "金桂公寓5栋801", name="王测"),
        ],
        civil_affairs_benefits=[_benefit("1", "翠湖雅居4栋501", name="王测")],
    )["civil_affairs_benefits", "1"]
    assert (found["reason"], found["room_code"]) == ("ambiguous_unit", None)


def test_a_row_says_nothing_of_itself(register: Register) -> None:
    found = _match(
        register,
        police_residents=[
            _resident("1", "翠湖雅居4栋501", name="欧阳测", id_number=ID, hukou_address="翠湖雅居4栋1单元501"),
        ],
    )["police_residents", "1"]
    assert (found["reason"], found["room_code"]) == ("ambiguous_unit", None)


def test_exchanged_building_and_unit_are_doubted(register: Register) -> None:
    found = _match(
        register,
        police_residents=[_resident("1", "翠湖雅居1-2-401", name="欧阳测", id_number=ID)],
        civil_affairs_benefits=[_benefit("1", "翠湖雅居2-1-401", name="欧阳测", id_number=ID)],
    )
    doubted = found["civil_affairs_benefits", "1"]
    assert (doubted["status"], doubted["reason"], doubted["address_code"]) == ("ambiguous", "conflict", "CH")
    assert found["police_residents", "1"]["address_code"] == "CH/1号楼/2单元/401"


def test_a_second_title_of_an_owner_is_no_slip(register: Register) -> None:
    titles = [
        {"record_key": key, "address": text, "building": None, "unit": None, "room": None, "owners": "欧阳测",
         "owner_id_numbers": ID, "parcel_unit_no": parcel}
        for key, text, parcel in (("1", "翠湖雅居3栋101", "P1"), ("2", "翠湖雅居3栋701", "P2"))
    ]  # fmt: skip
    found = _match(register, housing_properties=titles)
    assert {row["status"] for row in found.values()} == {"matched"}


def test_entities_are_hashes_and_tell_kinds_apart() -> None:
    hashed = pl.DataFrame({"v": [PHONE, None]}).select(
        a=entity_of("phone", pl.col("v")), b=entity_of("id", pl.col("v"))
    )
    assert hashed["a"][0] != hashed["b"][0]
    assert hashed["a"][1] is None
    assert PHONE not in str(hashed.rows())


@pytest.mark.parametrize(
    ("written", "meant", "code", "level"),
    [
        ("三合村一组8号", "三合村一组1号", "V一组", "estate"),
        ("三合村二组24号", "三合村一组24号", None, "community"),
        ("油坊巷30号101", "油坊巷300号101", None, "road"),
        ("油坊巷32号101", "油坊巷34号101", None, "road"),
    ],
)
def test_house_numbers_are_doubted_too(
    register: Register, written: str, meant: str, code: str | None, level: str
) -> None:
    found = _match(
        register,
        police_residents=[_resident("1", meant, name="欧阳测", id_number=ID)],
        civil_affairs_benefits=[_benefit("1", written, name="欧阳测", id_number=ID)],
    )["civil_affairs_benefits", "1"]
    assert (found["status"], found["reason"]) == ("ambiguous", "conflict")
    assert (found["address_code"], found["matched_level"]) == (code, level)
    assert found["estate_code"] is None


def test_a_door_that_several_departments_name_is_a_gap(register: Register) -> None:
    found = _match(
        register,
        police_residents=[
            _resident("1", "翠湖雅居1-1-301", name="欧阳测", id_number=ID),
            _resident("2", "翠湖雅居1-1-307", name="上官测"),
        ],
        civil_affairs_benefits=[_benefit("1", "翠湖雅居1-1-307", name="欧阳测", id_number=ID)],
    )["civil_affairs_benefits", "1"]
    assert (found["reason"], found["room_code"]) == ("no_room", None)


def test_an_owner_of_a_village_house_lives_in_it(register: Register) -> None:
    title = {"record_key": "1", "address": "三合村一组8号", "building": None, "unit": None, "room": None,
             "owners": "欧阳测", "owner_id_numbers": ID, "parcel_unit_no": "P1"}  # fmt: skip
    found = _match(
        register,
        housing_properties=[title],
        police_residents=[_resident("1", "三合村一组1号", name="欧阳测", id_number=ID)],
        civil_affairs_benefits=[_benefit("1", "三合村一组1号", name="欧阳测", id_number=ID)],
    )
    assert found["housing_properties", "1"]["reason"] == "conflict"
    assert found["police_residents", "1"]["status"] == "matched"


def test_candidates_of_a_missing_door_end_with_what_is_certain(register: Register) -> None:
    found = _match(register, civil_affairs_benefits=[_benefit("1", "翠湖雅居4栋3单元101")])[
        "civil_affairs_benefits", "1"
    ]
    listed = orjson.loads(str(found["candidates"]))
    assert [one["address_code"] for one in listed] == ["CH/4号楼/1单元/101", "CH/4号楼/2单元/101", "CH"]
    assert sum(one["score"] for one in listed) == pytest.approx(1.0, abs=0.01)


def test_a_door_in_an_estate_of_a_like_name_is_matched_where_the_person_is(register: Register) -> None:
    known = _resident("1", "翠湖雅居4-2-501", name="欧阳测", id_number=ID)
    found = _match(
        register,
        police_residents=[known],
        civil_affairs_benefits=[
            _benefit("1", "翠湖花园4-2-501", name="欧阳测", id_number=ID),
            _benefit("2", "翠湖花园4-2-502", name="上官测"),
        ],
    )
    settled, unknown = found["civil_affairs_benefits", "1"], found["civil_affairs_benefits", "2"]
    assert (settled["status"], settled["address_code"], settled["method"]) == (
        "matched", "CH/4号楼/2单元/501", "fuzzy",
    )  # fmt: skip
    assert (settled["matched_level"], settled["estate_code"], settled["community"]) == ("room", "CH", "翠湖社区")
    assert (unknown["status"], unknown["reason"]) == ("unmatched", "not_in_register")
