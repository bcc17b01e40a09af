"""The ledger of households: what only one night after another can tell, kept apart from what tonight's data tell."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from pipelines.identity.outputs import HOUSEHOLD_HISTORY_SCHEMA


def append_household_events(
    history: pl.DataFrame,
    before: pl.DataFrame,
    tonight: pl.DataFrame,
    today: date | None,
    run_id: str,
    now: datetime,
) -> pl.DataFrame:
    """Append what changed among the current households.

    Args:
        history: all events so far (``HOUSEHOLD_HISTORY_SCHEMA``).
        before: ``master.household_member`` of the last snapshot, person ids already following merges.
        tonight: ``master.household_member`` of this night.
        today: day of the newest delivery.
        run_id: tonight's run.
        now: instant of the run, with zone.

    Returns:
        The history with ``created``, ``joined``, ``left`` and ``ended`` of tonight; equal when nothing changed. A
        person whose id was merged into another's leaves no household by that: ``master.person_history`` tells it.
    """
    was, is_now = _current(before), _current(tonight)
    keys = ["household_id", "person_id"]
    frames = [
        _houses(is_now).join(_houses(was), on="household_id", how="anti").with_columns(event=pl.lit("created")),
        is_now.join(was, on=keys, how="anti").with_columns(event=pl.lit("joined")),
        was.join(is_now, on=keys, how="anti").with_columns(event=pl.lit("left")),
        _houses(was).join(_houses(is_now), on="household_id", how="anti").with_columns(event=pl.lit("ended")),
    ]
    events = (
        pl.concat(frames, how="diagonal")
        .with_columns(on=pl.lit(today, dtype=pl.Date), at=pl.lit(now), run_id=pl.lit(run_id))
        .select(HOUSEHOLD_HISTORY_SCHEMA.names())
        .cast(HOUSEHOLD_HISTORY_SCHEMA)
        .sort("household_id", "event", "person_id")
    )
    return pl.concat([history.select(HOUSEHOLD_HISTORY_SCHEMA.names()), events])


def _current(members: pl.DataFrame) -> pl.DataFrame:
    return members.filter(pl.col("until").is_null()).select("household_id", "basis", "person_id").unique()


def _houses(members: pl.DataFrame) -> pl.DataFrame:
    return members.select("household_id", "basis").unique()


def replay_households(history: pl.DataFrame, instant: datetime | None = None) -> pl.DataFrame:
    """Who stood in which household at an instant, from the history alone.

    Args:
        history: all events, in the order in which they were appended.
        instant: leave out what happened later; None for all.

    Returns:
        ``household_id, person_id, basis`` of those who had joined and not left; sorted.
    """
    known = history if instant is None else history.filter(pl.col("at") <= instant)
    moves = known.filter(pl.col("event").is_in(["joined", "left"])).with_row_index("step")
    last = (
        moves.sort("at", "step")
        .group_by("household_id", "person_id", maintain_order=True)
        .agg(pl.col("event", "basis").last())
    )
    return last.filter(pl.col("event") == "joined").drop("event").sort("household_id", "person_id")
