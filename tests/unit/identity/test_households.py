"""Households: families in a dwelling, flat-sharers apart, ids that last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from made_up_people import mentions_of, no_facts, tokens

from pipelines.identity.golden import build_persons
from pipelines.identity.households import Households, build_households
from pipelines.identity.outputs import PreviousIdentity

POLICE = "police_residents"
ROLL = "property_occupants"


def counter() -> Callable[[int], list[str]]:
    state = iter(range(10_000))
    return lambda count: [f"h{next(state):04d}" for _ in range(count)]


def at(who: str, feed: str, code: str | None, **more: Any) -> dict[str, Any]:
    level = "room" if code else None
    return {
        "who": who,
        "feed": feed,
        "name": who,
        "address_code": code,
        "room_code": code,
        "matched_level": level,
    } | more


def settle(
    rows: list[dict[str, Any]],
    facts: pl.DataFrame | None = None,
    before: Households | None = None,
    mint: Callable[[int], list[str]] | None = None,
) -> Households:
    """Rows carry the person in ``who``."""
    keyed = [row | {"record_key": row.get("record_key", f"r{place:03d}")} for place, row in enumerate(rows)]
    who = pl.DataFrame(
        [
            {
                "feed": r["feed"],
                "record_key": r["record_key"],
                "person_role": r.get("person_role", "self"),
                "person_id": r["who"],
            }
            for r in keyed
        ]
    )
    members = (
        mentions_of(*keyed).join(who, on=["feed", "record_key", "person_role"]).with_columns(is_own=pl.lit(value=False))
    )
    rank = members.group_by("person_id").agg(person_rank=pl.col("mention_index").min())
    persons = build_persons(members, tokens).join(rank, on="person_id")
    empty = PreviousIdentity.empty()
    return build_households(
        persons,
        members,
        no_facts() if facts is None else facts,
        before.household if before else empty.household,
        before.household_member if before else empty.household_member,
        mint or counter(),
    )


def homes(found: Households, basis: str = "residence") -> set[frozenset[str]]:
    current = found.household_member.filter(pl.col("until").is_null() & (pl.col("basis") == basis))
    groups = current.group_by("household_id").agg("person_id")["person_id"].to_list()
    return {frozenset(group) for group in groups}


def test_a_registered_family_in_one_dwelling_is_one_household() -> None:
    rows = [
        at(who, POLICE, "R1", hukou_no="H1", relation_to_head=code)
        for who, code in (("王父", "02"), ("李母", "10"), ("王子", "20"))
    ]
    found = settle(rows)
    assert homes(found) == {frozenset({"王父", "李母", "王子"})}
    roles = dict(found.household_member.filter(pl.col("basis") == "residence").select("person_id", "role").iter_rows())
    assert roles == {"王父": "head", "李母": "spouse", "王子": "child"}


def test_flat_sharers_without_kin_are_separate() -> None:
    rows = [at(who, ROLL, "R1") for who in ("王一", "李二", "赵三")]
    assert homes(settle(rows)) == {frozenset({"王一"}), frozenset({"李二"}), frozenset({"赵三"})}


def test_a_family_over_two_dwellings_is_two_households() -> None:
    rows = [at("王父", POLICE, "R1", hukou_no="H1"), at("王子", POLICE, "R2", hukou_no="H1")]
    found = settle(rows)
    assert homes(found) == {frozenset({"王父"}), frozenset({"王子"})}
    assert homes(found, "hukou") == {frozenset({"王父", "王子"})}


@pytest.mark.parametrize(("event", "together"), [("结婚", True), ("离婚", False)])
def test_a_certificate_ties_until_a_divorce(event: str, together: bool) -> None:
    rows = [
        at("王一", ROLL, "R1"),
        at("李二", ROLL, "R1"),
        at("王一", "civil_affairs_marriages", None, record_key="c1", person_role="husband"),
        at("李二", "civil_affairs_marriages", None, record_key="c1", person_role="wife"),
    ]
    facts = pl.DataFrame({"feed": ["civil_affairs_marriages"], "record_key": ["c1"], "fact": [event]})
    assert (frozenset({"王一", "李二"}) in homes(settle(rows, facts))) is together


def test_owner_occupiers_are_family_and_their_tenant_is_not() -> None:
    rows = [
        at("王一", ROLL, "R1", record_key="a"),
        at("李二", ROLL, "R1", record_key="b"),
        at("赵三", ROLL, "R1", record_key="c"),
    ]
    facts = pl.DataFrame({"feed": [ROLL] * 3, "record_key": ["a", "b", "c"], "fact": ["业主", "家属", "租户"]})
    assert homes(settle(rows, facts)) == {frozenset({"王一", "李二"}), frozenset({"赵三"})}


def test_parent_and_child_by_surname_and_age_but_not_two_namesakes_of_one_age() -> None:
    def born(who: str, year: int) -> dict[str, Any]:
        return at(who, ROLL, "R1", birth_date=date(year, 5, 1), birth_precision="day")

    assert homes(settle([born("王父", 1980), born("王子", 2010)])) == {frozenset({"王父", "王子"})}
    assert homes(settle([born("王一", 1990), born("王二", 1992)])) == {frozenset({"王一"}), frozenset({"王二"})}


def test_a_collective_hukou_is_an_address_and_no_family() -> None:
    rows = [at(f"王{n}", POLICE, "R1", hukou_no="H1") for n in range(40)]
    found = settle(rows)
    assert len(homes(found)) == 40
    registered = found.household.filter(pl.col("basis") == "hukou")
    assert registered["is_collective"].to_list() == [True]
    assert registered["member_count"].to_list() == [40]


def test_the_dead_belong_to_no_household() -> None:
    rows = [at("王父", POLICE, "R1", hukou_no="H1", status="死亡"), at("王子", POLICE, "R1", hukou_no="H1")]
    assert homes(settle(rows)) == {frozenset({"王子"})}


def test_a_running_lease_takes_the_tenants_family_and_an_ended_one_nobody() -> None:
    lease = {"person_role": "tenant", "since_on": date(2024, 1, 1), "until_on": date(2026, 1, 1)}
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "王子")]
    assert homes(settle([*family, at("王父", "housing_leases", "R1", **lease)]), "lease") == {
        frozenset({"王父", "王子"})
    }
    ended = lease | {"until_on": date(2025, 1, 1)}
    assert homes(settle([*family, at("王父", "housing_leases", "R1", **ended)]), "lease") == set()


def test_a_benefit_household_gathers_around_its_head() -> None:
    feed = "civil_affairs_benefits"
    rows = [
        at("王子", feed, "R1", record_key="b1", relation_to_head="20"),
        at("王父", feed, "R1", record_key="b1", person_role="head"),
        at("王女", feed, "R1", record_key="b2", relation_to_head="30"),
        at("王父", feed, "R1", record_key="b2", person_role="head"),
    ]
    found = settle(rows)
    assert homes(found, "benefit") == {frozenset({"王父", "王子", "王女"})}
    heads = found.household.filter(pl.col("basis") == "benefit")["head_person_id"].to_list()
    assert heads == ["王父"]


def test_ids_last_and_what_ended_stays_on_record() -> None:
    mint = counter()
    family = [at(who, POLICE, "R1", hukou_no="H1") for who in ("王父", "李母", "王子")]
    first = settle(family, mint=mint)
    same = settle(family, before=first, mint=mint)
    assert same.household.equals(first.household)
    assert same.household_member.equals(first.household_member)
    moved = settle([*family[:2], at("王子", POLICE, "R2", hukou_no="H1", record_key="r002")], before=first, mint=mint)
    past = moved.household_member.filter((pl.col("basis") == "residence") & pl.col("until").is_not_null())
    assert past.select("person_id", "until").rows() == [("王子", date(2025, 6, 3))]
    kept = moved.household.filter((pl.col("basis") == "residence") & (pl.col("address_code") == "R1"))
    assert (
        kept["household_id"].to_list()
        == first.household.filter(pl.col("basis") == "residence")["household_id"].to_list()
    )
