"""What happened at places, in one shape: fires, real alarms, blocked lanes, leaks, things that fell, disputes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import polars as pl

Scan = Callable[[str], pl.LazyFrame]

EVENTS: Final = {
    "place": pl.String(),
    "estate_code": pl.String(),
    "community": pl.String(),
    "street": pl.String(),
    "district": pl.String(),
    "on": pl.Date(),
    "kind": pl.String(),
}
"""Grain: one event. `place` is its building or house (null where only an estate or less is known), `on` a local day."""

QUARRELS: Final = ("打架斗殴", "家庭纠纷", "邻里纠纷")
FALSE_ALARM: Final = "误报"

# A device that rings on more days of a month than these is a fault of the device, whoever handles it.
MOST_ALARM_DAYS_A_MONTH: Final = 4

_PLACE = pl.coalesce("building_code", "estate_code")
_AREA = ("community", "street", "district")


def happened(scan: Scan, buildings: pl.DataFrame) -> pl.DataFrame:
    """Return all past events of the facts as `EVENTS`, sorted.

    Args:
        scan: reads `facts.*`.
        buildings: `facts.building`; an event at a place that is none of them keeps only its estate.
    """
    parts = [_incidents(scan), _orders(scan), _disputes(scan), confirmed_alarms(scan)]
    events = pl.concat([part.select(list(EVENTS)) for part in parts]).collect()
    known = pl.col("place").is_in(buildings["building_code"].implode())
    return events.with_columns(place=pl.when(known).then("place")).sort(list(EVENTS), nulls_last=True)


def _incidents(scan: Scan) -> pl.LazyFrame:
    quarrels = dict.fromkeys(QUARRELS, "quarrel")
    kinds = pl.col("category").replace_strict({"火灾": "fire", **quarrels}, default="incident", return_dtype=pl.String)
    return (
        scan("facts.incident")
        .filter(~pl.col("is_future").fill_null(value=False), pl.col("outcome").fill_null("") != FALSE_ALARM)
        .select(_PLACE.alias("place"), "estate_code", *_AREA, on="reported_on", kind=kinds)
        .filter(pl.col("on").is_not_null())
    )


def _orders(scan: Scan) -> pl.LazyFrame:
    words = {"消防通道占用": "blocked_order", "漏水": "leak", "高空抛物": "falling_order", "噪音": "noise_order",
             "物业费纠纷": "fee_order"}  # fmt: skip
    kinds = pl.col("kind").replace_strict(words, default="order", return_dtype=pl.String)
    return (
        scan("facts.workorder")
        .filter(~pl.col("is_future").fill_null(value=False), pl.col("reported_on").is_not_null())
        .select(_PLACE.alias("place"), "estate_code", *_AREA, on="reported_on", kind=kinds)
    )


def _disputes(scan: Scan) -> pl.LazyFrame:
    return (
        scan("facts.dispute")
        .filter(~pl.col("is_future").fill_null(value=False), pl.col("received_on").is_not_null())
        .select(_PLACE.alias("place"), "estate_code", *_AREA, on="received_on", kind=pl.lit("dispute"))
    )


def confirmed_alarms(scan: Scan) -> pl.LazyFrame:
    """Alarms somebody acted on, at most one a device and month, as `EVENTS`.

    An alarm counts when it was handled or the police confirmed its incident; not when they called it false, nor when
    its device rings on more than `MOST_ALARM_DAYS_A_MONTH` days of that month, unless the police confirmed it. A second
    ring in a month tells of the same kitchen; only the first counts.
    """
    kinds = {"smoke": "smoke_alarm", "fire_lane": "lane_alarm", "falling_object": "falling_alarm"}
    verdicts = (
        scan("facts.incident")
        .filter(pl.col("alert_no").is_not_null())
        .group_by("alert_no")
        .agg(is_confirmed=(pl.col("outcome").fill_null("") != FALSE_ALARM).any())
    )
    alarms = (
        scan("facts.sensor_alarm")
        .filter(
            ~pl.col("is_future").fill_null(value=False),
            pl.col("happened_on").is_not_null(),
            type="alarm",
        )
        .filter(pl.col("device_type").is_in(list(kinds)))
        .join(verdicts, left_on="event_id", right_on="alert_no", how="left")
        .with_columns(month=pl.col("happened_on").dt.truncate("1mo"))
        .with_columns(alarm_days=pl.col("happened_on").n_unique().over("device_id", "month"))
    )
    rings = pl.col("alarm_days") > MOST_ALARM_DAYS_A_MONTH
    counts = pl.col("is_confirmed").fill_null(pl.col("handled_at").is_not_null() & ~rings)
    place = [_PLACE.alias("place"), pl.col("estate_code"), *map(pl.col, _AREA)]
    kind = pl.col("device_type").replace_strict(kinds, return_dtype=pl.String)
    return alarms.filter(counts).group_by("device_id", "month", *place, kind=kind).agg(on=pl.col("happened_on").min())


def begun_on(events: pl.DataFrame) -> dt.date | None:
    """The day from which the records go on, None without any.

    A hundredth of the days may be mistyped: one of 1926 must not make a century of history.
    """
    days = events["on"].sort()
    first = days[days.len() // 100] if days.len() else None
    return first if isinstance(first, dt.date) else None


def count_between(events: pl.DataFrame, by: str, after: pl.Expr, until: pl.Expr) -> pl.DataFrame:
    """Count events by kind at each `by` (place or estate_code) with after < on <= until: one column a kind."""
    chosen = events.filter(pl.col(by).is_not_null(), pl.col("on") > after, pl.col("on") <= until)
    counted = chosen.group_by(by, "kind").len("events")
    return counted.pivot("kind", index=by, values="events").fill_null(0)
