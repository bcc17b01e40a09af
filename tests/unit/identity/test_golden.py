"""Golden values: which source is believed, and since when."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up_people import FATHER, SON, mentions_of, no_facts, tokens

from pipelines.identity.golden.persons import GoldenRecords, build_persons, golden_records

POLICE = "police_residents"
ROLL = "property_occupants"


def person_of(*rows: dict[str, Any]) -> dict[str, Any]:
    mentions = mentions_of(*rows)
    own = mentions["id_kind"].eq("valid")
    members = mentions.with_columns(person_id=pl.lit("p"), is_own=pl.when(own).then(own))
    return build_persons(members, no_facts(), tokens).row(0, named=True)


def at(feed: str, code: str, on: date, **more: Any) -> dict[str, Any]:
    where = {"address_code": code, "room_code": code, "building_code": "B1", "matched_level": "room"}
    return {"feed": feed, "name": "王伟", "observed_on": on, **where, **more}


def test_the_register_names_a_person_unless_two_departments_agree_on_another_form() -> None:
    police, slip = {"feed": POLICE, "name": "王伟"}, {"feed": ROLL, "name": "王玮"}
    assert person_of(police, slip)["name"] == "王伟"
    agreed = person_of(
        police,
        {"feed": "civil_affairs_benefits", "name": "王玮"},
        {"feed": "housing_properties", "person_role": "owner", "name": "王玮"},
    )
    assert (agreed["name"], agreed["name_source"]) == ("王玮", "housing_properties/owner")


def test_a_former_name_and_a_title_are_last_resorts() -> None:
    titled = {"feed": ROLL, "name_kind": "titled", "surname": "王", "name_text": "王女士"}
    assert person_of(titled, {"feed": "street_office_participation", "name": "王敏"})["name"] == "王敏"
    assert person_of(titled)["name"] is None, "a surname with a title is no full name"
    renamed = [{"feed": "housing_properties", "person_role": "owner", "name": "王旧"}] * 1
    renamed += [{"feed": "civil_affairs_benefits", "name": "王旧"}, {"feed": "civil_affairs_elderly", "name": "王旧"}]
    assert person_of({"feed": POLICE, "name": "王新", "former_name": "王旧"}, *renamed)["name"] == "王新"


def test_birth_date_and_sex_come_from_the_number_unless_a_majority_contradicts() -> None:
    slip = {"feed": POLICE, "name": "王伟", "number": FATHER, "sex": "2", "birth_date": date(1955, 5, 25)}
    found = person_of(slip | {"birth_precision": "day"})
    assert (found["birth_date"], found["birth_date_source"], found["sex"]) == (
        date(1955, 5, 26),
        "number/police_residents",
        "1",
    )


@pytest.mark.parametrize(
    ("claims", "expect", "precision"),
    [
        ([(date(1980, 5, 1), "month")], date(1980, 5, 1), "month"),
        ([(date(1980, 5, 1), "month"), (date(1980, 5, 17), "day")], date(1980, 5, 17), "day"),
        ([(date(1980, 1, 1), "year"), (date(1980, 5, 1), "month")], date(1980, 5, 1), "month"),
    ],
)
def test_birth_precision_is_that_of_the_finest_claim(
    claims: list[tuple[date, str]], expect: date, precision: str
) -> None:
    rows = [{"feed": ROLL, "name": "王伟", "birth_date": day, "birth_precision": grain} for day, grain in claims]
    found = person_of(*rows)
    assert (found["birth_date"], found["birth_date_precision"]) == (expect, precision)


def test_a_month_supports_the_day_inside_it() -> None:
    days = [
        {"feed": "civil_affairs_benefits", "name": "王伟", "birth_date": date(1980, 5, 17), "birth_precision": "day"},
        {"feed": "civil_affairs_elderly", "name": "王伟", "birth_date": date(1980, 6, 17), "birth_precision": "day"},
        {"feed": ROLL, "name": "王伟", "birth_date": date(1980, 6, 1), "birth_precision": "month"},
    ]
    assert person_of(*days)["birth_date"] == date(1980, 6, 17)


def test_agreeing_fresh_sources_win_over_a_lone_stale_register() -> None:
    found = person_of(
        at(POLICE, "R1", date(2015, 1, 1)),
        at(ROLL, "R2", date(2025, 4, 1)),
        at("housing_leases", "R2", date(2025, 5, 1), person_role="tenant", since_on=date(2025, 3, 1)),
    )
    assert found["residence_address_code"] == "R2"
    assert found["residence_since"] == date(2025, 3, 1)


def test_a_stay_that_ended_is_no_residence_and_a_title_says_least() -> None:
    found = person_of(
        at(POLICE, "R1", date(2020, 1, 1)),
        at(ROLL, "R2", date(2025, 4, 1), until_on=date(2025, 5, 1)),
        at("housing_properties", "R3", date(2025, 4, 1), person_role="owner"),
    )
    assert found["residence_address_code"] == "R1"


def test_a_building_supports_the_room_inside_it() -> None:
    coarse = {"address_code": "B1", "room_code": None, "building_code": "B1", "matched_level": "building"}
    found = person_of(
        at(POLICE, "R9", date(2025, 1, 1), building_code="B2"),
        at(ROLL, "R1", date(2025, 1, 1)),
        at("civil_affairs_benefits", "B1", date(2025, 1, 1)) | coarse,
    )
    assert (found["residence_address_code"], found["residence_level"]) == ("R1", "room")


def test_the_dead_live_nowhere_and_who_moved_away_only_by_newer_evidence() -> None:
    dead = at(POLICE, "R1", date(2025, 1, 1), status="死亡")
    assert person_of(dead, at(ROLL, "R1", date(2025, 4, 1)))["residence_address_code"] is None
    away = at(POLICE, "R1", date(2024, 1, 1), status="迁出")
    assert person_of(away)["residence_address_code"] is None
    back = person_of(away, at("housing_leases", "R2", date(2025, 4, 1), person_role="tenant"))
    assert back["residence_address_code"] == "R2"


def test_phones_are_ranked_and_tokens_hide_the_number() -> None:
    found = person_of(
        {"feed": POLICE, "name": "王伟", "number": FATHER, "phones": ["14200000001"]},
        {"feed": ROLL, "name": "王伟", "phones": ["14200000002"]},
        {
            "feed": "street_office_participation",
            "person_role": "participant",
            "name": "王伟",
            "phones": ["14200000002"],
        },
    )
    assert found["phones"] == ["14200000002", "14200000001"]
    assert found["id_tokens"] == tokens(pl.Series([FATHER])).to_list()
    assert FATHER not in str(found)


def test_a_reissued_number_leaves_two_tokens() -> None:
    rows = [{"feed": POLICE, "name": "王伟", "number": number} for number in (FATHER, SON)]
    assert len(person_of(*rows)["id_tokens"]) == 2


def test_what_nobody_tells_is_null_and_lists_are_empty() -> None:
    found = person_of({"feed": "market_regulation_enterprises", "person_role": "legal_representative", "name": "王伟"})
    assert found["phones"] == []
    assert found["id_tokens"] == []
    assert found["birth_date"] is None
    assert found["residence_address_code"] is None


def test_kin_in_the_building_tell_the_room() -> None:
    family = {"feed": POLICE, "hukou_no": "H1", "observed_on": date(2025, 1, 1), "building_code": "B1"}
    mentions = mentions_of(
        {**family, "name": "王父", "address_code": "R1", "room_code": "R1", "matched_level": "room"},
        {**family, "name": "王子", "address_code": "B1", "matched_level": "building"},
        {**family, "name": "王女", "address_code": "B2", "building_code": "B2", "matched_level": "building"},
    )
    members = mentions.with_columns(person_id=pl.col("name"), is_own=pl.lit(None, dtype=pl.Boolean))
    found = build_persons(members, no_facts(), tokens)
    homes = dict(found.select("person_id", "residence_address_code").iter_rows())
    assert homes == {"王父": "R1", "王子": "R1", "王女": "B2"}


def registered_as(*names: str) -> list[dict[str, Any]]:
    """Other residents, whose names tell what characters people bear."""
    return [{"feed": POLICE, "name": name, "given": name[1:], "record_key": f"o{name}"} for name in names]


def named_among(others: list[dict[str, Any]], *rows: dict[str, Any]) -> str:
    """The golden name of one person among other residents."""
    mine = [row | {"given": row["name"][1:]} for row in rows]
    mentions = mentions_of(*mine, *others)
    who = pl.when(pl.col("record_key").str.starts_with("o")).then("record_key").otherwise(pl.lit("p"))
    members = mentions.with_columns(person_id=who, is_own=pl.lit(value=False))
    found = build_persons(members, no_facts(), tokens).filter(pl.col("person_id") == "p")
    return str(found["name"].item())


def test_a_character_that_nobody_bears_is_the_slip_and_one_of_two_usual_ones_is_not() -> None:
    others = registered_as("王婷", "李婷", "赵婷玉", "孙婷雪", "周晓婷", "吴佳", "郑嘉")
    register, deed = {"feed": POLICE}, {"feed": "housing_properties", "person_role": "owner"}
    assert named_among(others, register | {"name": "韩停倩"}, deed | {"name": "韩婷倩"}) == "韩婷倩"
    assert named_among(others, register | {"name": "韩嘉倩"}, deed | {"name": "韩佳倩"}) == "韩嘉倩"


def test_characters_get_lost_rather_than_invented() -> None:
    register, deed = {"feed": POLICE}, {"feed": "housing_properties", "person_role": "owner"}
    assert named_among([], register | {"name": "林慧"}, deed | {"name": "林慧红"}) == "林慧红"
    assert named_among([], register | {"name": "林慧"}, deed | {"name": "林芳红"}) == "林慧"


def test_dates_written_for_want_of_one_and_dates_to_come_are_not_believed() -> None:
    def told(day: date, feed: str = POLICE) -> dict[str, Any]:
        return {"feed": feed, "name": "王伟", "birth_date": day, "birth_precision": "day"}

    assert person_of(told(date(1900, 1, 1)))["birth_date"] is None
    assert person_of(told(date(2052, 3, 1)))["birth_date"] is None
    assert person_of(told(date(1890, 3, 1)))["birth_date"] is None
    lists = told(date(1961, 4, 2), "civil_affairs_benefits")
    assert person_of(told(date(1970, 1, 1)), lists)["birth_date"] == date(1961, 4, 2), "a default that may be true"
    assert person_of(told(date(1970, 1, 1)))["birth_date"] == date(1970, 1, 1)


def records_of(facts: pl.DataFrame, *rows: dict[str, Any]) -> GoldenRecords:
    mentions = mentions_of(*rows)
    own = mentions["id_kind"].eq("valid")
    return golden_records(mentions.with_columns(person_id=pl.lit("p"), is_own=pl.when(own).then(own)), facts, tokens)


def test_what_departments_say_otherwise_is_kept_with_the_reason() -> None:
    rows = [
        {"feed": POLICE, "name": "王玮", "number": FATHER},
        {"feed": "civil_affairs_benefits", "name": "王伟"},
        {"feed": "housing_properties", "person_role": "owner", "name": "王伟"},
    ]
    kept = {row["attribute"]: row for row in records_of(no_facts(), *rows).person_attribute.iter_rows(named=True)}
    name = kept["name"]
    assert (name["value"], name["reason"], name["source"]) == ("王伟", "agreement", "housing_properties/owner")
    other = json.loads(name["alternatives"])
    assert [(told["value"], told["sources"]) for told in other] == [("王玮", ["police_residents/self"])]
    assert name["confidence"] + other[0]["confidence"] <= 1.0001
    assert (kept["birth_date"]["reason"], kept["birth_date"]["alternatives"]) == ("undisputed", None)
    assert kept["id_token"]["value"] != FATHER
    assert not any(FATHER in str(value) for row in kept.values() for value in row.values())


def test_a_room_that_other_records_tell_counts_and_an_owner_of_several_lives_where_he_is_told_to() -> None:
    hint = {"matched_level": "unit", "address_code": None, "room_code": "R1"}
    found = person_of(
        at(POLICE, "R1", date(2024, 1, 1)) | hint,
        at("housing_properties", "R1", date(2024, 1, 1), person_role="owner"),
        at("housing_properties", "R2", date(2025, 1, 1), person_role="owner", record_key="t2"),
    )
    assert (found["residence_address_code"], found["residence_level"]) == ("R1", "room")


def role_on_roll(role: str) -> pl.DataFrame:
    return pl.DataFrame({"feed": [ROLL], "record_key": ["o1"], "fact": [role]})


@pytest.mark.parametrize(("role", "expect"), [("业主", "R1"), ("家属", "R2")])
def test_an_owner_on_the_roll_owns_and_his_kin_on_it_live_there(role: str, expect: str) -> None:
    rows = [at(POLICE, "R1", date(2019, 1, 1)), at(ROLL, "R2", date(2025, 4, 1), record_key="o1")]
    deed = at("civil_affairs_elderly", "R2", date(2025, 4, 1)) if role == "家属" else None
    told = [*rows, deed] if deed else rows
    assert records_of(role_on_roll(role), *told).person["residence_address_code"].item() == expect


def test_who_lets_a_dwelling_does_not_live_there() -> None:
    deed = at("housing_properties", "R1", date(2020, 1, 1), person_role="owner")
    lease = at("housing_leases", "R1", date(2025, 1, 1), person_role="landlord")
    assert person_of(deed)["residence_address_code"] == "R1"
    assert person_of(deed, lease)["residence_address_code"] is None


def test_a_change_told_today_beats_departments_that_have_not_heard_of_it() -> None:
    stale = [at(feed, "R1", date(2024, 6, 1)) for feed in ("civil_affairs_elderly", "civil_affairs_benefits")]
    moved = at(POLICE, "R2", date(2025, 6, 3))
    assert person_of(moved, *stale)["residence_address_code"] == "R2"
    assert person_of(at(POLICE, "R2", date(2019, 6, 3)), *stale)["residence_address_code"] == "R1"


def test_a_visit_dates_a_row_and_its_delivery_does_not() -> None:
    visited = pl.DataFrame(
        {
            "feed": ["civil_affairs_elderly"],
            "record_key": ["e1"],
            "fact": ["独居"],
            "seen_on": [date(2025, 5, 20)],
        }
    )
    row = at("civil_affairs_elderly", "R1", date(2025, 6, 1), record_key="e1")
    assert records_of(visited, row).person["residence_address_code_on"].item() == date(2025, 5, 20)
    assert records_of(no_facts(), row).person["residence_address_code_on"].item() == date(2024, 6, 1)


def test_a_death_stands_against_a_second_record_unless_somebody_saw_the_person() -> None:
    dead = at(POLICE, "R1", date(2024, 1, 1), status="死亡", record_key="a")
    open_record = at(POLICE, "R1", date(2025, 1, 1), status="正常", record_key="b")
    assert person_of(dead, open_record)["status"] == "死亡"
    active = {"feed": "street_office_participation", "person_role": "participant", "name": "王伟"}
    seen = active | {"observed_on": date(2025, 4, 1)}
    assert person_of(dead, open_record, seen)["status"] == "正常"


def test_children_live_with_their_family() -> None:
    family = {"feed": POLICE, "hukou_no": "H1", "observed_on": date(2025, 1, 1), "matched_level": "room"}

    def one(name: str, room: str, year: int) -> dict[str, Any]:
        return {**family, "name": name, "address_code": room, "room_code": room, "birth_date": date(year, 1, 1)} | {
            "birth_precision": "day"
        }

    rows = [one("王父", "R1", 1980), one("李母", "R1", 1982), one("王子", "R2", 2015), one("王女", "R3", 2001)]
    members = mentions_of(*rows).with_columns(person_id=pl.col("name"), is_own=pl.lit(None, dtype=pl.Boolean))
    homes = dict(build_persons(members, no_facts(), tokens).select("person_id", "residence_address_code").iter_rows())
    assert (homes["王子"], homes["王女"]) == ("R1", "R3"), "a grown daughter may live elsewhere"


def test_usage_is_that_of_the_persons_sex_and_a_sign_typed_twice_is_one() -> None:
    others = [row | {"sex": "2"} for row in registered_as("王雪", "李雪", "赵雪", "孙雪梅", "周雪")]
    others += [row | {"sex": "1"} for row in registered_as("吴学", "郑学", "钱学", "冯学文", "陈学", "褚学")]
    register, deed = {"feed": POLICE, "sex": "2"}, {"feed": "housing_properties", "person_role": "owner"}
    assert named_among(others, register | {"name": "卫学"}, deed | {"name": "卫雪"}) == "卫雪"
    assert named_among([], register | {"name": "刘佳佳曦"}, deed | {"name": "刘佳曦"}) == "刘佳曦"
