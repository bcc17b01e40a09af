"""Whatever happens to the rows: a night with memory equals the night worked out from the ground up, in every table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_raw_city import FEEDS, Records, matches_of, raw_of, small_records

from pipelines.identity.ledger.replay import as_of
from pipelines.identity.mentions.collect import read_rows
from pipelines.identity.night.resolve import resolve_identities
from pipelines.identity.outputs import DECISION_SCHEMA, MENTION_KEY, IdentityTables, PreviousIdentity
from pipelines.identity.scoring.model import Model
from pipelines.identity.stewarding.decisions import ANSWERS, append_decision

NONE = pl.DataFrame(schema=DECISION_SCHEMA)


@cache
def model() -> Model:
    return Model.load()


def counter(day: int) -> Callable[[int], list[str]]:
    state = iter(range(1_000_000))
    return lambda count: [f"id{day}-{next(state):06d}" for _ in range(count)]


def tokens(numbers: pl.Series) -> pl.Series:
    return "token-" + numbers


def resolved(records: Records, day: int, previous: PreviousIdentity, decisions: pl.DataFrame = NONE) -> IdentityTables:
    today = date(2026, 3, 1) + timedelta(days=day)
    return resolve_identities(
        raw_of(records, today), matches_of(records), previous, model(), decisions, tokens,
        run_id=f"run{day}", now=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day), mint=counter(day),
    )  # fmt: skip


Edits = tuple[list[tuple[int, int]], list[int]]
"""Of one night: which record is from now on written in which way, and which are not delivered."""

PLACES = st.integers(0, 68)
EDITS = st.tuples(
    st.lists(st.tuples(PLACES, st.integers(0, 3)), max_size=6, unique_by=lambda edit: edit[0]),
    st.lists(PLACES, max_size=5, unique=True),
)


def nights_of(history: list[Edits]) -> list[Records]:
    whole = small_records()
    keys = sorted(whole)
    nights, ways = [], dict.fromkeys(keys, 0)
    for edits, away in history:
        ways |= {keys[place]: way for place, way in edits}
        nights.append({key: whole[key][ways[key]] for key in keys if keys.index(key) not in away})
    return nights


@st.composite
def answers(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    pairs = st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(ANSWERS))
    return [pair for pair in draw(st.lists(pairs, max_size=2)) if pair[0] != pair[1]]


def decided(tables: IdentityTables, chosen: list[tuple[int, int, str]], at: datetime) -> pl.DataFrame:
    people = tables.person_crosswalk.drop_nulls("person_id").select(MENTION_KEY).rows()
    decisions = NONE
    for number, (left, right, answer) in enumerate(chosen):
        decisions = append_decision(
            decisions, people[left], people[right], answer, "known_person", "steward", at + timedelta(seconds=number)
        )
    return decisions


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(EDITS, min_size=2, max_size=4), answers())
def test_a_night_with_memory_equals_the_night_from_the_ground_up(
    history: list[Edits], chosen: list[tuple[int, int, str]]
) -> None:
    previous, decisions = PreviousIdentity.empty(), NONE
    nights = nights_of(history)
    for day, records in enumerate(nights):
        with_memory = resolved(records, day, previous, decisions)
        afresh = resolved(records, day, previous.without_shortcuts(), decisions)
        for table, frame in with_memory.by_table().items():
            assert frame.equals(afresh.by_table()[table]), table
        previous = with_memory.as_previous()
        decisions = decided(with_memory, chosen, datetime(2026, 3, 1, tzinfo=UTC))
    alone = resolved(nights[-1], len(nights) - 1, PreviousIdentity.empty(), previous.decisions)
    assert grouping(with_memory) == grouping(alone)


def grouping(tables: IdentityTables) -> dict[str, list[Any]]:
    """Every mention with the smallest mention of its person and what is told of that person, whatever the ids are."""
    mentions = tables.person_crosswalk.drop_nulls("person_id").select("person_id", key=pl.concat_str(MENTION_KEY))
    smallest = mentions.group_by("person_id").agg(smallest=pl.col("key").min())
    golden = tables.person.drop("household_id").join(smallest, on="person_id").drop("person_id").sort("smallest")
    homes = tables.household_member.join(smallest, on="person_id").drop("person_id", "household_id")
    placed = mentions.join(smallest, on="person_id").select("key", "smallest").sort("key")
    return {"crosswalk": placed.rows(), "golden": golden.rows(), "homes": homes.sort(homes.columns).rows()}


def test_what_was_read_last_night_is_not_read_again(monkeypatch: Any) -> None:
    from pipelines.identity.night import known_rows

    asked: list[int] = []

    def counting(rows: pl.DataFrame) -> pl.DataFrame:
        asked.append(rows.height)
        return read_rows(rows)

    monkeypatch.setattr(known_rows, "read_rows", counting)
    whole = {key: ways[0] for key, ways in small_records().items()}
    first = resolved(whole, 0, PreviousIdentity.empty())
    changed = whole | {key: small_records()[key][1] for key in sorted(whole)[:3]}
    resolved(changed, 1, first.as_previous())
    assert asked[0] > 50
    assert asked[1] <= 6, "only the rows of three changed records are read"


def test_another_release_drops_what_only_saves_time(monkeypatch: Any) -> None:
    from pipelines.identity.night import rules

    whole = {key: ways[0] for key, ways in small_records().items()}
    first = resolved(whole, 0, PreviousIdentity.empty())
    poisoned = first.mention_form.with_columns(name=pl.lit("错"))
    memory = first.as_previous()
    spoilt = type(memory)(**(vars(memory) | {"form": poisoned}))
    monkeypatch.setattr(rules, "rules_fingerprint", lambda: "another")
    second = resolved(whole, 1, spoilt)
    assert second.person.drop("last_seen").equals(first.person.drop("last_seen"))
    assert second.identity_version["version"].to_list() == [1, 2]


def test_every_change_of_an_id_has_its_true_cause() -> None:
    """Night by night one thing happens, and the ledger names it."""
    whole = {key: ways[0] for key, ways in small_records().items()}
    previous = resolved(whole, 0, PreviousIdentity.empty()).as_previous()
    assert set(previous.history["reason"]) == {"new_row"}

    lone = sorted(key for key in whole if key[0] == "police_residents")[-1]
    without = {key: row for key, row in whole.items() if key != lone}
    told = _told(without, 1, previous)
    assert told.select("event", "reason", "cause_feed").rows() == [("retired", "vanished_row", "police_residents")]

    there = resolved(without, 1, previous).as_previous()
    told = _told(whole, 2, there)
    assert told.select("event", "reason", "cause_feed").rows() == [("created", "returned_row", "police_residents")]


def _told(records: Records, day: int, previous: PreviousIdentity, decisions: pl.DataFrame = NONE) -> pl.DataFrame:
    tables = resolved(records, day, previous, decisions)
    return tables.person_history.slice(previous.history.height)


def test_three_nights_are_told_by_the_ledger_alone() -> None:
    """Which ids came, went and took mentions of each other, and why: the ledger says all that the tables show."""
    whole = {key: ways[0] for key, ways in small_records().items()}
    keys = sorted(whole)
    nights = [whole]
    for night in range(3):
        edits = {key: small_records()[key][1 + (night + place) % 3] for place, key in enumerate(keys[night::9])}
        nights.append({key: row for key, row in (nights[-1] | edits).items() if key != keys[40 + night]})
    tables, previous = [], PreviousIdentity.empty()
    for day, records in enumerate(nights):
        tables.append(resolved(records, day, previous))
        previous = tables[-1].as_previous()
    ledger, history = previous.mention_ledger, previous.history
    for day, (before, after) in enumerate(pairwise(tables), start=1):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day)
        shown = after.person_crosswalk.drop_nulls("person_id").select(*MENTION_KEY, "person_id").sort(MENTION_KEY)
        assert as_of(ledger, at).equals(shown), "the crosswalk of any night follows from the ledger"
        was, now = (set(one.person["person_id"]) for one in (before, after))
        told = history.filter(pl.col("run_id") == f"run{day}")
        by_event = {event: set(told.filter(pl.col("event") == event)["person_id"]) for event in told["event"].unique()}
        assert now - was == by_event.get("created", set())
        assert was - now == by_event.get("retired", set()) | by_event.get("merged_into", set())
        told_reasons = set(told["reason"]) - {"split"}
        assert told_reasons
        assert told_reasons <= {"changed_row", "changed_address", "changed_kin", "vanished_row", "evidence_elsewhere"}


def test_a_steward_who_parts_two_mentions_is_the_cause() -> None:
    whole = {key: ways[0] for key, ways in small_records().items()}
    first = resolved(whole, 0, PreviousIdentity.empty())
    crosswalk = first.person_crosswalk.drop_nulls("person_id")
    several = crosswalk.filter((pl.len().over("person_id") == 2) & (pl.col("feed").n_unique().over("person_id") == 2))
    one = several.filter(pl.col("person_id") == several["person_id"].sort()[0]).select(MENTION_KEY).rows()
    apart = append_decision(NONE, one[0], one[1], "different", "namesake", "steward", datetime(2026, 3, 1, tzinfo=UTC))
    told = _told(whole, 1, first.as_previous(), apart)
    assert {("created", "split"), ("split_from", "steward_decision")} <= set(told.select("event", "reason").rows())


def test_feeds_of_the_made_up_city_are_those_that_are_read() -> None:
    assert set(FEEDS) <= {table.removeprefix("raw.") for table in _inputs()}


def _inputs() -> list[str]:
    from pipelines.identity.night.resolve import input_tables

    return input_tables()
