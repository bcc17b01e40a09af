"""Addresses, dwellings, devices and the register itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

Number = Callable[[str], str]
BODY = "99010219800101231"
FIRST = '[{"address_code":"D1","level":"room","score":0.99}]'


def _rooms(crafted: Any) -> None:
    crafted.place("D1", building="4号楼", unit="2单元", room="502", lon=100.0, lat=30.0)
    crafted.place("D2", building="4号楼", unit="2单元", room="503", lon=100.0, lat=30.0)


def _elder(crafted: Any, text: str, **told: Any) -> None:
    key = crafted.row("civil_affairs_elderly", "p1", name="赵明玉", address=text)
    crafted.match("civil_affairs_elderly", key, "residence", address_text=text, normal_text=text, **told)


def test_a_door_that_evidence_settles_is_proposed_in_standard_words(crafted: Any) -> None:
    _rooms(crafted)
    _elder(
        crafted, "雅居小区4栋502", status="ambiguous", reason="settled_by_evidence", matched_level="building",
        room_code="D1", candidates=FIRST,
    )  # fmt: skip
    (entry,) = crafted.told("address_lacks_part")
    assert entry["proposed_value"] == "临江区平安街道金星社区白云南街194号雅居小区4号楼2单元502室"
    assert entry["delivered_value"] == "雅居小区4栋502"


def test_a_property_company_gets_the_door_without_the_estate(crafted: Any) -> None:
    _rooms(crafted)
    key = crafted.row("property_occupants", "p1", estate="雅居小区", room_text="4-2-508", name="赵明玉")
    crafted.match(
        "property_occupants", key, "dwelling", address_text="4-2-508", status="ambiguous", matched_level="estate",
        reason="settled_by_evidence", room_code="D1", candidates=FIRST,
    )  # fmt: skip
    (entry,) = crafted.told("address_no_such_door")
    assert (entry["column"], entry["proposed_value"]) == ("room_text", "4号楼2单元502室")


# share of the other room, told or not
SHARES = [(0.79, True), (0.52, False)]


@pytest.mark.parametrize(("share", "told"), SHARES)
def test_a_room_is_doubted_only_where_others_clearly_outweigh_it(crafted: Any, share: float, told: bool) -> None:
    _rooms(crafted)
    both = (
        f'[{{"address_code":"D2","level":"room","score":{share}}},{{"address_code":"D1","level":"room","score":0.2}}]'
    )
    _elder(crafted, "雅居小区4-2-502", status="ambiguous", reason="conflict", matched_level="building", candidates=both)
    entries = crafted.told("address_contradicted")
    assert [entry["proposed_value"][-4:] for entry in entries] == (["503室"] if told else [])


def test_what_the_register_lacks_is_told_to_the_register_alone(crafted: Any) -> None:
    _rooms(crafted)
    crafted.place("E1", level="estate", building=None, unit=None, room=None)
    _elder(
        crafted, "雅居小区9栋101", status="ambiguous", reason="no_building", matched_level="estate", address_code="E1"
    )
    assert [entry["feed"] for entry in crafted.told("address_no_such_door")] == ["elderly"]
    crafted.row("police_addresses", address_code="E1", estate="雅居小区", status="在用")
    crafted.tables["master.register_finding"] = pl.DataFrame(
        {
            "finding_id": ["f1"], "kind": ["missing_building"], "address_code": ["E1"], "other_codes": [None],
            "place": ["雅居小区"], "detail": ["9栋"], "support_records": [7], "support_persons": [5],
            "support_departments": [2], "feeds": ["civil_affairs_elderly"], "proposal_zh": ["增补"],
            "proposal_en": ["Add the building"],
        },
        schema_overrides={"other_codes": pl.String, "support_records": pl.Int64},
    )  # fmt: skip
    assert crafted.told("address_no_such_door") == []
    (entry,) = crafted.told("register_missing_building")
    assert (entry["record_key"], entry["persons_affected"]) == ("E1", 5)
    assert "civil_affairs" not in entry["evidence_en"]
    assert "elderly" not in str(entry)


def test_an_estate_misspelt_is_told_and_a_nickname_is_not(crafted: Any) -> None:
    _rooms(crafted)
    _elder(crafted, "雅局小区4-2-502", method="fuzzy", room_code="D1", address_code="D1")
    _elder(crafted, "粮站大院4-2-502", method="alias", room_code="D1", address_code="D1")
    _elder(crafted, "老街88号雅居小区4-2-502", method="alias", room_code="D1", address_code="D1")
    assert [entry["row_number"] for entry in crafted.told("address_misspelt")] == [1]
    former = crafted.told("address_former")
    assert [entry["row_number"] for entry in former] == [3]
    assert former[0]["priority"] < 1


def test_a_residence_is_out_of_date_when_two_others_are_newer(crafted: Any, number: Number) -> None:
    _rooms(crafted)
    crafted.row(
        "police_residents", "p1", "D1", resident_no="R1", name="赵明玉", id_number=number(BODY), residence_address="旧",
        updated_at=datetime(2020, 1, 1, tzinfo=UTC), status="正常",
    )  # fmt: skip
    crafted.row("housing_leases", {"tenant": "p1"}, "D2", lease_no="L1", tenant_name="赵明玉", ends_on=date(2027, 1, 1))
    assert crafted.told("residence_out_of_date") == [], "one witness is none"
    crafted.row("property_occupants", "p1", "D2", estate="雅居", room_text="1", name="赵明玉", role="租户")
    (entry,) = crafted.told("residence_out_of_date")
    assert entry["proposed_value"].endswith("503室")
    assert "住建房管、物业" in entry["evidence_zh"]


def test_an_owner_is_no_witness_of_a_move(crafted: Any, number: Number) -> None:
    _rooms(crafted)
    crafted.row(
        "police_residents", "p1", "D1", resident_no="R1", name="赵明玉", id_number=number(BODY), residence_address="旧",
        updated_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    crafted.row("property_occupants", "p1", "D2", estate="雅居", room_text="1", name="赵明玉", role="业主")
    crafted.row("housing_properties", {"owner": "p1"}, "D2", parcel_unit_no="Q1", owners="赵明玉")
    assert crafted.told("residence_out_of_date") == []


def test_residents_unknown_to_the_police_are_a_number_at_a_door(crafted: Any) -> None:
    _rooms(crafted)
    crafted.row("police_addresses", address_code="D2", room="503")
    crafted.row("police_residents", "p9", resident_no="R9", name="别人")
    crafted.row("civil_affairs_benefits", "p1", "D2", name="赵明玉", benefit="特困")
    crafted.row("property_occupants", "p1", "D2", estate="雅居", room_text="1", name="赵明玉", role="租户")
    (entry,) = crafted.told("residents_unregistered")
    assert (entry["feed"], entry["record_key"], entry["persons_affected"]) == ("addresses", "D2", 1)
    assert not any(word in str(entry) for word in ("赵明玉", "特困", "民政"))


def test_parcels_and_leases_are_held_against_each_other(crafted: Any) -> None:
    for parcel, owner in (("Q1", "赵一"), ("Q2", "钱二")):
        crafted.row("housing_properties", room="D1", parcel_unit_no=parcel, owners=owner, status="有效")
    crafted.row("housing_properties", room="D2", parcel_unit_no="Q3", owners="孙三", status="有效")
    crafted.row("housing_leases", room="D1", lease_no="L1", parcel_unit_no="Q3", tenant_name="李四")
    crafted.row("housing_leases", room="D2", lease_no="L2", parcel_unit_no="Q9", tenant_name="李四")
    crafted.row("housing_leases", room="D2", lease_no="L3", parcel_unit_no="Q3", tenant_name="李四")
    assert [entry["record_key"] for entry in crafted.told("parcel_shares_door")] == ["Q1", "Q2"]
    assert [entry["record_key"] for entry in crafted.told("lease_parcel_elsewhere")] == ["L1"]
    assert [entry["record_key"] for entry in crafted.told("lease_parcel_unknown")] == ["L2"]


def test_more_numbers_than_owners_is_told_and_fewer_is_not(crafted: Any, number: Number) -> None:
    two = f"{number(BODY)}、{number('99010219790101242')}"
    crafted.row("housing_properties", {"owner": "p1"}, parcel_unit_no="Q1", owners="赵一", owner_id_numbers=two)
    crafted.row(
        "housing_properties", {"owner": "p1", "owner.2": "p2"}, parcel_unit_no="Q2", owners="赵一、钱二",
        owner_id_numbers=number(BODY),
    )  # fmt: skip
    assert [entry["record_key"] for entry in crafted.told("more_numbers_than_owners")] == ["Q1"]


# code, whether it can be; the check signs follow GB 32100
CODES = [("91990102MA00000030", None), ("9199010", "shape"), ("91990102MA0000O030", "shape")]


@pytest.mark.parametrize(("code", "fault"), CODES)
def test_credit_codes_follow_the_standard(crafted: Any, code: str, fault: str | None) -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if fault is None:
        total = sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
        right = code[:17] + signs[(31 - total % 31) % 31]
        wrong = code[:17] + signs[(32 - total % 31) % 31]
        crafted.row("market_regulation_enterprises", credit_code=right, name="甲")
        crafted.row("market_regulation_enterprises", credit_code=wrong, name="乙")
        assert [entry["record_key"] for entry in crafted.told("credit_code_impossible")] == [wrong]
    else:
        crafted.row("market_regulation_enterprises", credit_code=code, name="甲")
        assert len(crafted.told("credit_code_impossible")) == 1


def test_a_device_far_from_its_building_is_told(crafted: Any) -> None:
    _rooms(crafted)
    for device, lon in (("S1", 100.001), ("S2", 100.02)):
        key = crafted.row("sensors_devices", device_id=device, location="雅居小区4栋", lon=lon, lat=30.0)
        crafted.match("sensors_devices", key, "location", address_code="D1", matched_level="building")
    (entry,) = crafted.told("coordinates_far")
    assert entry["record_key"] == "S2"
    assert "1930米" in entry["evidence_zh"]
