"""The ledger of households: what only one night after another can tell, kept apart from what tonight's data tell."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from pipelines.identity.golden.civil_status import DEAD, GONE_STATUSES
from pipelines.identity.outputs import HOUSEHOLD_HISTORY_SCHEMA


def append_household_events(
    history: pl.DataFrame,
    before: pl.DataFrame,
    tonight: pl.DataFrame,
    today: date | None,
    run_id: str,
    now: datetime,
    persons: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Append what changed among the current households, and why.

    Args:
        history: all events so far (``HOUSEHOLD_HISTORY_SCHEMA``).
        before: ``master.household_member`` of the last snapshot, person ids already following merges.
        tonight: ``master.household_member`` of this night.
        today: day of the newest delivery.
        run_id: tonight's run.
        now: instant of the run, with zone.
        persons: ``person_id, status`` of tonight; without it nobody is known to have died or moved away.

    Returns:
        The history with ``created``, ``joined``, ``left`` and ``ended`` of tonight; equal when nothing changed. A
        person whose id was merged into another's leaves no household by that: ``master.person_history`` tells it.
        ``reason``: who joined had ``moved`` from elsewhere, was ``regrouped`` within the dwelling or is
        ``newly_known``; who left ``moved``, was ``regrouped``, ``died``, ``moved_away`` from the city, or nobody knows
        any more (``unknown``). Households themselves have none.
    """
    was, is_now = _current(before), _current(tonight)
    keys = ["household_id", "person_id"]
    frames = [
        _houses(is_now).join(_houses(was), on="household_id", how="anti").with_columns(event=pl.lit("created")),
        _reasoned(is_now.join(was, on=keys, how="anti"), was, "newly_known").with_columns(event=pl.lit("joined")),
        _departed(was.join(is_now, on=keys, how="anti"), is_now, persons).with_columns(event=pl.lit("left")),
        _houses(was).join(_houses(is_now), on="household_id", how="anti").with_columns(event=pl.lit("ended")),
    ]
    events = (
        pl.concat(frames, how="diagonal")
        .drop("address_code")
        .with_columns(on=pl.lit(today, dtype=pl.Date), at=pl.lit(now), run_id=pl.lit(run_id))
        .select(HOUSEHOLD_HISTORY_SCHEMA.names())
        .cast(HOUSEHOLD_HISTORY_SCHEMA)
        .sort("household_id", "event", "person_id")
    )
    # A history kept by an earlier version tells no reasons.
    earlier = pl.concat([pl.DataFrame(schema=HOUSEHOLD_HISTORY_SCHEMA), history], how="diagonal")
    return pl.concat([earlier.select(HOUSEHOLD_HISTORY_SCHEMA.names()), events])


def _reasoned(moves: pl.DataFrame, others: pl.DataFrame, alone: str) -> pl.DataFrame:
    """Compare a move with the other household of the same basis that the person stands in at the other time."""
    elsewhere = others.unique(["person_id", "basis"], keep="first", maintain_order=True).select(
        "person_id", "basis", other_code="address_code", other=pl.lit(value=True)
    )
    same = pl.col("address_code").eq_missing(pl.col("other_code"))
    reason = (
        pl.when(pl.col("other").is_null())
        .then(pl.lit(alone))
        .when(same)
        .then(pl.lit("regrouped"))
        .otherwise(pl.lit("moved"))
    )
    joined = moves.join(elsewhere, on=["person_id", "basis"], how="left", maintain_order="left")
    return joined.with_columns(reason=reason).drop("other", "other_code")


def _departed(left: pl.DataFrame, is_now: pl.DataFrame, persons: pl.DataFrame | None) -> pl.DataFrame:
    reasoned = _reasoned(left, is_now, "unknown")
    if persons is None:
        return reasoned
    told = reasoned.join(persons.select("person_id", "status"), on="person_id", how="left", maintain_order="left")
    gone = pl.col("reason") == "unknown"
    reason = (
        pl.when(gone & (pl.col("status") == DEAD))
        .then(pl.lit("died"))
        .when(gone & pl.col("status").is_in(GONE_STATUSES))
        .then(pl.lit("moved_away"))
        .otherwise("reason")
    )
    return told.with_columns(reason=reason).drop("status")


def _current(members: pl.DataFrame) -> pl.DataFrame:
    current = members.filter(pl.col("until").is_null())
    return current.select("household_id", "basis", "person_id", "address_code").unique().sort(pl.all())


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
