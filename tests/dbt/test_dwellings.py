"""The record of a dwelling and of an enterprise (一房一档, 一企一档), by hand over the district."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from dbt_runner import Built

pytestmark = pytest.mark.slow


def test_a_dwelling_without_residents_says_why_it_is_taken_for_vacant(built: Built) -> None:
    row = built.table("master.dwelling").filter(address_code="B3-102").row(0, named=True)
    assert (row["occupancy"], row["occupants"], row["lease_no"]) == ("vacant", 0, None)
    assert row["vacancy_evidence"] == ["no_resident", "lease_ended", "moved_out", "owner_lives_elsewhere"]
    assert (row["last_lease_ended_on"], row["last_moved_out_on"]) == (date(2024, 12, 31), date(2024, 12, 30))


def test_occupancy_needs_evidence(built: Built) -> None:
    dwellings = built.table("master.dwelling")
    told = dict(dwellings.select("address_code", "occupancy").iter_rows())
    assert told["B1-101"] == "owner", "two of its owners live there, whatever the lease says"
    assert told["B2-101"] == "others"
    assert told["B2-102"] is None, "no department has ever named it"
    lived_in = dwellings.filter(pl.col("occupants") > 0)
    assert lived_in["vacancy_evidence"].list.len().to_list() == [0] * lived_in.height


def test_the_incidents_of_twelve_months_are_named(built: Built) -> None:
    row = built.table("master.dwelling").filter(address_code="B3-101").row(0, named=True)
    assert (row["incident_nos_12_months"], row["incidents_12_months"]) == (["I14"], 1)


def test_an_enterprise_knows_its_licence_its_premises_and_its_representative(built: Built) -> None:
    rows = {row["credit_code"]: row for row in built.table("master.enterprise").iter_rows(named=True)}
    flat, house = rows["91350100M000100Y43"], rows["91350100M000100Y44"]
    assert (flat["licence_state"], house["licence_state"]) == ("active", "revoked")
    assert (flat["legal_representative_person_id"], flat["legal_representative_probability"]) == ("p01", 0.9)
    assert (flat["premises_usage"], flat["is_inhabited"], flat["is_owned_by_representative"]) == ("住宅", True, True)
    assert (house["premises_usage"], house["is_inhabited"], house["is_owned_by_representative"]) == (None, False, False)
