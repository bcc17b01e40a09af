"""Which ids changed and why, from the ledger alone: counts and lists of events by run or since a day."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipelines.identity.ledger.replay import replay
from pipelines.identity.outputs import MENTION_KEY


def select_events(history: pl.DataFrame, run_id: str | None = None, since: datetime | None = None) -> pl.DataFrame:
    """The events of one run, or from an instant on; without either those of the last run that changed an id."""
    if run_id is not None:
        return history.filter(pl.col("run_id") == run_id)
    if since is not None:
        return history.filter(pl.col("at") >= since)
    return history.filter(pl.col("run_id") == history["run_id"].last()) if history.height else history


def count_events(events: pl.DataFrame) -> pl.DataFrame:
    """Count events: ``run_id, at, event, reason, cause_feed, ids``; oldest run first, then most frequent first."""
    keys = ["run_id", "at", "event", "reason", "cause_feed"]
    return (
        events.group_by(keys)
        .agg(ids=pl.len())
        .sort(["at", "run_id", "ids", *keys[2:]], descending=[False, False, True, False, False, False], nulls_last=True)
    )


def person_story(history: pl.DataFrame, person_id: str) -> pl.DataFrame:
    """Every event that names an id, as its own or as the other, oldest first."""
    return history.filter((pl.col("person_id") == person_id) | (pl.col("other_person_id") == person_id))


def person_spells(mention_ledger: pl.DataFrame, person_id: str) -> pl.DataFrame:
    """Every spell in which a mention belonged to an id, sorted by begin and key."""
    return mention_ledger.filter(pl.col("person_id") == person_id).sort("valid_from", *MENTION_KEY)


def states_at(history: pl.DataFrame, instant: datetime) -> dict[str, int]:
    """How many ids were current, merged and retired at an instant."""
    counted = replay(history, instant).group_by("state").len()
    return dict.fromkeys(("current", "merged", "retired"), 0) | dict(counted.iter_rows())
