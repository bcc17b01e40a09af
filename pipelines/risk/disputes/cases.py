"""Disputes as cases: where, since when, whether open, and whether they escalated."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

WATCH_DAYS: Final = 60
FAILED: Final = "不成功"
SETTLED: Final = "成功"
# A closed case without the day of closing is taken to have closed within the time that a mediation may take
# (人民调解委员会组织规定: as a rule within a month).
USUAL_LIMIT_DAYS: Final = 30

COLUMNS: Final = (
    "dispute_no", "received_on", "kind", "origin", "outcome", "closed_on", "response_minutes", "district", "street",
    "community", "estate_code", "estate",
)  # fmt: skip


def dispute_cases(disputes: pl.DataFrame, buildings: pl.DataFrame) -> pl.DataFrame:
    """Return one row a dispute that has been received, sorted by number.

    Args:
        disputes: `facts.dispute`.
        buildings: `facts.building`.

    Returns:
        `COLUMNS`, `place` (building or house, null where only the estate or less is known), `is_open`, `ended_on` (the
        day a closed case ended, null while open).
    """
    known = pl.coalesce("building_code", "estate_code")
    ordered = pl.col("is_clock_ordered").fill_null(value=True)
    open_case = pl.col("outcome").is_null() | ~pl.col("outcome").is_in([FAILED, SETTLED])
    told_end = pl.when(ordered).then(pl.col("closed_on"))
    return (
        disputes.filter(pl.col("received_on").is_not_null(), ~pl.col("is_future").fill_null(value=False))
        .with_columns(place=pl.when(known.is_in(buildings["building_code"].implode())).then(known), is_open=open_case)
        .with_columns(
            pl.col("kind").fill_null("其他"),
            ended_on=pl.when(~pl.col("is_open")).then(
                pl.coalesce(told_end, pl.col("received_on") + dt.timedelta(days=USUAL_LIMIT_DAYS))
            ),
        )
        .select(*COLUMNS, "place", "is_open", "ended_on")
        .unique("dispute_no", keep="first", maintain_order=True)
        .sort("dispute_no")
    )


def with_escalation(cases: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Add `quarrelled_on` (last quarrel at the building within `WATCH_DAYS` of receipt) and `known_on`.

    `known_on` is the day from which the answer of a closed case stands: when it has ended and the watch is over; null
    while it is open.

    Args:
        cases: of `dispute_cases`.
        events: of `pipelines.risk.buildings.events.happened`.
    """
    watch = dt.timedelta(days=WATCH_DAYS)
    quarrels = events.filter(pl.col("kind") == "quarrel", pl.col("place").is_not_null()).select("place", "on")
    days = (
        cases.select("dispute_no", "place", "received_on")
        .join(quarrels, on="place", how="inner")
        .filter(pl.col("on") > pl.col("received_on"), pl.col("on") <= pl.col("received_on") + watch)
        .group_by("dispute_no")
        .agg(quarrelled_on=pl.col("on").max())
    )
    known = pl.when(~pl.col("is_open")).then(pl.max_horizontal("ended_on", pl.col("received_on") + watch))
    return cases.join(days, on="dispute_no", how="left", maintain_order="left").with_columns(known_on=known)
