"""What records say beside their persons, and the day they speak of."""

from __future__ import annotations

from datetime import date

import polars as pl
from made_up_people import mentions_of, no_facts

from pipelines.identity.golden.evidence import dated_rows
from pipelines.identity.golden.facts import complete_facts, record_facts


def table(**columns: list[object]) -> pl.LazyFrame:
    size = len(next(iter(columns.values())))
    plain = {
        "record_key": [f"k{n}" for n in range(size)],
        "is_current": [True] * size,
        "delivered_on": [date(2025, 6, 1)] * size,
        "row_number": list(range(size)),
        "batch_id": ["b"] * size,
    }
    return pl.DataFrame(plain | columns).lazy()


def test_only_current_versions_speak_and_the_one_delivered_last() -> None:
    raw = {
        "raw.property_occupants": table(
            record_key=["a", "a", "b"],
            is_current=[True, True, False],
            delivered_on=[date(2025, 6, 2), date(2025, 6, 1), date(2025, 6, 1)],
            role=["租户", "业主", "家属"],
            updated_on=[date(2025, 5, 1), date(2024, 5, 1), None],
        ),
        "civil_affairs_benefits": table(benefit=["低保"], approved_on=[date(2024, 3, 1)], household_size=[3]),
    }
    found = record_facts(raw)
    assert found.select("feed", "record_key", "fact", "seen_on", "people").rows() == [
        ("civil_affairs_benefits", "k0", "低保", date(2024, 3, 1), 3),
        ("property_occupants", "a", "租户", date(2025, 5, 1), None),
    ]
    assert record_facts({}).is_empty()


def test_a_row_speaks_of_its_own_day_and_never_of_one_to_come_or_of_a_default() -> None:
    days = {"r000": date(2025, 5, 1), "r001": date(2052, 1, 1), "r002": date(1900, 1, 1)}
    rows = [{"feed": "police_residents", "name": "王伟", "observed_on": day} for day in days.values()]
    lists = {"feed": "civil_affairs_benefits", "name": "王伟", "record_key": "z"}
    members = mentions_of(*rows, lists).with_columns(person_id=pl.lit("p"), is_own=pl.lit(value=False))
    told = dated_rows(members, complete_facts(no_facts()))
    by_key = {row["record_key"]: (row["on"], row["is_dated"]) for row in told.iter_rows(named=True)}
    assert by_key["r000"] == (date(2025, 5, 1), True)
    assert by_key["r001"] == by_key["r002"] == (date(2025, 6, 1), False)
    assert by_key["z"] == (date(2024, 6, 1), False), "a list without dates says nothing newer than a year ago"
