"""Golden values: which source is believed, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up_people import FATHER, SON, mentions_of, no_facts, tokens

from pipelines.identity.golden.persons import build_persons

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
