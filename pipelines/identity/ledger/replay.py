"""What the ledger tells of any instant: who every mention was, and what became of every id."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.identity.outputs import MENTION_KEY


def as_of(mention_ledger: pl.DataFrame, instant: datetime) -> pl.DataFrame:
    """The crosswalk as it was known at an instant: key and ``person_id``, one row per mention current then."""
    known = (pl.col("valid_from") <= instant) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > instant))
    return mention_ledger.filter(known).select(*MENTION_KEY, "person_id").sort(MENTION_KEY)


def successors(history: pl.DataFrame) -> pl.DataFrame:
    """Follow merges to their end: ``person_id, successor_id`` for every id that was merged into another; sorted."""
    merged = history.filter(pl.col("event") == "merged_into").unique("person_id", keep="last", maintain_order=True)
    return _followed(merged.select("person_id", target="other_person_id")).sort("person_id")


def _followed(hops: pl.DataFrame) -> pl.DataFrame:
    """Follow ``person_id -> target`` until no target is itself a person with another target."""
    last = hops
    onward = hops.select(target="person_id", next="target")
    while True:
        moved = last.join(onward, on="target", how="left").with_columns(next=pl.coalesce("next", "target"))
        if moved.filter(pl.col("next") != pl.col("target")).is_empty():
            return last.rename({"target": "successor_id"})
        last = moved.select("person_id", target="next")


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
    states = {"created": "current", "merged_into": "merged", "retired": "retired"}
    last = (
        lasting.sort("at", "step")
        .group_by("person_id", maintain_order=True)
        .agg(pl.col("event", "other_person_id").last())
        .with_columns(state=pl.col("event").replace_strict(states, return_dtype=pl.String))
    )
    followed = successors(last)
    resting = last.filter(pl.col("state") == "retired").select(successor_id="person_id", rests=pl.lit(value=True))
    return (
        last.join(followed, on="person_id", how="left")
        .with_columns(successor_id=pl.coalesce("successor_id", "person_id"))
        .join(resting, on="successor_id", how="left")
        .select(
            "person_id",
            "state",
            "successor_id",
            current_person_id=pl.when(pl.col("rests").is_null()).then("successor_id"),
        )
        .sort("person_id")
    )
