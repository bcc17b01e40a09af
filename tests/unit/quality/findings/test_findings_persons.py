"""Numbers, names, births and registers: each fault is told once with its proposal, and its double is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

BODY = "99010219800101231"  # 9901.. is no assigned division
Number = Callable[[str], str]


def _known(crafted: Any, number: str, name: str = "赵明玉") -> None:
    """One person as police and housing know her."""
    crafted.row(
        "police_residents", "p1", resident_no="R1", name=name, id_number=number, sex="1",
        birth_date=date(1980, 1, 1), birth_date_precision="day", status="正常",
    )  # fmt: skip
    crafted.row("housing_properties", {"owner": "p1"}, parcel_unit_no="Q1", owners=name, owner_id_numbers=number)
    crafted.fused("p1", name=name, name_confidence=0.99, birth_date=date(1980, 1, 1), birth_date_confidence=1.0)


@pytest.mark.parametrize("slip", ["wrong", "swapped", "short"])
def test_a_number_one_slip_off_is_told_with_the_number_of_the_others(crafted: Any, number: Number, slip: str) -> None:
    right = number(BODY)
    made = {
        "wrong": right[:13] + "7" + right[14:],
        "swapped": right[:14] + right[15] + right[14] + right[16:],
        "short": right[:16] + right[17:],
    }
    _known(crafted, right)
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉", id_tail=made[slip])
    (entry,) = crafted.told("number_impossible")
    assert (entry["department"], entry["column"], entry["delivered_value"]) == ("property", "id_tail", made[slip])
    assert entry["proposed_value"] == right
    assert entry["proposal_confidence"] >= 0.97


def test_a_wrong_number_that_nobody_confirms_gets_no_proposal(crafted: Any, number: Number) -> None:
    wrong = number(BODY)[:13] + "7" + number(BODY)[14:]
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉", id_tail=wrong)
    (entry,) = crafted.told("number_impossible")
    assert entry["proposed_value"] is None


def test_the_birth_date_of_the_row_may_pick_the_number(crafted: Any, number: Number) -> None:
    wrong = number(BODY)[:9] + "7" + number(BODY)[10:]  # 1987 for 1980
    crafted.row(
        "civil_affairs_elderly", "p1", name="赵明玉", id_number=wrong, birth_date=date(1980, 1, 1),
        birth_date_precision="day", sex="1",
    )  # fmt: skip
    (entry,) = crafted.told("number_impossible")
    assert entry["proposed_value"] == number(BODY)


def test_a_number_is_never_given_to_a_row_that_has_none(crafted: Any, number: Number) -> None:
    _known(crafted, number(BODY))
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉")
    crafted.row("property_occupants", "p1", estate="雅居", room_text="2", name="赵明玉", id_tail="9.90102E+17")
    found = crafted.findings()
    (spoiled,) = crafted.told("number_spoiled")
    assert spoiled["proposed_value"] is None
    assert number(BODY) not in found.filter(pl.col("department") == "property").write_json()


def test_a_tail_is_corrected_as_a_tail(crafted: Any, number: Number) -> None:
    right = number(BODY)
    _known(crafted, right)
    wrong = right[12:13] + ("9" if right[13] != "9" else "8") + right[14:]
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉", id_tail=wrong)
    (entry,) = crafted.told("number_tail_differs")
    assert entry["proposed_value"] == right[-6:]


def test_an_old_number_is_completed_and_only_a_remark(crafted: Any, number: Number) -> None:
    right = number(BODY)
    crafted.row("civil_affairs_elderly", "p1", name="赵明玉", id_number=right[:6] + right[8:17])
    (entry,) = crafted.told("number_of_15_digits")
    assert entry["proposed_value"] == right
    assert entry["priority"] < 1


def test_a_parents_number_on_a_child_is_told_without_any_number(crafted: Any, number: Number) -> None:
    _known(crafted, number(BODY))
    crafted.row(
        "police_residents", "p2", resident_no="R2", name="钱小宝", id_number=number(BODY), sex="1",
        birth_date=date(2015, 5, 5), birth_date_precision="day",
    )  # fmt: skip
    (entry,) = crafted.told("number_of_another")
    assert (entry["record_key"], entry["proposed_value"]) == ("R2", None)
    assert crafted.told("birth_date_agrees_with_id_number") == [], "the finding says more than the rule"


def test_a_birth_date_is_corrected_in_the_precision_that_it_has(crafted: Any, number: Number) -> None:
    _known(crafted, number(BODY))
    crafted.row(
        "civil_affairs_elderly", "p1", name="赵明玉", id_number=number(BODY), sex="1", birth_date=date(1980, 11, 1),
        birth_date_precision="month",
    )  # fmt: skip
    crafted.row(
        "civil_affairs_elderly", "p1", name="赵明玉", sex="1", birth_date=date(1981, 1, 1), birth_date_precision="day"
    )
    crafted.row(
        "civil_affairs_benefits",
        "p1",
        name="赵明玉",
        sex="1",
        birth_date=date(1980, 1, 1),
        birth_date_precision="month",
    )
    (by_number,) = crafted.told("birth_date_not_in_number")
    (by_others,) = crafted.told("birth_date_differs")
    assert (by_number["delivered_value"], by_number["proposed_value"]) == ("1980-11", "1980-01")
    assert (by_others["delivered_value"], by_others["proposed_value"]) == ("1981-01-01", "1980-01-01")


def test_a_sex_against_the_number_is_told(crafted: Any, number: Number) -> None:
    crafted.row("civil_affairs_elderly", "p1", name="赵明玉", id_number=number(BODY), sex="2")
    crafted.row("civil_affairs_elderly", "p2", name="钱玉明", id_number=number("99010219800101220"), sex="2")
    (entry,) = crafted.told("sex_not_in_number")
    assert (entry["row_number"], entry["proposed_value"]) == (1, "1")


def test_a_name_one_sign_off_is_told_with_the_name_of_the_others(crafted: Any, number: Number) -> None:
    _known(crafted, number(BODY))
    crafted.row(
        "property_occupants", "p1", estate="雅居", room_text="1", name="赵朋玉(户主)", id_tail=number(BODY)[-6:]
    )
    (entry,) = crafted.told("name_slip")
    assert (entry["delivered_value"], entry["proposed_value"]) == ("赵朋玉(户主)", "赵明玉(户主)")
    assert "公安" in entry["evidence_zh"]
    assert "住建房管" in entry["evidence_zh"]


# name in the property register, why it is left alone
NOT_SLIPS = [
    ("赵明玉", "the same name"),
    ("赵 明 玉", "only spaces"),
    ("趙明玉", "traditional characters"),
    ("赵女士", "a title is no name"),
    ("孙大海", "another name altogether may be another person"),
]


@pytest.mark.parametrize(("name", "why"), NOT_SLIPS)
def test_what_is_no_slip_of_a_name_is_left_alone(crafted: Any, number: Number, name: str, why: str) -> None:
    _known(crafted, number(BODY))
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name=name, id_tail=number(BODY)[-6:])
    assert crafted.told("name_slip") == [], why


def test_a_former_name_is_no_slip(crafted: Any, number: Number) -> None:
    crafted.row("police_residents", "p1", resident_no="R1", name="赵明玉", former_name="赵朋玉", id_number=number(BODY))
    crafted.row(
        "housing_properties", {"owner": "p1"}, parcel_unit_no="Q1", owners="赵明玉", owner_id_numbers=number(BODY)
    )
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵朋玉")
    crafted.fused("p1", name="赵明玉", name_confidence=0.99)
    assert crafted.told("name_slip") == []


def test_two_departments_that_disagree_accuse_nobody_unless_usage_decides(crafted: Any, number: Number) -> None:
    crafted.row("police_residents", "p1", resident_no="R1", name="赵明玉", id_number=number(BODY))
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵朋玉", id_tail=number(BODY)[-6:])
    crafted.fused("p1", name="赵明玉", name_confidence=0.6)
    assert crafted.told("name_slip") == []
    crafted.fused("p1", name="赵明玉", name_confidence=0.95)
    assert [entry["department"] for entry in crafted.told("name_slip")] == ["property"]


def test_one_owner_of_a_joint_cell_is_corrected_within_it(crafted: Any, number: Number) -> None:
    crafted.row("police_residents", "p1", resident_no="R1", name="赵明玉", id_number=number(BODY))
    crafted.row("property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉", id_tail=number(BODY))
    crafted.row(
        "housing_properties", {"owner": "p1", "owner.2": "p2"}, parcel_unit_no="Q1", owners="赵朋玉、钱一",
        owner_id_numbers=number(BODY),
    )  # fmt: skip
    crafted.fused("p1", name="赵明玉", name_confidence=0.99)
    (entry,) = crafted.told("name_slip")
    assert (entry["column"], entry["proposed_value"]) == ("owners", "赵明玉、钱一")


def test_both_rows_of_a_person_entered_twice_are_told(crafted: Any, number: Number) -> None:
    for resident, status in (("R1", "正常"), ("R2", "正常"), ("R3", "迁出")):
        crafted.row(
            "police_residents", "p1", resident_no=resident, name="赵明玉", id_number=number(BODY), status=status
        )
    entries = crafted.told("entered_twice")
    assert [entry["record_key"] for entry in entries] == ["R1", "R2"]
    assert all("R1、R2" in entry["evidence_zh"] for entry in entries)


def test_two_kinds_of_assistance_are_not_twice(crafted: Any, number: Number) -> None:
    for benefit, stopped in (("低保", None), ("残疾补贴", None), ("低保", date(2025, 1, 1))):
        crafted.row(
            "civil_affairs_benefits", "p1", name="赵明玉", id_number=number(BODY), benefit=benefit, stopped_on=stopped
        )
    assert crafted.told("entered_twice") == []


def test_the_dead_on_a_list_are_asked_about(crafted: Any, number: Number) -> None:
    crafted.row(
        "police_residents", "p1", resident_no="R1", name="赵明玉", id_number=number(BODY), status="死亡",
        updated_at=datetime(2025, 12, 1, tzinfo=UTC),
    )  # fmt: skip
    crafted.row("civil_affairs_benefits", "p1", name="赵明玉", id_number=number(BODY), benefit="低保")
    crafted.row("civil_affairs_benefits", "p1", name="赵明玉", benefit="特困", stopped_on=date(2026, 1, 1))
    (entry,) = crafted.told("deceased_still_listed")
    assert entry["row_number"] == 1
    assert "请核实" in entry["problem_zh"]
    assert entry["proposed_value"] is None


def test_an_owner_who_moved_away_still_owns(crafted: Any, number: Number) -> None:
    crafted.row("police_residents", "p1", resident_no="R1", name="赵明玉", id_number=number(BODY), status="迁出")
    for role in ("业主", "租户"):
        crafted.row(
            "property_occupants", "p1", estate="雅居", room_text="1", name="赵明玉", role=role, id_tail=number(BODY)
        )
    assert [entry["row_number"] for entry in crafted.told("departed_still_listed")] == [2]


def test_a_row_that_says_normal_clears_the_others(crafted: Any, number: Number) -> None:
    for resident, status in (("R1", "迁出"), ("R2", "正常")):
        crafted.row(
            "police_residents", "p1", resident_no=resident, name="赵明玉", id_number=number(BODY), status=status
        )
    crafted.row("civil_affairs_elderly", "p1", name="赵明玉", id_number=number(BODY))
    assert crafted.told("departed_still_listed") == []


def test_a_phone_of_strangers_is_told_and_one_of_kin_is_not(crafted: Any, number: Number) -> None:
    phone, kin = "14200000001", "14200000002"
    for person, name, shared in (("p1", "赵明玉", phone), ("p2", "钱大海", kin)):
        crafted.row("police_residents", person, f"room-{person}", resident_no=person, name=name, phone=shared)
        crafted.row(
            "property_occupants", person, f"room-{person}", estate="雅居", room_text="1", name=name, phone=shared
        )
    crafted.row("housing_leases", {"tenant": "p3"}, "room-p3", lease_no="L1", tenant_name="孙一", tenant_phone=phone)
    crafted.row("civil_affairs_benefits", "p4", "room-p2", name="李二", phone=kin, benefit="低保")
    assert crafted.told("phone_of_another") == [], "who has no other number may share this one"
    crafted.row(
        "police_residents", "p3", "room-p3", resident_no="R3", name="孙一", phone="14200000003",
        updated_at=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip
    entries = crafted.told("phone_of_another")
    assert [(entry["feed"], entry["proposed_value"]) for entry in entries] == [("leases", None)]


def test_a_hidden_number_is_a_remark_in_the_register_and_policy_elsewhere(crafted: Any, number: Number) -> None:
    for place in range(10, 29):
        crafted.row(
            "police_residents",
            f"p{place}",
            resident_no=f"R{place}",
            name="赵明玉",
            id_number=number(f"990102198001012{place}"),
        )
    hidden = "990102********2317"
    crafted.row("police_residents", "p1", resident_no="R1", name="钱一", id_number=hidden)
    crafted.row("civil_affairs_elderly", "p2", name="孙二", id_number=hidden)
    (entry,) = crafted.told("number_masked")
    assert (entry["feed"], entry["record_key"], entry["proposed_value"]) == ("residents", "R1", None)
