"""Whatever rows say: golden values depend neither on the order of rows nor, where they claim so, on other persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts
from pipelines.identity.golden.own_values import OWN_COLUMNS, own_values
from pipelines.identity.golden.persons import golden_records
from pipelines.identity.golden.rules import shipped_rules
from pipelines.identity.mentions.collect import MENTION_SCHEMA

NUMBERS = {"valid": ["990101195505263034", "990102198102010597"], "none": [None]}
ROW = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from(["p1", "p2", "p3"]),
        "feed": st.sampled_from(
            ["police_residents", "property_occupants", "civil_affairs_benefits", "civil_affairs_elderly"]
        ),
        "name": st.sampled_from([None, "王伟", "王玮", "王伟伟", "王伟伟伟", "李伟"]),
        "id_kind": st.sampled_from(["valid", "none"]),
        "number": st.integers(0, 1),
        "sex": st.sampled_from([None, "1", "2"]),
        "birth": st.sampled_from(
            [None, (date(1955, 5, 26), "day"), (date(1955, 5, 1), "month"), (date(1981, 1, 1), "year")]
        ),
        "phones": st.lists(st.sampled_from(["14200000001", "14200000002"]), max_size=2, unique=True),
        "place": st.sampled_from([(None, None), ("R1", "room"), ("R2", "room"), ("B1", "building"), ("E1", "estate")]),
        "observed_on": st.sampled_from([date(2019, 1, 1), date(2025, 5, 1), date(2052, 1, 1)]),
        "status": st.sampled_from([None, "正常", "死亡"]),
    }
)
CITY = st.lists(ROW, min_size=1, max_size=10)
FACTS = pl.DataFrame(schema={"feed": pl.String, "record_key": pl.String, "fact": pl.String})


def members_of(city: list[dict[str, Any]]) -> pl.DataFrame:
    rows = []
    for place, row in enumerate(city):
        code, level = row["place"]
        day, precision = row["birth"] or (None, None)
        numbers = NUMBERS[row["id_kind"]]
        told = {name: row.get(name) for name in MENTION_SCHEMA} | {
            "mention_index": place,
            "record_key": f"r{place:02d}",
            "person_role": "self",
            "person_seq": 1,
            "name_kind": "han" if row["name"] else "none",
            "surname": row["name"][0] if row["name"] else None,
            "given": row["name"][1:] if row["name"] else None,
            "id_number": numbers[row["number"] % len(numbers)],
            "birth_date": day,
            "birth_precision": precision,
            "birth_source": "column" if day else None,
            "sex_source": "column" if row["sex"] else None,
            "address_role": "residence",
            "address_code": code,
            "room_code": code if level == "room" else None,
            "building_code": "B1" if level in ("room", "building") else None,
            "estate_code": "E1" if level else None,
            "matched_level": level,
            "first_delivered_on": date(2025, 6, 1),
            "last_delivered_on": date(2025, 6, 3),
        }
        rows.append(told)
    frame = pl.DataFrame(rows, schema=MENTION_SCHEMA)
    own = frame["id_kind"].eq("valid")
    who = pl.Series("person_id", [row["person_id"] for row in city])
    return frame.with_columns(who, is_own=pl.when(own).then(own))


def same(numbers: pl.Series) -> pl.Series:
    return numbers


@settings(max_examples=25, deadline=None)
@given(CITY, st.integers(0, 100))
def test_the_order_of_rows_decides_nothing(city: list[dict[str, Any]], seed: int) -> None:
    members = members_of(city)
    first = golden_records(members, FACTS, same)
    again = golden_records(members.sample(fraction=1, shuffle=True, seed=seed), FACTS, same)
    assert_frame_equal(again.person, first.person)
    assert_frame_equal(again.person_attribute, first.person_attribute)


@settings(max_examples=25, deadline=None)
@given(CITY)
def test_own_values_follow_from_the_persons_own_rows_and_named_columns(city: list[dict[str, Any]]) -> None:
    rows = dated_rows(members_of(city), complete_facts(FACTS))
    every = own_values(rows, same, shipped_rules())
    for person in sorted(set(rows["person_id"])):
        alone = own_values(rows.filter(person_id=person).select(OWN_COLUMNS), same, shipped_rules())
        assert_frame_equal(alone.person, every.person.filter(person_id=person))
        assert_frame_equal(alone.person_attribute, every.person_attribute.filter(person_id=person))


@settings(max_examples=25, deadline=None)
@given(CITY)
def test_every_golden_value_was_told_by_somebody_and_is_dated_before_its_delivery(city: list[dict[str, Any]]) -> None:
    members = members_of(city)
    found = golden_records(members, FACTS, same).person
    assert found["person_id"].is_unique().all()
    for row in found.iter_rows(named=True):
        mine = members.filter(person_id=row["person_id"])
        assert row["name"] is None or row["name"] in mine["name"].to_list()
        codes = [*mine["address_code"], *mine["estate_code"], *mine["building_code"]]
        assert row["residence_address_code"] is None or row["residence_address_code"] in codes
        dates = [row["name_on"], row["birth_date_on"], row["residence_address_code_on"]]
        assert all(day is None or day <= date(2025, 6, 3) for day in dates)
        shares = [row["name_confidence"], row["birth_date_confidence"], row["residence_address_code_confidence"]]
        assert all(share is None or 0 < share <= 1 for share in shares)
