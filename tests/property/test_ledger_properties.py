"""Whatever happens over the nights: one current person a mention, no id reused, everything in the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.ledger.causes import REASONS
from pipelines.identity.ledger.persons import LedgerNight, assign_person_ids
from pipelines.identity.ledger.replay import as_of, replay
from pipelines.identity.outputs import MENTION_KEY, PreviousIdentity

NAMES = "ABcdefgh"
Night = dict[str, int]
NIGHT = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 3), max_size=len(NAMES))
HISTORIES = st.lists(NIGHT, min_size=1, max_size=6)
SCHEMA = {
    "feed": pl.String,
    "record_key": pl.String,
    "person_role": pl.String,
    "person_seq": pl.Int32,
    "cluster": pl.UInt32,
    "has_own_number": pl.Boolean,
}


def frame(night: Night) -> pl.DataFrame:
    rows = [("feed", name, "self", 1, group, name.isupper()) for name, group in sorted(night.items())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def counter() -> Callable[[int], list[str]]:
    state = iter(range(10_000))
    return lambda count: [f"id{next(state):04d}" for _ in range(count)]


def when(day: int) -> datetime:
    return datetime(2025, 1, 1 + day, tzinfo=UTC)


def live(nights: list[Night]) -> list[LedgerNight]:
    empty, mint = PreviousIdentity.empty(), counter()
    ledger, history, done = empty.mention_ledger, empty.history, []
    for day, night in enumerate(nights):
        result = assign_person_ids(frame(night), ledger, history, f"run{day}", when(day), mint)
        ledger, history = result.mention_ledger, result.history
        done.append(result)
    return done


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_one_current_person_a_mention_and_one_id_a_cluster(nights: list[Night]) -> None:
    for night, result in zip(nights, live(nights), strict=True):
        open_spells = result.mention_ledger.filter(pl.col("valid_to").is_null())
        assert open_spells.select(MENTION_KEY).is_unique().all()
        assert set(open_spells["record_key"]) == set(night)
        ids = result.persons.select("cluster", "person_id").unique()
        assert ids["cluster"].is_unique().all()
        assert ids["person_id"].is_unique().all()


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_the_same_night_again_changes_nothing(nights: list[Night]) -> None:
    *_, last, again = live([*nights, nights[-1]])
    assert again.mention_ledger.equals(last.mention_ledger)
    assert again.history.equals(last.history)
    assert again.persons.equals(last.persons)


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_the_ledger_replays_every_night(nights: list[Night]) -> None:
    done = live(nights)
    for day, result in enumerate(done):
        assert as_of(done[-1].mention_ledger, when(day)).equals(result.persons.select(*MENTION_KEY, "person_id"))
        fate = replay(done[-1].history, when(day))
        assert set(fate.filter(pl.col("state") == "current")["person_id"]) == set(result.persons["person_id"])


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_a_merged_id_never_returns_and_no_id_moves_without_an_entry(nights: list[Night]) -> None:
    done = live(nights)
    merged: set[str] = set()
    before: dict[str, str] = {}
    for day, result in enumerate(done):
        now = dict(result.persons.select("record_key", "person_id").iter_rows())
        assert merged.isdisjoint(now.values())
        tonight = result.history.filter(pl.col("run_id") == f"run{day}")
        told = {(row["event"], row["person_id"], row["other_person_id"]) for row in tonight.iter_rows(named=True)}
        for name in before.keys() & now.keys():
            if before[name] != now[name]:
                assert ("merged_into", before[name], now[name]) in told or (
                    "split_from",
                    now[name],
                    before[name],
                ) in told
        merged |= {row[1] for row in told if row[0] == "merged_into"}
        before = now


@settings(max_examples=25, deadline=None)
@given(HISTORIES, st.integers(0, 100))
def test_neither_the_order_of_rows_nor_the_names_of_clusters_matter(nights: list[Night], seed: int) -> None:
    straight = live(nights)[-1]
    empty, mint = PreviousIdentity.empty(), counter()
    ledger, history = empty.mention_ledger, empty.history
    names = pl.Series([2, 0, 3, 1], dtype=pl.UInt32)
    for day, night in enumerate(nights):
        mixed = frame(night).sample(fraction=1, shuffle=True, seed=seed)
        renamed = mixed.with_columns(cluster=names.gather(mixed["cluster"]))
        shuffled = ledger.sample(fraction=1, shuffle=True, seed=seed)
        result = assign_person_ids(renamed, shuffled, history, f"run{day}", when(day), mint)
        ledger, history = result.mention_ledger, result.history
    order = [*MENTION_KEY, "valid_from"]
    assert ledger.sort(order).equals(straight.mention_ledger.sort(order))
    assert history.equals(straight.history)


@settings(max_examples=25, deadline=None)
@given(NIGHT, st.data())
def test_split_then_merge_gives_every_member_its_id_back(night: Night, data: st.DataObject) -> None:
    """Persons are torn in two for one night; whichever part kept the id, all come home to it."""
    torn = {name: group + 10 * data.draw(st.booleans()) for name, group in night.items()}
    before, _, after = live([night, torn, night])
    assert after.persons.sort(MENTION_KEY).equals(before.persons.sort(MENTION_KEY))
    tonight = after.history.filter(pl.col("run_id") == "run2")
    assert set(tonight["event"]) <= {"merged_into"}


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_the_ledger_grows_by_what_changed(nights: list[Night]) -> None:
    done = live(nights)
    before: dict[str, str] = {}
    rows = 0
    for result in done:
        now = dict(result.persons.select("record_key", "person_id").iter_rows())
        begun = sum(1 for name, person in now.items() if before.get(name) != person)
        assert result.mention_ledger.height == rows + begun
        rows, before = result.mention_ledger.height, now


@settings(max_examples=25, deadline=None)
@given(HISTORIES)
def test_every_event_has_a_reason_and_a_mention_that_came_or_went_is_named_first(nights: list[Night]) -> None:
    done = live(nights)
    history = done[-1].history
    assert set(history["reason"]) <= set(REASONS)
    assert history.filter(
        pl.col("reason").is_in(["new_row", "vanished_row", "returned_row"]) & pl.col("cause_feed").is_null()
    ).is_empty()
    for day in range(1, len(nights)):
        if nights[day].keys() == nights[day - 1].keys():
            told = history.filter((pl.col("run_id") == f"run{day}") & (pl.col("reason") != "split"))
            assert set(told["reason"]) <= {"evidence_elsewhere"}
