"""Raw rows to mentions: every person of every role, once, with what the row knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from small_city import number_of

from pipelines.identity.mentions.collect import MENTION_SCHEMA, collect_person_mentions

DELIVERED = date(2025, 6, 1)
OWNER = number_of(date(1955, 5, 26), 303)
NO_ADDRESS = pl.DataFrame(schema=dict.fromkeys(("feed", "record_key", "address_role", "address_code"), pl.String))


def _table(*rows: dict[str, Any], **schema: Any) -> pl.LazyFrame:
    meta = {
        "batch_id": "b1",
        "delivered_on": DELIVERED,
        "last_delivered_on": DELIVERED,
        "is_current": True,
    }
    full = [meta | {"record_key": f"k{place}", "row_number": place} | row for place, row in enumerate(rows)]
    return pl.DataFrame(full, schema_overrides=schema, infer_schema_length=None).lazy()


def _leases(**told: Any) -> dict[str, Any]:
    row = {
        "landlord_name": "王建国",
        "landlord_id_number": OWNER,
        "tenant_name": "李女士",
        "tenant_id_number": None,
        "tenant_phone": "14200000001、0990-6362956",
        "starts_on": date(2025, 1, 1),
        "ends_on": date(2025, 12, 31),
    }
    return row | told


def test_both_sides_of_a_lease_are_mentioned() -> None:
    mentions = collect_person_mentions({"housing_leases": _table(_leases())}, NO_ADDRESS)
    landlord, tenant = mentions.sort("person_role").to_dicts()
    assert mentions.schema == MENTION_SCHEMA
    assert (landlord["name"], landlord["id_kind"], landlord["birth_date"], landlord["sex"]) == (
        "王建国",
        "valid",
        date(1955, 5, 26),
        "1",
    )
    assert (tenant["name"], tenant["name_kind"], tenant["surname"], tenant["sex"]) == (None, "titled", "李", "2")
    assert tenant["phones"] == ["14200000001", "09906362956"]
    assert (tenant["since_on"], tenant["until_on"]) == (date(2025, 1, 1), date(2025, 12, 31))


def test_a_role_of_which_the_row_tells_nothing_is_no_mention() -> None:
    blank = _leases(landlord_name=None, landlord_id_number=" ", tenant_name="", tenant_phone=None)
    assert collect_person_mentions({"raw.housing_leases": _table(blank)}, NO_ADDRESS).is_empty()


def test_joint_owners_are_split_with_their_numbers_and_know_each_other() -> None:
    owners = _table(
        {
            "owners": "王建国、李秀兰",
            "owner_id_numbers": OWNER,
            "registered_on": date(2010, 1, 1),
        },
        {"owners": "云川市双泉科技有限公司", "owner_id_numbers": None, "registered_on": None},
    )
    mentions = collect_person_mentions({"housing_properties": owners}, NO_ADDRESS)
    assert mentions.select("person_seq", "name", "id_kind", "kin_name", "reason").rows() == [
        (1, "王建国", "valid", "李秀兰", None),
        (2, "李秀兰", "none", "王建国", None),
        (1, None, "none", None, "organisation"),
    ]


def test_only_the_current_version_of_a_record_counts() -> None:
    old = _leases(record_key="k", tenant_name="旧名", is_current=False)
    new = _leases(record_key="k", tenant_name="新明", delivered_on=date(2025, 6, 2), row_number=9)
    mentions = collect_person_mentions({"housing_leases": _table(old, new)}, NO_ADDRESS)
    tenants = mentions.filter(pl.col("person_role") == "tenant")
    assert tenants["name"].to_list() == ["新明"]
    assert tenants["first_delivered_on"].to_list() == [DELIVERED]


def test_household_members_know_their_head_and_he_his_wife() -> None:
    def resident(name: str, relation: str, hukou_no: str = "H1") -> dict[str, Any]:
        return {
            "name": name,
            "former_name": None,
            "sex": "1",
            "id_number": None,
            "birth_date": date(1980, 5, 1),
            "birth_date_precision": "month",
            "hukou_no": hukou_no,
            "relation_to_head": relation,
            "residence_type": "常住",
            "phone": None,
            "registered_on": date(2020, 1, 1),
            "updated_at": datetime(2025, 5, 31, 17, 0, tzinfo=UTC),
            "status": "正常",
        }

    table = _table(
        resident("王建国", "02"),
        resident("李秀兰", "10"),
        resident("王小明", "20"),
        former_name=pl.String,
        id_number=pl.String,
        phone=pl.String,
        updated_at=pl.Datetime("us", "UTC"),
    )
    mentions = collect_person_mentions({"police_residents": table}, NO_ADDRESS)
    assert mentions.select("name", "kin_name", "kin_role").rows() == [
        ("王建国", "李秀兰", "spouse"),
        ("李秀兰", "王建国", "head"),
        ("王小明", "王建国", "head"),
    ]
    assert mentions["kin_names"].to_list()[2] == ["李秀兰", "王建国"]
    assert mentions["observed_on"].to_list() == [date(2025, 6, 1)] * 3, "17:00 UTC is the next day in Shanghai"
    assert mentions["birth_precision"].to_list() == ["month"] * 3


def test_addresses_come_by_feed_record_and_role() -> None:
    match = pl.DataFrame(
        {
            "feed": ["housing_leases"],
            "record_key": ["k0"],
            "address_role": ["dwelling"],
            "address_code": ["A1"],
            "room_code": ["A1"],
            "community": ["东泉社区"],
        }
    )
    mentions = collect_person_mentions({"housing_leases": _table(_leases())}, match)
    assert mentions["room_code"].to_list() == ["A1", "A1"]
    assert mentions["community"].to_list() == ["东泉社区", "东泉社区"]


def test_a_number_with_a_slip_in_the_birth_date_is_mended_by_the_row() -> None:
    """Two neighbours swapped in the year; the row knows the birth date, and the check character agrees."""
    wrong = OWNER[:9] + OWNER[10] + OWNER[9] + OWNER[11:]
    elder = {"name": "王建国", "id_number": wrong, "sex": "男", "birth_date": date(1955, 5, 26), "contact_name": "王军"}
    row = elder | {"contact_phone": None, "birth_date_precision": "month"}
    mentions = collect_person_mentions({"civil_affairs_elderly": _table(row)}, NO_ADDRESS)
    told = mentions.filter(pl.col("person_role") == "self").row(0, named=True)
    assert (told["id_kind"], told["id_number"], told["id_pattern"]) == ("invalid", wrong, OWNER)


def test_a_number_with_a_slip_elsewhere_stays_as_it_is() -> None:
    wrong = OWNER[:14] + OWNER[15] + OWNER[14] + OWNER[16:]
    row = {"name": "王建国", "id_number": wrong, "sex": "男", "birth_date": date(1955, 5, 26), "contact_name": None}
    elderly = _table(row | {"contact_phone": None, "birth_date_precision": "day"}, contact_name=pl.String)
    told = collect_person_mentions({"civil_affairs_elderly": elderly}, NO_ADDRESS).row(0, named=True)
    assert told["id_pattern"] == wrong


def test_the_last_six_tell_the_sex() -> None:
    roll = {"name": "王建国", "role": "业主", "phone": None, "id_tail": OWNER[-6:], "updated_on": date(2025, 5, 1)}
    stay = {"moved_in_on": None, "moved_out_on": None}
    told = collect_person_mentions({"property_occupants": _table(roll | stay)}, NO_ADDRESS).row(0, named=True)
    assert (told["id_kind"], told["sex"], told["sex_source"]) == ("tail", "1", "number")


def test_a_tenant_of_whom_only_the_telephone_is_known_is_kept_with_the_reason() -> None:
    lease = _leases(tenant_name=None)
    told = collect_person_mentions({"housing_leases": _table(lease)}, NO_ADDRESS)
    tenant = told.filter(pl.col("person_role") == "tenant").row(0, named=True)
    assert (tenant["name"], tenant["phones"][0], tenant["reason"]) == (None, "14200000001", "no_usable_name")


def test_two_names_in_one_cell_are_the_person_and_kin() -> None:
    lease = _leases(landlord_name="王建国和李淑兰", tenant_name="周强14200000009", tenant_phone=None)
    landlord, tenant = (
        collect_person_mentions({"housing_leases": _table(lease)}, NO_ADDRESS).sort("person_role").to_dicts()
    )
    assert (landlord["name_text"], landlord["name"], landlord["kin_names"]) == ("王建国和李淑兰", "王建国", ["李淑兰"])
    assert (tenant["name"], tenant["phones"]) == ("周强", ["14200000009"])


def test_the_spouse_written_before_the_bride_is_not_the_bride() -> None:
    row = {"husband_name": "王辉亮", "wife_name": "王辉亮，王丽萍", "husband_id_number": OWNER, "wife_id_number": None}
    marriage = _table(row | {"registered_on": date(2018, 1, 1)}, wife_id_number=pl.String)
    husband, wife = (
        collect_person_mentions({"civil_affairs_marriages": marriage}, NO_ADDRESS).sort("person_role").to_dicts()
    )
    assert (husband["name"], husband["kin_names"]) == ("王辉亮", ["王丽萍"])
    assert (wife["name"], wife["kin_names"]) == ("王丽萍", ["王辉亮"])


def test_a_head_who_is_the_beneficiary_is_no_kin_of_his_own() -> None:
    """沈韡 for 沈海韡: the other spelling is the same person where the relation says so, and kin where it does not."""
    row = {"name": "沈韡", "id_number": OWNER, "sex": "男", "birth_date": date(1955, 5, 26), "head_name": "沈海韡"}
    row |= {"birth_date_precision": "day", "phone": None}
    benefits = _table(row | {"relation_to_head": "01"}, row | {"relation_to_head": "20"})
    told = collect_person_mentions({"civil_affairs_benefits": benefits}, NO_ADDRESS).sort("record_key", "person_role")
    assert told["kin_name"].to_list() == [None, None, "沈韡", "沈海韡"]
    assert told["kin_id_number"].to_list() == [None, None, OWNER, None]


def test_two_names_in_the_cell_of_a_head_begin_with_the_head() -> None:
    row = {
        "name": "张宇",
        "id_number": None,
        "sex": None,
        "birth_date": None,
        "head_name": "张宇/覃安可",
        "phone": None,
    }
    benefits = _table(row | {"relation_to_head": "01"}, id_number=pl.String, sex=pl.String, birth_date=pl.Date)
    told = collect_person_mentions({"civil_affairs_benefits": benefits}, NO_ADDRESS)
    assert told.filter(pl.col("person_role") == "head")["name"].to_list() == ["张宇"]
