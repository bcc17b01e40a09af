"""Fields that no feed may have, and columns that no mart of risk or need may have; and each of these tests can fail."""

from __future__ import annotations

import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Column, Contract
from pipelines.governance.refusals import (
    load_rules,
    person_column,
    refuse_columns,
    refuse_contracts,
    refuse_scores,
)
from pipelines.needs.night import ATTENTION_SCHEMA

RULES = load_rules()
CONTRACTS = load_contracts()
BY_FEED = {(contract.department, contract.feed): contract for contract in CONTRACTS.values()}


def with_field(department: str, feed: str, **field: object) -> Contract:
    told = {"name": "extra_field", "headers": ["附加"], "description_en": "x", "description_zh": "x"} | field
    contract = BY_FEED[department, feed]
    return contract.model_copy(update={"columns": [*contract.columns, Column.model_validate(told)]})


def test_the_contracts_in_force_have_no_such_field() -> None:
    assert refuse_contracts(CONTRACTS.values(), RULES) == []


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ({"name": "face_id"}, "a name"),
        ({"name": "subject", "headers": ["faceId"]}, "a header in camel case"),
        ({"name": "subject", "headers": ["FACE-ID"]}, "a header in capitals"),
        ({"name": "subject", "headers": ["人脸编号"]}, "a Chinese header"),
        ({"name": "plate"}, "a number plate"),
        ({"name": "tag", "headers": ["标签", "车牌"]}, "a synonym of a header"),
        ({"name": "mac"}, "a radio address"),
        ({"name": "radio", "headers": ["wifiMac"]}, "a radio address of a vendor"),
        ({"name": "radio", "headers": ["手机探针"]}, "a radio address in words"),
        ({"name": "card_no"}, "whose card opened the gate"),
        ({"name": "person_id"}, "a person"),
        ({"name": "label", "headers": ["姓名"]}, "a name of a person"),
        ({"name": "kind", "type": "code", "codes": {"x": ["人脸识别"]}}, "a value of a code list"),
        ({"name": "remark", "data_class": "quasi"}, "classed as helping to tell somebody"),
        ({"name": "remark", "data_class": "direct"}, "classed as telling somebody"),
        ({"name": "remark", "data_class": "sensitive"}, "classed as sensitive"),
    ],
)
@pytest.mark.parametrize("feed", ["devices", "events"])
def test_a_sensor_has_no_field_about_persons(feed: str, field: dict[str, object], why: str) -> None:
    found = refuse_contracts([with_field("sensors", feed, **field)], RULES)
    assert [refusal.path[0] for refusal in found] == [f"raw.sensors_{feed}.{field['name']}"], why
    assert found[0].rule in ("sensor_field", "never_field")


@pytest.mark.parametrize(
    "name", ["machine_state", "surface_m2", "template", "average_db", "cardinal_direction", "image_quality"]
)
def test_a_word_inside_another_is_not_meant(name: str) -> None:
    found = refuse_contracts([with_field("sensors", "devices", name=name)], RULES)
    assert [refusal.path[0] for refusal in found] == (["raw.sensors_devices.image_quality"] if "image" in name else [])


@pytest.mark.parametrize(
    "field", [{"name": "trajectory"}, {"headers": ["前科"]}, {"headers": ["情绪指数"]}, {"headers": ["人脸特征"]}]
)
@pytest.mark.parametrize("of", [("police", "residents"), ("street_office", "participation")])
def test_no_feed_brings_movements_offences_bodies_or_moods(of: tuple[str, str], field: dict[str, object]) -> None:
    assert [refusal.rule for refusal in refuse_contracts([with_field(*of, **field)], RULES)] == ["never_field"]


def test_a_plate_on_the_roll_of_a_car_park_is_no_business_of_sensors() -> None:
    assert refuse_contracts([BY_FEED["property", "occupants"]], RULES) == []


def test_the_list_of_needs_has_no_score() -> None:
    columns = {name: dtype.is_float() for name, dtype in ATTENTION_SCHEMA.items()}
    assert refuse_scores(columns, RULES) == []
    assert set(RULES.needs_fractions) <= set(columns)


@pytest.mark.parametrize("name", ["need_score", "risk", "points", "urgency_index", "care_level"])
def test_a_score_in_the_list_of_needs_is_refused(name: str) -> None:
    columns = {name: dtype.is_float() for name, dtype in ATTENTION_SCHEMA.items()}
    assert [refusal.path for refusal in refuse_scores(columns | {name: False}, RULES)] == [
        (f"marts.attention_household.{name}",)
    ]
    assert [refusal.path for refusal in refuse_scores(columns | {"burden": True}, RULES)] == [
        ("marts.attention_household.burden",)
    ]


def test_a_persons_column_in_a_mart_of_risk_is_refused() -> None:
    is_person = person_column(CONTRACTS, RULES)
    tables = {"marts.risk_building": ["address_code", "score", "owner_person_ids"], "marts.model_register": ["owner"]}
    found = refuse_columns(tables, is_person, RULES)
    assert [refusal.path for refusal in found] == [("marts.risk_building.owner_person_ids",)]


def test_every_other_meaning_is_needed() -> None:
    is_person = person_column(CONTRACTS, RULES)
    assert all(is_person(column) for column in RULES.other_meanings)
