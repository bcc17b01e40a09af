"""What an estate had to bear in each month: new and open disputes, work orders, fees, quarrels."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

MOST_MONTHS: Final = 24
LEAST_DAYS: Final = 15
MEDIATED: Final = "物业"
FEES: Final = "物业费纠纷"

DRIVERS: Final = ("open_disputes", "new_disputes", "fee_disputes", "quarrels", "open_workorders", "workorders")
"""Counts of an estate and month; open ones are those open at its end (or on the day of the snapshot)."""

_KEY: Final = ["estate_code", "month"]


def estates_of(buildings: pl.DataFrame) -> pl.DataFrame:
    """Return one row an estate or courtyard with a name: its place, rooms and homes; sorted by estate_code.

    Houses of a village group are no estate: each is a site of its own.

    Args:
        buildings: `facts.building`.
    """
    inside = buildings.filter(
        pl.col("estate").is_not_null(),
        pl.col("estate_code").is_not_null(),
        pl.col("level").is_in(["building", "estate"]),
    ).sort("building_code")
    return inside.group_by("estate_code").agg(
        pl.col("estate", "district", "street", "community").drop_nulls().first(),
        rooms=pl.col("rooms").sum(),
        homes=pl.col("dwellings").sum(),
    ).sort("estate_code")  # fmt: skip


def month_ends(first: dt.date | None, as_of: dt.date) -> pl.DataFrame:
    """Return the months from the first event to `as_of`, at most `MOST_MONTHS`: month, starts_on, ends_on.

    A month that has only just begun says nothing yet: before its `LEAST_DAYS`th day the month before it is the newest.
    """
    start = max(first or as_of, as_of - dt.timedelta(days=31 * MOST_MONTHS)).replace(day=1)
    newest = as_of if as_of.day >= LEAST_DAYS else as_of.replace(day=1) - dt.timedelta(days=1)
    last = newest.replace(day=1)
    days = pl.date_range(min(start, last), last, "1mo", eager=True)
    frame = pl.DataFrame({"starts_on": days}).tail(MOST_MONTHS)
    ends = pl.min_horizontal(pl.col("starts_on").dt.month_end(), pl.lit(as_of))
    return frame.select(month=pl.col("starts_on").dt.strftime("%Y-%m"), starts_on="starts_on", ends_on=ends)


def estate_months(
    estates: pl.DataFrame, cases: pl.DataFrame, orders: pl.DataFrame, events: pl.DataFrame, months: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per estate and month with `DRIVERS`, sorted.

    Args:
        estates: of `estates_of`.
        cases: of `pipelines.risk.disputes.cases.dispute_cases`.
        orders: `facts.workorder`.
        events: of `pipelines.risk.buildings.events.happened`.
        months: of `month_ends`.
    """
    grid = estates.join(months, how="cross")
    disputes = cases.select("estate_code", since="received_on", until="ended_on", is_fee=pl.col("kind") == MEDIATED)
    repairs = orders.filter(~pl.col("is_future").fill_null(value=False), pl.col("reported_on").is_not_null())
    ended = pl.when(pl.col("is_clock_ordered").fill_null(value=True)).then(pl.col("closed_at").dt.date())
    works = repairs.select("estate_code", since="reported_on", until=ended, is_fee=pl.col("kind") == FEES)
    quarrels = events.filter(kind="quarrel").select("estate_code", since="on")
    fees = pl.concat([one.filter("is_fee").select("estate_code", "since") for one in (disputes, works)])
    counted = grid
    for name, rows in (
        ("new_disputes", _new(disputes)),
        ("workorders", _new(works)),
        ("fee_disputes", _new(fees)),
        ("quarrels", _new(quarrels)),
        ("open_disputes", _open(disputes, months)),
        ("open_workorders", _open(works, months)),
    ):
        counted = counted.join(rows.rename({"len": name}), on=_KEY, how="left")
    return counted.with_columns(pl.col(*DRIVERS).fill_null(0).cast(pl.Int64)).sort(_KEY)


def _new(rows: pl.DataFrame) -> pl.DataFrame:
    dated = rows.drop_nulls("estate_code").select("estate_code", month=pl.col("since").dt.strftime("%Y-%m"))
    return dated.group_by(_KEY).len()


def _open(rows: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """What began by the end of a month and had not ended then."""
    within = rows.drop_nulls("estate_code").join(months, how="cross").filter(
        pl.col("since") <= pl.col("ends_on"), pl.col("until").is_null() | (pl.col("until") > pl.col("ends_on"))
    )  # fmt: skip
    return within.group_by(_KEY).len()
