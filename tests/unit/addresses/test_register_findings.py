"""What the register lacks is told when several hands name it; a clean register has no finding."""

from __future__ import annotations

import orjson
import polars as pl
import pytest
from scripted_register import Night, changed, estate, place, versions

from pipelines.addresses.evidence.collect import SCHEMA as EVIDENCE
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import SCHEMA as MENTIONS
from pipelines.addresses.register.index import build_register
from pipelines.addresses.upkeep.findings import FINDINGS, KINDS, find_in_register

BASE: Night = {
    **estate("翠湖花园", "CH", buildings=5),
    **estate("金桂小区", "JG", road="解放路", house_number="8号"),
}
POLICE, CIVIL, HOUSING = "police_residents", "civil_affairs_elderly", "housing_leases"


def found(said: list[tuple[str, str]], rows: Night = BASE, refused: pl.DataFrame | None = None) -> pl.DataFrame:
    mentions = pl.DataFrame(
        [
            {"feed": feed, "record_key": f"{number:03d}", "address_role": "residence", "address_text": text}
            for number, (feed, text) in enumerate(said)
        ],
        schema=MENTIONS,
    )
    register = build_register(versions([rows]))
    matches = match_addresses(mentions, register)
    told = find_in_register(matches, mentions, register, EVIDENCE.to_frame(), refused)
    assert dict(told.schema) == dict(FINDINGS)
    assert set(told["kind"]) <= set(KINDS)
    assert told["finding_id"].is_unique().all()
    return told


def test_a_clean_register_has_no_finding() -> None:
    assert found([(POLICE, "翠湖花园1栋1单元101"), (CIVIL, "翠湖花园1栋1单元101")]).is_empty()


def test_a_room_that_two_departments_name_is_missing() -> None:
    row = found([(POLICE, "翠湖花园1栋1单元401"), (CIVIL, "翠湖花园1号楼1单元401室")]).row(0, named=True)
    assert (row["kind"], row["address_code"], row["detail"]) == ("missing_room", "CH", "1栋1单元401")
    assert (row["support_records"], row["support_departments"]) == (2, 2)
    assert row["feeds"] == f"{CIVIL},{POLICE}"
    assert "翠湖花园1栋1单元401" in row["proposal_zh"]
    assert "翠湖花园1栋1单元401" in row["proposal_en"]


def test_one_slip_is_no_finding() -> None:
    assert found([(POLICE, "翠湖花园1栋1单元401"), (POLICE, "翠湖花园1栋1单元701")]).is_empty()


def test_a_building_is_missing_when_two_of_its_rooms_are() -> None:
    one = [(POLICE, "翠湖花园6栋1单元101"), (CIVIL, "翠湖花园6栋1单元101")]
    assert found(one).is_empty()
    two = [*one, (POLICE, "翠湖花园6栋1单元201"), (HOUSING, "翠湖花园6栋1单元201")]
    assert found(two).select("kind", "detail", "support_records").rows() == [("missing_building", "6栋", 4)]


def test_slips_of_the_building_in_many_texts_are_no_finding() -> None:
    said = [(feed, f"翠湖花园8栋{unit}单元{room}") for feed, unit, room in (
        (POLICE, 1, 101), (CIVIL, 1, 201), (HOUSING, 2, 301), (POLICE, 2, 101), (CIVIL, 2, 201),
    )]  # fmt: skip
    assert found(said).is_empty()


def test_two_codes_for_one_door() -> None:
    rows = {**BASE, "X": {**BASE["CH-1-1-101"]}}
    row = found([], rows).row(0, named=True)
    assert (row["kind"], row["address_code"], row["other_codes"]) == ("duplicate_door", "CH-1-1-101", "X")
    assert found([], {**BASE, "X": {**BASE["CH-1-1-101"], "status": "停用"}}).is_empty()


def test_people_at_a_stopped_address() -> None:
    rows = changed(BASE, "CH-1-1-101", status="停用")
    row = found([(POLICE, "翠湖花园1栋1单元101")], rows).row(0, named=True)
    assert (row["kind"], row["address_code"], row["support_persons"]) == ("stopped_in_use", "CH-1-1-101", 1)
    assert found([], rows).is_empty()


def test_two_estates_of_one_name() -> None:
    rows = {**BASE, **estate("翠湖花园", "XC", road="创业路", house_number="5号", community="和平社区")}
    told = found([(POLICE, "翠湖花园1栋1单元101")], rows).row(0, named=True)
    assert (told["kind"], told["address_code"], told["other_codes"]) == ("duplicate_estate", "CH", "XC")
    assert (told["support_records"], told["feeds"]) == (1, POLICE)


def test_a_building_number_that_is_left_out() -> None:
    rows = {code: row for code, row in BASE.items() if not code.startswith("CH-3")}
    told = found([], rows)
    assert told.select("kind", "address_code", "detail").rows() == [("numbering_gap", "CH", "3栋")]
    four = {code: row for code, row in BASE.items() if not code.startswith("CH-4")}
    assert found([], four).is_empty()


def test_a_row_that_stands_nowhere() -> None:
    rows = {**BASE, "L": place(None, "3栋", None, "101", road=None, house_number=None)}
    assert found([], rows).select("kind", "address_code").rows() == [("row_without_site", "L")]


def test_a_row_without_a_code() -> None:
    payload = orjson.dumps({"区县": "临江区", "街道": "平安街道", "小区": "翠湖花园", "楼栋": "9栋"}).decode()
    refused = pl.DataFrame({"reason_code": ["missing_key", "ragged_row"], "payload": [payload, '{"cells": ["a"]}']})
    assert found([], refused=refused).select("kind", "place").rows() == [
        ("row_without_code", "临江区平安街道翠湖花园9栋")
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_texts_does_not_matter(turned: bool) -> None:
    said = [(POLICE, "翠湖花园1栋1单元401"), (CIVIL, "翠湖花园1号楼1单元401室"), (HOUSING, "翠湖花园1栋1单元401")]
    row = found(said[::-1] if turned else said).row(0, named=True)
    assert (row["support_records"], row["feeds"]) == (3, f"{CIVIL},{HOUSING},{POLICE}")
