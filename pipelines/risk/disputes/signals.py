"""What speaks of a dispute on a day: how long it has been open, and what happened at its place before."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.disputes.cases import FAILED, WATCH_DAYS

YEAR: Final = dt.timedelta(days=365)
RECENT: Final = dt.timedelta(days=WATCH_DAYS)
LEAST_HISTORY_DAYS: Final = 90
# A case is looked at on the day of receipt, after two weeks and after a month, as long as it is open.
LANDMARKS: Final = (0, 14, 30)

SIGNALS: Final = (
    "long_open", "earlier_failures", "earlier_disputes", "quarrels_here", "quarrels_in_estate", "fees_and_noise",
    "slow_response", "from_police",
)  # fmt: skip
"""Counts and flags, in the order in which reasons are told."""


def landmark_rows(cases: pl.DataFrame) -> pl.DataFrame:
    """Return one row per closed case and landmark at which it was still open: the case, `at` and `escalates`.

    `escalates` says whether what came after `at` was a failed mediation or a quarrel at the building.

    Args:
        cases: of `with_escalation`.
    """
    closed = cases.filter(~pl.col("is_open"))
    rows = closed.join(pl.DataFrame({"days": LANDMARKS}, schema={"days": pl.Int64}), how="cross")
    dated = rows.with_columns(at=pl.col("received_on") + pl.duration(days="days"))
    alive = dated.filter((pl.col("days") == 0) | (pl.col("ended_on") > pl.col("at")))
    quarrel = (pl.col("quarrelled_on") > pl.col("at")).fill_null(value=False)
    return alive.with_columns(escalates=(pl.col("outcome") == FAILED) | quarrel).drop("days")


def with_signals(rows: pl.DataFrame, cases: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Add `days_open`, `history_days` and the columns of `SIGNALS`, by what was known on each row's day `at`.

    Args:
        rows: cases with `at`.
        cases: all cases, of `dispute_cases`: the earlier ones.
        events: of `pipelines.risk.buildings.events.happened`.
    """
    numbered = rows.with_row_index("row").with_columns(spot=pl.coalesce("place", "estate_code"))
    earlier = cases.select(
        "received_on", "ended_on", "outcome", other="dispute_no", spot=pl.coalesce("place", "estate_code")
    )
    here = numbered.select("row", "dispute_no", "at", "spot").join(earlier, on="spot", how="inner")
    before = here.filter(pl.col("other") != pl.col("dispute_no"), pl.col("received_on") > pl.col("at") - YEAR)
    past = before.group_by("row").agg(
        earlier_disputes=(pl.col("received_on") <= pl.col("at")).sum(),
        earlier_failures=((pl.col("outcome") == FAILED) & (pl.col("ended_on") <= pl.col("at"))).sum(),
    )
    joined = numbered.join(past, on="row", how="left")
    for name, kinds, by in (
        ("quarrels_here", ["quarrel"], "place"),
        ("quarrels_in_estate", ["quarrel"], "estate_code"),
        ("fees_and_noise", ["fee_order", "noise_order"], "spot"),
    ):
        joined = joined.join(_recent(numbered, events, kinds, by).rename({"events": name}), on="row", how="left")
    counts = ("earlier_disputes", "earlier_failures", "quarrels_here", "quarrels_in_estate", "fees_and_noise")
    filled = joined.with_columns(pl.col(*counts).fill_null(0).cast(pl.Int64))
    return filled.with_columns(
        days_open=(pl.col("at") - pl.col("received_on")).dt.total_days(),
        history_days=_history(cases),
        # What happened in the house itself is not told twice.
        quarrels_in_estate=(pl.col("quarrels_in_estate") - pl.col("quarrels_here")).clip(lower_bound=0),
        from_police=(pl.col("origin") == "警情移交").fill_null(value=False).cast(pl.Int64),
    ).drop("row", "spot")


def _history(cases: pl.DataFrame) -> pl.Expr:
    """Days of the year before `at` of which there are cases at all; ninety at least, or a few days speak for a year."""
    seen = (pl.col("at") - pl.lit(cases["received_on"].min(), pl.Date)).dt.total_days()
    return seen.fill_null(YEAR.days).clip(LEAST_HISTORY_DAYS, YEAR.days)


def _recent(rows: pl.DataFrame, events: pl.DataFrame, kinds: list[str], by: str) -> pl.DataFrame:
    """Events of the kinds at the row's place in the `RECENT` days up to `at`: row, events."""
    where = pl.coalesce("place", "estate_code") if by == "spot" else pl.col(by)
    chosen = events.filter(pl.col("kind").is_in(kinds)).select("on", where=where).filter(pl.col("where").is_not_null())
    found = rows.select("row", "at", where=pl.col(by)).join(chosen, on="where", how="inner")
    recent = found.filter(pl.col("on") <= pl.col("at"), pl.col("on") > pl.col("at") - RECENT)
    return recent.group_by("row").len("events")


def usual_times(cases: pl.DataFrame) -> pl.DataFrame:
    """The usual closing days by kind and the slow response of all: kind, usual_days, late_days, slow_minutes.

    Args:
        cases: closed cases that were known when the usual is asked for.
    """
    days = (pl.col("ended_on") - pl.col("received_on")).dt.total_days()
    slow = pl.col("response_minutes").quantile(0.75)
    return (
        cases.group_by("kind")
        .agg(usual_days=days.median(), late_days=days.quantile(0.75))
        .with_columns(slow_minutes=pl.lit(cases.select(slow).item() if cases.height else None, pl.Float64))
        .sort("kind")
    )


def against_usual(rows: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Add `long_open` and `slow_response` (0 or 1): more than three quarters of the cases before.

    Args:
        rows: of `with_signals`.
        usual: of `usual_times`.
    """
    return (
        rows.join(usual, on="kind", how="left", maintain_order="left")
        .with_columns(
            long_open=(pl.col("days_open") > pl.col("late_days")).fill_null(value=False).cast(pl.Int64),
            slow_response=(pl.col("response_minutes") > pl.col("slow_minutes")).fill_null(value=False).cast(pl.Int64),
        )
        .drop("late_days", "slow_minutes")
    )
