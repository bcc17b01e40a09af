"""Each contract against a delivery it takes and one it refuses, and against what the specification says of it."""

from __future__ import annotations

import pytest
from feed_samples import SAMPLES, Sample

from pipelines.contracts.forms import code_form
from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Column, Contract

CONTRACTS = load_contracts()
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.feed)
every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)

NAMES_NO_PERSON = {"market_regulation_enterprises", "street_office_readiness"}

# feed -> (mode, key, identity, updated_by), from the specification of the department exports
SPECIFIED = {
    "police_addresses": ("full", ["address_code"], [], None),
    "police_residents": ("increment", ["resident_no"], [], "updated_at"),
    "police_incidents": ("increment", ["incident_no"], [], None),
    "civil_affairs_benefits": ("full", [], ["name", "id_number", "birth_date", "address", "benefit"], None),
    "civil_affairs_elderly": ("full", [], ["name", "id_number", "birth_date", "address"], None),
    "civil_affairs_marriages": ("increment", ["certificate_no"], [], None),
    "housing_properties": ("full", ["parcel_unit_no"], [], None),
    "housing_leases": ("increment", ["lease_no"], [], None),
    "property_occupants": ("full", [], ["estate", "room_text", "name"], "updated_on"),
    "property_workorders": ("increment", ["order_no"], [], None),
    "sensors_devices": ("full", ["device_id"], [], None),
    "sensors_events": ("append", ["event_id"], [], "handled_at"),
    "street_office_disputes": ("increment", ["dispute_no"], [], None),
    "street_office_participation": ("increment", ["entry_no"], [], None),
    "street_office_surveys": ("increment", [], ["survey_no", "community", "question"], None),
    "street_office_readiness": ("full", [], ["community", "kind", "name"], None),
    "market_regulation_enterprises": ("full", ["credit_code"], [], None),
}


def code_lookup(column: Column) -> dict[str, str]:
    """Form -> canonical code; a form with two codes would be lost here, and is refused by the loader."""
    return {code_form(text): code for code, synonyms in column.codes.items() for text in (code, *synonyms)}


def test_all_seventeen_feeds_are_declared_and_every_feed_is_sampled() -> None:
    assert set(SPECIFIED) <= set(CONTRACTS)
    assert set(CONTRACTS) == {sample.feed for sample in SAMPLES}
    assert len(SPECIFIED) == 17


@pytest.mark.parametrize("feed", SPECIFIED)
def test_mode_and_keys_are_the_specified_ones(feed: str) -> None:
    contract = CONTRACTS[feed]
    assert (contract.mode, contract.key, contract.identity, contract.updated_by) == SPECIFIED[contract.name]


@every_sample
def test_good_sample_resolves_to_every_column(sample: Sample) -> None:
    contract = CONTRACTS[sample.feed]
    found = resolve_headers(contract, sample.good[0])
    assert found.is_usable
    assert tuple(found.unknown.values()) == sample.unknown
    never_delivered = {column.name for column in contract.columns} - set(found.columns)
    assert never_delivered <= {"former_name", "seq"}


@every_sample
def test_good_sample_has_a_key_and_known_codes_in_every_row(sample: Sample) -> None:
    contract = CONTRACTS[sample.feed]
    headers, *rows = sample.good
    positions = resolve_headers(contract, headers).columns
    nulls = {code_form(token) for token in contract.null_tokens}
    assert rows
    for row in rows:
        assert len(row) == len(headers)
        assert all(code_form(row[positions[name]]) not in nulls for name in contract.key)
        for column in (c for c in contract.columns if c.type == "code"):
            form = code_form(row[positions[column.name]])
            assert form in nulls or form in code_lookup(column), (column.name, row[positions[column.name]])


@every_sample
def test_bad_sample_is_refused_for_its_reason(sample: Sample) -> None:
    found = resolve_headers(CONTRACTS[sample.feed], sample.bad)
    assert not found.is_usable
    assert (found.missing, found.duplicates) == (sample.missing, sample.duplicates)


@pytest.mark.parametrize(
    ("feed", "column", "delivered", "code"),
    [
        ("police_residents", "sex", "男", "1"),
        ("police_residents", "sex", "ｆ", "2"),
        ("police_residents", "relation_to_head", "户主", "02"),
        ("police_residents", "relation_to_head", "2", "02"),
        ("police_residents", "relation_to_head", "妻", "12"),
        ("civil_affairs_benefits", "relation_to_head", "长 子", "22"),
        ("civil_affairs_benefits", "benefit", "五保户", "特困"),
        ("street_office_disputes", "origin", "12345", "12345热线"),
        ("market_regulation_enterprises", "status", "存续（在营、开业、在册）", "存续"),
    ],
)
def test_codes_are_read_as_departments_write_them(feed: str, column: str, delivered: str, code: str) -> None:
    assert code_lookup(CONTRACTS[feed].column(column))[code_form(delivered)] == code


def test_family_relations_are_one_list_in_both_registers() -> None:
    police = CONTRACTS["police_residents"].column("relation_to_head")
    assert police.codes == CONTRACTS["civil_affairs_benefits"].column("relation_to_head").codes
    two_digits = {1, 2, 10, 11, 12, *range(20, 98), 99}  # GB/T 4761-2008
    assert set(police.codes) == {f"{code:02d}" for code in two_digits}


def test_sexes_are_one_list_in_every_feed() -> None:
    lists = [c.codes for contract in CONTRACTS.values() for c in contract.columns if c.name == "sex"]
    assert len(lists) == 3
    assert all(codes == lists[0] for codes in lists)
    assert set(lists[0]) == {"0", "1", "2", "9"}  # GB/T 2261.1


@every_contract
def test_what_names_a_person_is_never_public(contract: Contract) -> None:
    telling = ("_name", "phone", "id_number", "id_numbers", "id_tail", "plates", "owners", "legal_representative")
    for column in contract.columns:
        if column.name.endswith(telling) or (column.name == "name" and contract.name not in NAMES_NO_PERSON):
            assert column.data_class == "direct", column.name


def test_sensors_and_incidents_carry_no_person() -> None:
    for name in ("sensors_devices", "sensors_events", "police_incidents", "property_workorders"):
        assert {column.data_class for column in CONTRACTS[name].columns} <= {"public", "quasi", "sensitive"}


def test_a_department_has_one_chinese_name() -> None:
    names = {(contract.department, contract.department_zh) for contract in CONTRACTS.values()}
    assert len(names) == len({department for department, _ in names}) == 7
