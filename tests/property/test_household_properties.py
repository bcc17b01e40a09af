"""Whatever people, rooms and numbers: one current household per basis and person, stable, independent of row order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.golden.persons import build_persons
from pipelines.identity.households.build import Households, build_households
from pipelines.identity.mentions.collect import MENTION_SCHEMA
from pipelines.identity.outputs import PreviousIdentity

ROW = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from(["p1", "p2", "p3", "p4", "p5"]),
        "feed": st.sampled_from(["police_residents", "property_occupants", "housing_leases", "civil_affairs_benefits"]),
        "room": st.sampled_from([None, "R1", "R2"]),
        "hukou_no": st.sampled_from([None, "H1", "H2"]),
        "relation_to_head": st.sampled_from([None, "02", "10", "20", "99"]),
        "surname": st.sampled_from(["王", "李"]),
        "birth_date": st.sampled_from([None, date(1950, 1, 1), date(1980, 1, 1), date(2010, 1, 1)]),
        "status": st.sampled_from([None, "正常", "死亡", "迁出"]),
    }
)
CITY = st.lists(ROW, min_size=1, max_size=12)
FACTS = pl.DataFrame(schema={"feed": pl.String, "record_key": pl.String, "fact": pl.String})


def counter() -> Callable[[int], list[str]]:
    state = iter(range(10_000))
    return lambda count: [f"h{next(state):04d}" for _ in range(count)]


def members_of(city: list[dict[str, object]]) -> pl.DataFrame:
    rows = []
    for place, row in enumerate(city):
        told = {name: row.get(name) for name in MENTION_SCHEMA}
        police = row["feed"] == "police_residents"
        told |= {
            "mention_index": place,
            "record_key": f"r{place:02d}",
            "person_role": "tenant" if row["feed"] == "housing_leases" else "self",
            "person_seq": 1,
            "name": f"{row['surname']}伟",
            "name_kind": "han",
            "id_kind": "none",
            "phones": [],
            "birth_precision": "day" if row["birth_date"] else None,
            "address_code": row["room"],
            "room_code": row["room"],
            "matched_level": "room" if row["room"] else None,
            "hukou_no": row["hukou_no"] if police else None,
            "status": row["status"] if police else None,
            "observed_on": date(2025, 5, 1),
            "first_delivered_on": date(2025, 6, 1),
            "last_delivered_on": date(2025, 6, 3),
        }
        rows.append(told)
    frame = pl.DataFrame(rows, schema=MENTION_SCHEMA)
    return frame.with_columns(person_id=pl.Series([row["person_id"] for row in city]), is_own=pl.lit(value=False))


def settle(members: pl.DataFrame, before: Households | None, mint: Callable[[int], list[str]]) -> Households:
    rank = members.group_by("person_id").agg(person_rank=pl.col("mention_index").min())
    persons = build_persons(members, FACTS, lambda numbers: numbers).join(rank, on="person_id")
    member = before.household_member if before else PreviousIdentity.empty().household_member
    born = pl.DataFrame(schema={"household_id": pl.String, "born": pl.Datetime("us", "UTC")})
    return build_households(persons, members, FACTS, member, born, mint)


@settings(max_examples=25, deadline=None)
@given(CITY, CITY)
def test_one_current_household_per_basis_and_every_member_has_its_household(
    first: list[dict[str, object]], second: list[dict[str, object]]
) -> None:
    mint = counter()
    found: Households | None = None
    for city in (first, second):
        found = settle(members_of(city), found, mint)
        current = found.household_member.filter(pl.col("until").is_null())
        assert current.select("person_id", "basis").is_unique().all()
        homes = found.household.filter(pl.col("until").is_null())
        assert homes["household_id"].is_unique().all()
        assert set(homes["household_id"]) == set(current["household_id"])
        assert homes["head_person_id"].null_count() == 0
        counted = current.group_by("household_id").len().join(homes, on="household_id")
        assert (counted["len"] == counted["member_count"]).all()


@settings(max_examples=25, deadline=None)
@given(CITY, st.integers(0, 100))
def test_the_same_city_again_in_any_order_changes_nothing(city: list[dict[str, object]], seed: int) -> None:
    mint = counter()
    members = members_of(city)
    first = settle(members, None, mint)
    again = settle(members.sample(fraction=1, shuffle=True, seed=seed), first, mint)
    assert again.household.equals(first.household)
    assert again.household_member.equals(first.household_member)
