"""Other departments catch a digit that text alone cannot."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.addresses.evidence import collect_address_evidence
from pipelines.addresses.match import match_addresses
from pipelines.addresses.mentions import collect_address_mentions
from pipelines.addresses.register import Register

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
