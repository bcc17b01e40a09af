"""Other departments catch a digit that text alone cannot."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.evidence.collect import collect_address_evidence
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register.index import Register, build_register

PHONE = "14200000001"


def raw_tables(**texts: str) -> dict[str, pl.LazyFrame]:
    """One record a feed with the same phone, at the text given for the feed."""
    columns: dict[str, tuple[str, str, dict[str, list[str]]]] = {
        "police_residents": ("residence_address", "phone", {}),
        "housing_leases": ("address", "tenant_phone", {}),
        "civil_affairs_benefits": ("address", "phone", {}),
        "property_occupants": ("room_text", "phone", {"estate": ["翠湖雅居"]}),
    }
    tables = {}
    for feed, text in texts.items():
        column, phone, more = columns[feed]
        tables[f"raw.{feed}"] = pl.LazyFrame({"record_key": [feed], column: [text], phone: [PHONE]} | more)
    return tables


def decide(register: Register, raw: dict[str, pl.LazyFrame]) -> dict[str, tuple[str, str | None, str | None]]:
    found = match_addresses(collect_address_mentions(raw), register, collect_address_evidence(raw))
    rows = found.filter(pl.col("address_text").is_not_null()).iter_rows(named=True)
    return {row["feed"]: (row["status"], row["address_code"], row["reason"]) for row in rows}


def test_the_less_trusted_of_two_neighbours_is_doubted(register: Register) -> None:
    found = decide(register, raw_tables(police_residents="翠湖雅居2-1-502", civil_affairs_benefits="翠湖雅居2-1-501"))
    assert found["police_residents"] == ("matched", "CH-2-1-502", None)
    assert found["civil_affairs_benefits"] == ("ambiguous", "CH-2", "conflict")


def test_two_departments_outvote_the_police(register: Register) -> None:
    texts = {
        "police_residents": "翠湖雅居2-2-502",
        "property_occupants": "2-1-502",
        "civil_affairs_benefits": "翠湖雅居2-1-502",
    }
    found = decide(register, raw_tables(**texts))
    assert found["police_residents"] == ("ambiguous", "CH-2", "conflict")
    assert found["property_occupants"][0] == found["civil_affairs_benefits"][0] == "matched"


def test_another_building_costs_the_building_too(register: Register) -> None:
    found = decide(register, raw_tables(police_residents="翠湖雅居2-1-502", housing_leases="翠湖雅居1-1-502"))
    assert found["housing_leases"] == ("ambiguous", "CH", "conflict")


@pytest.mark.parametrize(
    ("text", "why"),
    [("翠湖雅居2-1-1102", "more than one digit away: a move, not a slip"), ("永家大院107", "another estate: a move")],
)
def test_a_move_is_no_slip(register: Register, text: str, why: str) -> None:
    found = decide(register, raw_tables(police_residents="翠湖雅居2-1-502", civil_affairs_benefits=text))
    assert {answer[0] for answer in found.values()} == {"matched"}, why


def test_a_confirmed_room_is_not_doubted(register: Register) -> None:
    texts = {
        "police_residents": "翠湖雅居2-1-501",
        "housing_leases": "翠湖雅居2-1-502",
        "civil_affairs_benefits": "翠湖雅居2-1-502",
        "property_occupants": "2-1-501",
    }
    assert {answer[0] for answer in decide(register, raw_tables(**texts)).values()} == {"matched"}


def test_without_evidence_nothing_changes(register: Register) -> None:
    raw = raw_tables(police_residents="翠湖雅居2-1-502", civil_affairs_benefits="翠湖雅居2-1-501")
    mentions = collect_address_mentions(raw)
    empty = collect_address_evidence({})
    assert empty.is_empty()
    assert match_addresses(mentions, register).equals(match_addresses(mentions, register, empty))


def residents(*rows: tuple[str, str, str, str]) -> pl.LazyFrame:
    """Rows of the police register: name, household, registered address, residence."""
    columns = ("name", "hukou_no", "hukou_address", "residence_address")
    return pl.LazyFrame(
        [(f"p{number}", *row) for number, row in enumerate(rows)], schema=["record_key", *columns], orient="row"
    )


def answers(register: Register, raw: dict[str, pl.LazyFrame]) -> dict[tuple[str, str], str]:
    found = match_addresses(collect_address_mentions(raw), register, collect_address_evidence(raw))
    return {(row["record_key"], row["address_role"]): row["status"] for row in found.iter_rows(named=True)}


def test_the_family_outvotes_one_of_its_members(register: Register) -> None:
    home, slip = "翠湖雅居2-1-502", "翠湖雅居2-1-501"
    police = residents(("王一", "H1", home, home), ("王二", "H1", home, home), ("王三", "H1", home, slip))
    found = answers(register, {"police_residents": police})
    assert [key for key, status in found.items() if status == "ambiguous"] == [("p2", "residence")]


def test_a_namesake_counts_only_in_the_same_estate(register: Register) -> None:
    occupants = pl.LazyFrame(
        {"record_key": ["o"], "estate": ["翠湖雅居"], "room_text": ["2-1-501"], "name": ["王小一"]}
    )
    police = residents(("王小一", "H1", "翠湖雅居2-1-502", "翠湖雅居2-1-502"))
    assert (
        answers(register, {"police_residents": police, "property_occupants": occupants})["o", "dwelling"] == "ambiguous"
    )
    far = residents(("王小一", "H1", "永家大院107", "永家大院107"))
    assert answers(register, {"police_residents": far, "property_occupants": occupants})["o", "dwelling"] == "matched"


def test_where_the_owner_lives_says_nothing_against_the_flat(register: Register) -> None:
    flat = pl.LazyFrame(
        {
            "record_key": ["f"],
            "address": ["翠湖雅居"],
            "building": ["2"],
            "unit": ["1"],
            "room": ["501"],
            "owners": ["王小一"],
        }
    )
    police = residents(("王小一", "H1", "翠湖雅居2-1-502", "翠湖雅居2-1-502"))
    found = answers(register, {"police_residents": police, "housing_properties": flat})
    assert set(found.values()) == {"matched"}


def test_an_owner_named_by_the_estate_office_is_held_against_the_title(register: Register) -> None:
    flat = pl.LazyFrame(
        {
            "record_key": ["f"],
            "address": ["翠湖雅居"],
            "building": ["2"],
            "unit": ["1"],
            "room": ["502"],
            "owners": ["王小一"],
        }
    )
    columns = {"record_key": ["o"], "estate": ["翠湖雅居"], "room_text": ["2-1-501"], "name": ["王小一"]}
    for role, status in (("业主", "ambiguous"), ("租户", "matched")):
        raw = {"housing_properties": flat, "property_occupants": pl.LazyFrame(columns | {"role": [role]})}
        assert answers(register, raw)["o", "dwelling"] == status, role


def test_no_number_leaves_the_evidence(register: Register) -> None:
    raw = raw_tables(police_residents="翠湖雅居2-1-502")
    assert PHONE not in str(collect_address_evidence(raw).rows())


def test_a_register_that_was_never_delivered_gives_no_code(addresses: pl.DataFrame) -> None:
    raw = raw_tables(police_residents="翠湖雅居2-1-502", civil_affairs_benefits="翠湖雅居2-1-501")
    found = decide(build_register(addresses.clear()), raw)
    assert {feed: code for feed, (_, code, _) in found.items()} == dict.fromkeys(found)


def test_whole_numbers_are_evidence_of_who_lives_there() -> None:
    rows = pl.LazyFrame({"record_key": ["a", "b"], "id_number": ["990101198001010014", " 99010119800101003x "]})
    found = collect_address_evidence({"police_residents": rows}).filter(pl.col("kind") == "id")
    assert found.filter(pl.col("address_role") == "residence")["record_key"].sort().to_list() == ["a", "b"]
