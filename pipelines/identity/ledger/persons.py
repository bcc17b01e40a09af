"""Person ids that last: minted once, carried over nights, every change in the history.

The memory is the mention ledger: one row per spell in which a mention belonged to a person. A mention that is no longer
delivered keeps its last person there, so a row that comes back gets its old id back. The crosswalk of any instant is a
function of this ledger (``as_of``); what became of an id is a function of the history (``replay``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.identity.ledger.carry import carry_over
from pipelines.identity.outputs import HISTORY_SCHEMA, MENTION_KEY, MENTION_LEDGER_SCHEMA

NUMBER_WEIGHT = 10
"""A mention with its own valid ID number pulls the id as strongly as ten without: the id follows the number."""

Mint = Callable[[int], list[str]]


def mint_ids(count: int) -> list[str]:
    """Draw new opaque ids: random, so that nothing about a person or a row can be read from them."""
    return [str(uuid.uuid4()) for _ in range(count)]


@dataclass(frozen=True)
class LedgerNight:
    """What a night did to the ids.

    Attributes:
        persons: one row per mention of tonight: key, ``cluster``, ``person_id``.
        mention_ledger: all spells, tonight's included.
        history: all events, tonight's included.
    """

    persons: pl.DataFrame
    mention_ledger: pl.DataFrame
    history: pl.DataFrame


def assign_person_ids(
    clustered: pl.DataFrame,
    mention_ledger: pl.DataFrame,
    history: pl.DataFrame,
    run_id: str,
    now: datetime,
    mint: Mint = mint_ids,
) -> LedgerNight:
    """Carry person ids over to tonight's clusters.

    A cluster keeps the id of the person with which it shares most mentions, mentions with their own valid number
    counting ``NUMBER_WEIGHT``; an id goes to one cluster only. Ties: the older id, then the smaller one.

    Args:
        clustered: one row per mention of a person: key, ``cluster``, ``has_own_number``.
        mention_ledger: all spells so far.
        history: all events so far.
        run_id: tonight's run.
        now: instant of the run, with zone.
        mint: source of new ids.

    Returns:
        Tonight's ids, the ledger and the history. With nothing changed both come back equal.
    """
    last = _followed(last_persons(mention_ledger), history)
    known = clustered.join(last, on=MENTION_KEY, how="left")
    weight = pl.when("has_own_number").then(NUMBER_WEIGHT).otherwise(1)
    shared = (
        known.filter(pl.col("last_person_id").is_not_null())
        .group_by("cluster", "last_person_id")
        .agg(weight=weight.sum())
    )
    age = history.filter(pl.col("event") == "created").group_by("person_id").agg(born=pl.col("at").min())
    overlap = shared.rename({"last_person_id": "old_id"}).join(age, left_on="old_id", right_on="person_id", how="left")
    kept = carry_over(overlap.rename({"cluster": "new"}))
    clusters = clustered.select("cluster").unique().sort("cluster")
    named = clusters.join(kept.rename({"new": "cluster", "old_id": "person_id"}), on="cluster", how="left")
    fresh = named.filter(pl.col("person_id").is_null())
    minted = fresh.select("cluster", new_id=pl.Series(mint(fresh.height), dtype=pl.String))
    named = named.join(minted, on="cluster", how="left").select(
        "cluster", person_id=pl.coalesce("person_id", "new_id"), is_new=pl.col("new_id").is_not_null()
    )
    tonight = known.join(named, on="cluster", how="left")
    events = _events(tonight, last, history)
    return LedgerNight(
        persons=tonight.select(*MENTION_KEY, "cluster", "person_id").sort(MENTION_KEY),
        mention_ledger=_next_spells(tonight, mention_ledger, run_id, now),
        history=_append(history, events, run_id, now),
    )


def last_persons(mention_ledger: pl.DataFrame) -> pl.DataFrame:
    """The last person of every mention ever delivered: key, ``last_person_id``, ``was_current``."""
    return (
        mention_ledger.sort(*MENTION_KEY, "valid_from")
        .group_by(MENTION_KEY, maintain_order=True)
        .agg(last_person_id=pl.col("person_id").last(), was_current=pl.col("valid_to").last().is_null())
    )


def _followed(last: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    """Follow merges that happened while a mention was away, so that a merged id never comes back with it."""
    merged = replay(history).filter(pl.col("state") == "merged").select("person_id", "successor_id")
    return last.join(merged, left_on="last_person_id", right_on="person_id", how="left").select(
        *MENTION_KEY, "was_current", last_person_id=pl.coalesce("successor_id", "last_person_id")
    )


def _events(tonight: pl.DataFrame, last: pl.DataFrame, history: pl.DataFrame) -> pl.DataFrame:
    now_held = tonight.select("person_id").unique()
    was_held = last.filter("was_current").select(person_id="last_person_id").unique()
    weight = pl.when("has_own_number").then(NUMBER_WEIGHT).otherwise(1)
    moves = (
        tonight.filter(pl.col("last_person_id") != pl.col("person_id"))
        .group_by("last_person_id", "person_id")
        .agg(weight=weight.sum(), is_new=pl.col("is_new").first())
        .sort(["last_person_id", "weight", "person_id"], descending=[False, True, False])
    )
    vanished = moves.join(now_held.rename({"person_id": "last_person_id"}), on="last_person_id", how="anti")
    merged = vanished.group_by("last_person_id", maintain_order=True).agg(pl.col("person_id").first())
    left_over = moves.join(merged, on=["last_person_id", "person_id"], how="anti")
    new = tonight.filter("is_new").select("person_id").unique()
    from_split = new.join(left_over.select("person_id").unique(), on="person_id", how="semi")
    gone = was_held.join(now_held, on="person_id", how="anti").join(
        merged.select(person_id="last_person_id"), on="person_id", how="anti"
    )
    back = _resting(history).join(now_held, on="person_id", how="semi")
    none = pl.lit(None, dtype=pl.String)
    return pl.concat(
        [
            new.join(from_split, on="person_id", how="anti").select(
                "person_id", event=pl.lit("created"), other_person_id=none, reason=pl.lit("new_mentions")
            ),
            from_split.select("person_id", event=pl.lit("created"), other_person_id=none, reason=pl.lit("split")),
            back.select("person_id", event=pl.lit("created"), other_person_id=none, reason=pl.lit("reappeared")),
            left_over.select(
                "person_id",
                event=pl.lit("split_from"),
                other_person_id="last_person_id",
                reason=pl.when("is_new").then(pl.lit("evidence_apart")).otherwise(pl.lit("mentions_moved")),
            ),
            merged.select(
                person_id="last_person_id",
                event=pl.lit("merged_into"),
                other_person_id="person_id",
                reason=pl.lit("evidence_together"),
            ),
            gone.select(
                "person_id", event=pl.lit("retired"), other_person_id=none, reason=pl.lit("no_current_mention")
            ),
        ]
    )


def _resting(history: pl.DataFrame) -> pl.DataFrame:
    """Ids whose last word in the history is that they rest: retired or merged away."""
    return replay(history).filter(pl.col("state") != "current").select("person_id")


def _append(history: pl.DataFrame, events: pl.DataFrame, run_id: str, now: datetime) -> pl.DataFrame:
    dated = events.with_columns(at=pl.lit(now), run_id=pl.lit(run_id)).select(HISTORY_SCHEMA.names())
    dated = dated.cast(HISTORY_SCHEMA).sort("person_id", "event", "other_person_id")
    return pl.concat([history.select(HISTORY_SCHEMA.names()), dated])


def _next_spells(tonight: pl.DataFrame, mention_ledger: pl.DataFrame, run_id: str, now: datetime) -> pl.DataFrame:
    open_spell = pl.col("valid_to").is_null()
    spells = mention_ledger.join(tonight.select(*MENTION_KEY, tonight_id="person_id"), on=MENTION_KEY, how="left")
    ends = open_spell & (pl.col("tonight_id").is_null() | (pl.col("tonight_id") != pl.col("person_id")))
    closed = spells.with_columns(
        valid_to=pl.when(ends).then(pl.lit(now)).otherwise(pl.col("valid_to")),
        to_run=pl.when(ends).then(pl.lit(run_id)).otherwise(pl.col("to_run")),
    ).select(MENTION_LEDGER_SCHEMA.names())
    still_open = closed.filter(open_spell).select(*MENTION_KEY, "person_id")
    opened = (
        tonight.join(still_open, on=[*MENTION_KEY, "person_id"], how="anti")
        .with_columns(
            valid_from=pl.lit(now), valid_to=pl.lit(None), from_run=pl.lit(run_id), to_run=pl.lit(None, dtype=pl.String)
        )
        .select(MENTION_LEDGER_SCHEMA.names())
    )
    both = [frame.cast(MENTION_LEDGER_SCHEMA) for frame in (closed, opened)]
    return pl.concat(both).sort(*MENTION_KEY, "valid_from")


def as_of(mention_ledger: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """The crosswalk as it was known at an instant: key and ``person_id``, one row per mention current then."""
    known = (pl.col("valid_from") <= instant) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > instant))
    return mention_ledger.filter(known).select(*MENTION_KEY, "person_id").sort(MENTION_KEY)


def replay(history: pl.DataFrame, instant: datetime | None = None) -> pl.DataFrame:
    """What became of every id, from the history alone.

    Args:
        history: all events, in the order in which they were appended.
        instant: leave out what happened later; None for all.

    Returns:
        One row per id ever minted: ``person_id, state`` (current / merged / retired), ``successor_id`` (itself, or the
        id at the end of its merges) and ``current_person_id`` (the successor, null where that is retired); sorted.
    """
    known = history if instant is None else history.filter(pl.col("at") <= instant)
    lasting = known.filter(pl.col("event") != "split_from").with_row_index("step")
    last = (
        lasting.sort("at", "step")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("event", "other_person_id").last())
        .with_columns(
            state=pl.col("event").replace_strict(
                {"created": "current", "merged_into": "merged", "retired": "retired"}, return_dtype=pl.String
            ),
            target=pl.when(pl.col("event") == "merged_into").then("other_person_id").otherwise("person_id"),
        )
    )
    hops = last.select(target="person_id", next="target")
    while True:
        moved = last.join(hops, on="target", how="left").with_columns(next=pl.coalesce("next", "target"))
        if moved.filter(pl.col("next") != pl.col("target")).is_empty():
            break
        last = moved.with_columns(target="next").drop("next")
    resting = last.filter(pl.col("state") != "current").select(target="person_id", rests=pl.lit(value=True))
    return (
        last.join(resting, on="target", how="left")
        .select(
            "person_id",
            "state",
            successor_id="target",
            current_person_id=pl.when(pl.col("rests").is_null()).then("target"),
        )
        .sort("person_id")
    )
