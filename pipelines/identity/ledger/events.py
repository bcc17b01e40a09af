"""What a night did to ids, as events: created, merged_into, split_from, retired."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.identity.ledger.carry import pull
from pipelines.identity.ledger.causes import NEW_ROW, RETURNED_ROW, SPLIT, VANISHED_ROW, Changes, explain
from pipelines.identity.outputs import HISTORY_SCHEMA, MENTION_KEY, UTC_INSTANT


def append_events(
    history: pl.DataFrame, tonight: pl.DataFrame, gone: pl.DataFrame, changes: Changes, run_id: str, now: datetime
) -> pl.DataFrame:
    """Append tonight's events.

    An id that is gone was ``merged_into`` the person that took most of its mentions, else ``retired``. An id that is
    new, or back from rest, is ``created``. Whoever took mentions of an id that lives on, or of one that merged into
    another, is ``split_from`` it.

    Args:
        history: all events so far.
        tonight: one row per mention: key, ``person_id``, ``is_new``, ``last_person_id`` (null for a new mention),
            ``open_id`` (null where the mention was away), ``has_own_number``.
        gone: key and ``last_person_id`` of the mentions that went.
        changes: what else happened.
        run_id: tonight's run.
        now: instant of the run, with zone.

    Returns:
        The history; the very same frame when nothing happened.
    """
    events = _events(tonight, gone)
    if events.is_empty():
        return history
    explained = explain(events, _touched(tonight, gone, changes), changes)
    dated = explained.with_columns(at=pl.lit(now, dtype=UTC_INSTANT), run_id=pl.lit(run_id))
    told = dated.select(HISTORY_SCHEMA.names()).cast(HISTORY_SCHEMA)
    return pl.concat([history.select(HISTORY_SCHEMA.names()), told.sort("person_id", "event", "other_person_id")])


def _touched(tonight: pl.DataFrame, gone: pl.DataFrame, changes: Changes) -> pl.DataFrame:
    """The mentions to which something happened: key, both persons, and ``cause`` where it came, came back or went."""
    away = pl.col("open_id").is_null()
    came = tonight.filter(away).with_columns(
        cause=pl.when(pl.col("last_person_id").is_null()).then(pl.lit(NEW_ROW)).otherwise(pl.lit(RETURNED_ROW))
    )
    changed = tonight.join(changes.changed, on=MENTION_KEY, how="inner")
    went = gone.with_columns(cause=pl.lit(VANISHED_ROW), person_id=pl.lit(None, dtype=pl.String))
    columns = ["feed", "last_person_id", "person_id", "cause"]
    return pl.concat([frame.select(columns) for frame in (came, changed, went)])


def _events(tonight: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """``person_id, event, other_person_id, reason``; the reason is null where the cause is still to be found."""
    held = pl.concat([tonight["open_id"].drop_nulls(), gone["last_person_id"].rename("open_id")])
    was_held = held.rename("person_id").unique().to_frame()
    now_held = tonight.select("person_id", "is_new").unique()
    moves = _moves(tonight)
    merged = (
        moves.join(now_held, left_on="last_person_id", right_on="person_id", how="anti")
        .group_by("last_person_id", maintain_order=True)
        .agg(pl.col("person_id").first())
    )
    parted = moves.join(merged, on=["last_person_id", "person_id"], how="anti")
    rest = was_held.join(now_held, on="person_id", how="anti").join(
        merged.select(person_id="last_person_id"), on="person_id", how="anti"
    )
    come = now_held.join(was_held, on="person_id", how="anti")
    is_part = pl.col("is_new") & pl.col("person_id").is_in(parted["person_id"].unique().implode())
    told = [
        come.select("person_id", event=pl.lit("created"), reason=pl.when(is_part).then(pl.lit(SPLIT))),
        parted.select("person_id", event=pl.lit("split_from"), other_person_id="last_person_id"),
        merged.select(person_id="last_person_id", event=pl.lit("merged_into"), other_person_id="person_id"),
        rest.select("person_id", event=pl.lit("retired")),
    ]
    return pl.concat([frame.cast({"person_id": pl.String}) for frame in told], how="diagonal")


def _moves(tonight: pl.DataFrame) -> pl.DataFrame:
    """``last_person_id, person_id`` between which mentions moved, the strongest first of each old id."""
    return (
        tonight.filter(pl.col("last_person_id") != pl.col("person_id"))
        .group_by("last_person_id", "person_id")
        .agg(weight=pull())
        .sort(["last_person_id", "weight", "person_id"], descending=[False, True, False])
    )
