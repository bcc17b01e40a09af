"""What is known of each building on a day: its counts of a year before, and which sources could have told."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from pipelines.risk.buildings.events import count_between

AT_PLACE: Final = (
    "fire", "smoke_alarm", "blocked_order", "lane_alarm", "leak", "falling_order", "falling_alarm", "dispute",
    "quarrel",
)  # fmt: skip
"""Kinds of events that are counted at each building, a column each."""


def building_inputs(
    buildings: pl.DataFrame, devices: pl.DataFrame, events: pl.DataFrame, on: dt.date, window_days: int
) -> pl.DataFrame:
    """Return `buildings` with counts of the `window_days` up to `on`, and what the sources cover.

    Args:
        buildings: `facts.building`; those out of use are left out.
        devices: `facts.device`.
        events: of `happened`.
        on: the last day that counts.
        window_days: length of the window.

    Returns:
        One row a building, sorted by building_code, with the columns of `facts.building`, `AT_PLACE`, `fires` (fires
        and confirmed smoke alarms), `blocked`, `leaks`, `falls`, `troubles` (disputes and quarrels), `estate_blocked`
        (elsewhere in the estate), `estate_homes`, and `incidents_known`, `orders_known`, `disputes_known`,
        `smoke_known`, `lanes_watched`: whether a zero means that nothing was told.
    """
    window = events.filter(pl.col("on") > on - dt.timedelta(days=window_days), pl.col("on") <= on)
    in_use = buildings.filter(pl.col("address_status").fill_null("在用") != "停用")
    counted = _with_counts(in_use, window, on)
    return _with_coverage(counted, devices, window).sort("building_code")


def _with_counts(buildings: pl.DataFrame, window: pl.DataFrame, on: dt.date) -> pl.DataFrame:
    since, until = pl.lit(dt.date.min), pl.lit(on)
    counts = count_between(window, "place", since, until)
    counts = counts.with_columns(pl.lit(0, pl.UInt32).alias(kind) for kind in AT_PLACE if kind not in counts.columns)
    sites = count_between(window, "estate_code", since, until)
    blocked = [pl.col(kind) for kind in ("blocked_order", "lane_alarm") if kind in sites.columns]
    sites = sites.select("estate_code", site_blocked=pl.sum_horizontal(*blocked, pl.lit(0)).cast(pl.Int64))
    joined = (
        buildings.join(counts.select("place", *AT_PLACE), left_on="building_code", right_on="place", how="left")
        .join(sites, on="estate_code", how="left")
        .with_columns(pl.col(*AT_PLACE, "site_blocked").fill_null(0).cast(pl.Int64))
    )
    summed = joined.with_columns(
        fires=pl.col("fire") + pl.col("smoke_alarm"),
        blocked=pl.col("blocked_order") + pl.col("lane_alarm"),
        leaks=pl.col("leak"),
        falls=pl.col("falling_order") + pl.col("falling_alarm"),
        troubles=pl.col("dispute") + pl.col("quarrel"),
        estate_homes=pl.col("dwellings").sum().over("estate_code"),
    )
    return summed.with_columns(estate_blocked=pl.col("site_blocked") - pl.col("blocked")).drop("site_blocked")


def _with_coverage(buildings: pl.DataFrame, devices: pl.DataFrame, window: pl.DataFrame) -> pl.DataFrame:
    police = window.filter(pl.col("kind").is_in(["fire", "quarrel", "incident"])).select(
        "district", "street", "community"
    )
    mediated = window.filter(kind="dispute").select("district", "street", "community")
    orders = window.filter(pl.col("kind").str.contains("order|leak")).select("estate_code")
    smoke = devices.filter(pl.col("type") == "smoke", pl.col("status").fill_null("") != "retired")
    placed = smoke.filter(
        pl.coalesce("building_code", "estate_code").is_in(buildings["building_code"].implode()).fill_null(value=False)
    )
    by_estate_alone = smoke.join(placed.select("device_id"), on="device_id", how="anti").select("estate_code")
    return (
        _flag(buildings, police, "incidents_known")
        .pipe(_flag, mediated, "disputes_known")
        .pipe(_flag, orders, "orders_known")
        .pipe(_flag, smoke.select("district", "street"), "street_has_smoke")
        .pipe(_flag, by_estate_alone, "has_smoke_somewhere")
        .with_columns(
            disputes_known=pl.col("disputes_known") | pl.col("incidents_known"),
            smoke_known=pl.col("street_has_smoke") & ~((pl.col("smoke_devices") == 0) & pl.col("has_smoke_somewhere")),
            lanes_watched=pl.col("fire_lane_devices") > 0,
        )
        .drop("street_has_smoke", "has_smoke_somewhere")
    )


def _flag(buildings: pl.DataFrame, areas: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add whether the building lies in one of `areas`, by all their columns."""
    distinct = areas.drop_nulls().unique().with_columns(pl.lit(value=True).alias(name))
    return buildings.join(distinct, on=areas.columns, how="left").with_columns(pl.col(name).fill_null(value=False))
