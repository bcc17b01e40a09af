"""Incidents, disputes and work orders: how many, how fast, and how they ended."""

from __future__ import annotations

import polars as pl

from pipelines.city.happenings.disputes import draw_disputes
from pipelines.city.happenings.incidents import PREVENTABLE, draw_incidents
from pipelines.city.happenings.workorders import draw_workorders
from pipelines.city.kpi.counting import View, before, days_before, month_of, parts

DISPUTE_DAYS, WORKORDER_DAYS, FIRE_MINUTES = 30, 7, 20
FALSE_ALARM = "误报"


def incidents_of(view: View) -> pl.DataFrame:
    """Return the incidents reported before the last delivery, with month, arrival_minutes, is_closed and is_false."""
    incidents = view.placed(draw_incidents(view.world)).filter(before(view, "reported"))
    closed = before(view, "closed")
    return incidents.with_columns(
        month_of("reported"),
        ((pl.col("arrived") - pl.col("reported")).dt.total_seconds() / 60).alias("arrival_minutes"),
        closed.alias("is_closed"),
        (closed & (pl.col("outcome") == FALSE_ALARM)).alias("is_false"),
        pl.col("category").is_in(PREVENTABLE).alias("is_preventable"),
    )


def disputes_of(view: View) -> pl.DataFrame:
    """Return the disputes that came up before the last delivery, with is_ended, closing_days and month."""
    disputes = view.placed(draw_disputes(view.world)).filter(before(view, "at"))
    received = pl.col("at").dt.date()
    return disputes.with_columns(
        received.alias("received"),
        month_of("at"),
        before(view, "closed_on").alias("is_ended"),
        (pl.col("closed_on") - received).dt.total_days().alias("closing_days"),
    )


def incident_parts(incidents: pl.DataFrame) -> list[pl.DataFrame]:
    """Count the shares of incidents."""
    fires = incidents.filter((pl.col("category") == "火灾") & ~pl.col("is_false"))
    pushed = incidents.filter((pl.col("origin") == "预警推送") & pl.col("is_closed"))
    return [
        parts("fire_arrivals_within_20_minutes", fires, (pl.col("arrival_minutes") <= FIRE_MINUTES).sum()),
        parts("alarm_precision", pushed, (~pl.col("is_false")).sum()),
    ]


def dispute_parts(view: View, disputes: pl.DataFrame) -> list[pl.DataFrame]:
    """Count the shares of disputes; those that ended by the month of their end."""
    ended = disputes.filter("is_ended").with_columns(month_of("closed_on"))
    due = disputes.filter(pl.col("received") < days_before(view, DISPUTE_DAYS))
    in_time = pl.col("is_ended") & (pl.col("closing_days") <= DISPUTE_DAYS)
    return [
        parts("mediation_success", ended, pl.col("success").sum()),
        parts("disputes_found_proactively", disputes, (pl.col("origin") == "主动排查").sum()),
        parts("disputes_closed_in_time", due, in_time.sum()),
    ]


def workorder_parts(view: View) -> list[pl.DataFrame]:
    """Count the work orders that were closed in time."""
    orders = (
        view.placed(draw_workorders(view.world)).filter(before(view, "reported")).with_columns(month_of("reported"))
    )
    due = orders.filter(pl.col("reported").dt.date() < days_before(view, WORKORDER_DAYS))
    took = pl.col("closed") - pl.col("reported")
    in_time = before(view, "closed") & (took <= pl.duration(days=WORKORDER_DAYS))
    return [parts("workorders_closed_in_time", due, in_time.sum())]


def durations(incidents: pl.DataFrame, disputes: pl.DataFrame) -> pl.DataFrame:
    """Return single durations: clock, community_id, month, minutes."""
    columns = ("clock", "community_id", "month", "minutes")
    calls = incidents.select(
        pl.lit("police_arrival").alias("clock"), "community_id", "month", minutes="arrival_minutes"
    )
    answers = disputes.select(
        pl.lit("joint_response").alias("clock"), "community_id", "month", pl.col("minutes").cast(pl.Float64)
    )
    return pl.concat([calls.select(columns), answers.select(columns)])
