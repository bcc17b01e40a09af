"""Ids that last, and a history that explains every change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from pipelines.identity.ledger.persons import LedgerNight, assign_person_ids
from pipelines.identity.ledger.replay import as_of, replay
from pipelines.identity.outputs import MENTION_KEY, PreviousIdentity


def counter() -> Callable[[int], list[str]]:
    state = iter(range(10_000))
    return lambda count: [f"id{next(state):04d}" for _ in range(count)]


def clustered(groups: list[str]) -> pl.DataFrame:
    """One letter a mention, one word a cluster; a capital letter carries its own number."""
    rows = [
        ("feed", letter, "self", 1, place, letter.isupper()) for place, word in enumerate(groups) for letter in word
    ]
    schema = {
        "feed": pl.String,
        "record_key": pl.String,
        "person_role": pl.String,
        "person_seq": pl.Int32,
        "cluster": pl.UInt32,
        "has_own_number": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def live(*nights: list[str]) -> list[LedgerNight]:
    empty, mint, done = PreviousIdentity.empty(), counter(), []
    ledger, history = empty.mention_ledger, empty.history
    for day, groups in enumerate(nights, start=1):
        night = assign_person_ids(
            clustered(groups), ledger, history, f"run{day}", datetime(2025, 1, day, tzinfo=UTC), mint
        )
        ledger, history = night.mention_ledger, night.history
        done.append(night)
    return done


def ids(night: LedgerNight) -> dict[str, str]:
    return dict(night.persons.select("record_key", "person_id").iter_rows())


def events(night: LedgerNight) -> list[tuple[str, str, str | None, str]]:
    return list(night.history.select("person_id", "event", "other_person_id", "reason").iter_rows())


def test_a_night_without_change_changes_nothing() -> None:
    first, second = live(["ab", "c"], ["ab", "c"])
    assert second.persons.equals(first.persons)
    assert second.mention_ledger.equals(first.mention_ledger)
    assert second.history.equals(first.history)


def test_the_id_follows_the_number_and_not_the_crowd() -> None:
    first, second = live(["Nabc"], ["N", "abc"])
    assert ids(second)["N"] == ids(first)["N"]
    assert ids(second)["a"] != ids(first)["a"]


def test_a_merge_keeps_the_larger_and_says_so() -> None:
    first, second = live(["ab", "c"], ["abc"])
    winner, loser = ids(first)["a"], ids(first)["c"]
    assert set(ids(second).values()) == {winner}
    assert events(second)[-1] == (loser, "merged_into", winner, "evidence_elsewhere")


def test_equal_shares_go_to_the_older_id() -> None:
    nights = live(["a"], ["a", "b"], ["ab"])
    assert set(ids(nights[-1]).values()) == {ids(nights[0])["a"]}


def test_merge_then_split_mints_a_new_id_and_tells_where_it_comes_from() -> None:
    nights = live(["ab", "c"], ["abc"], ["ab", "c"])
    before, after = ids(nights[0]), ids(nights[2])
    assert after["a"] == before["a"]
    assert after["c"] not in before.values(), "a merged id never comes back for somebody else"
    assert events(nights[2])[-2:] == [
        (after["c"], "created", None, "split"),
        (after["c"], "split_from", before["a"], "evidence_elsewhere"),
    ]


def test_split_then_merge_restores() -> None:
    nights = live(["abc"], ["ab", "c"], ["abc"])
    assert ids(nights[2]) == ids(nights[0])


def test_what_disappears_is_retired_and_gets_its_id_back() -> None:
    nights = live(["ab", "c"], ["ab"], ["ab", "c"])
    gone = ids(nights[0])["c"]
    assert events(nights[1])[-1] == (gone, "retired", None, "vanished_row")
    assert ids(nights[2])["c"] == gone
    assert events(nights[2])[-1] == (gone, "created", None, "returned_row")


def test_a_person_stays_while_one_mention_is_current() -> None:
    nights = live(["ab"], ["b"])
    assert nights[1].history.equals(nights[0].history)
    assert ids(nights[1])["b"] == ids(nights[0])["b"]


def test_a_mention_that_returns_after_its_person_was_merged_follows_the_merge() -> None:
    nights = live(["ax", "bcd"], ["a", "bcd"], ["abcd"], ["abcd", "x"])
    assert ids(nights[3])["a"] == ids(nights[0])["b"]
    assert ids(nights[3])["x"] != ids(nights[0])["x"], "the id of x was merged away while x was absent"


def test_a_move_between_two_lasting_persons_leaves_an_entry() -> None:
    nights = live(["ABx", "CD"], ["AB", "CDx"])
    first = ids(nights[0])
    assert events(nights[1])[-1] == (first["C"], "split_from", first["A"], "evidence_elsewhere")


def test_as_of_gives_the_crosswalk_of_that_instant() -> None:
    nights = live(["ab", "c"], ["abc"], ["ab"])
    ledger = nights[-1].mention_ledger
    for day, night in enumerate(nights, start=1):
        expect = night.persons.drop("cluster").sort(MENTION_KEY)
        assert as_of(ledger, datetime(2025, 1, day, 12, tzinfo=UTC)).equals(expect)


def test_replay_follows_chains_of_merges() -> None:
    nights = live(["a", "bc", "defg"], ["abc", "defg"], ["abcdefg"])
    assert nights[-1].history.filter(pl.col("event") == "merged_into").height == 2
    fate = replay(nights[-1].history)
    assert fate.filter(pl.col("state") == "current").height == 1
    assert fate["current_person_id"].n_unique() == 1
