"""The rows of each feed with the community they speak of, the building where known, and their day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.risk.buildings.events import Scan

EVENT_DAYS: Final = {
    "police_incidents": "reported_at",
    "police_residents": "updated_at",
    "housing_leases": "delivered_on",
    "property_workorders": "reported_at",
    "sensors_events": "ts",
    "street_office_disputes": "received_on",
    "street_office_hotline": "called_at",
    "street_office_participation": "day",
    "street_office_surveys": "day",
}
"""Feeds whose rows happen on a day; a lease on the day it came, for it may be filed long before or after it starts.
Rows of other feeds stand until a delivery lacks them: their day is the last one that had them."""

BY_COMMUNITY: Final = {
    "street_office_participation": "facts.participation",
    "street_office_readiness": "facts.readiness",
    "street_office_surveys": "facts.survey",
}
"""Feeds that name a community and no address, and the facts that know which it is."""

# A year of rows tells what is usual; of device events, which come by the million, two months do.
WINDOW_DAYS: Final = 365
EVENT_WINDOW_DAYS: Final = 60

AREA: Final = ["district", "street", "community"]


@dataclass(frozen=True)
class Source:
    """A feed that speaks of places.

    Attributes:
        feed: `<department>_<feed>`.
        title_zh, title_en: of its contract.
        cadence_days: how often it is due.
        is_register: its rows stand until they are gone; else they happen on days.
    """

    feed: str
    title_zh: str
    title_en: str
    cadence_days: float
    is_register: bool


def local_sources(contracts: Mapping[str, Contract]) -> list[Source]:
    """Return the feeds whose rows lie in a community, by name.

    The address register itself is what they are measured by; a feed that names neither address nor community
    (marriages) speaks of no place.
    """
    placed = [name for name, one in contracts.items() if one.address_mentions] + [*BY_COMMUNITY, "sensors_events"]
    return [
        Source(name, contracts[name].title_zh, contracts[name].title_en, contracts[name].cadence_hours / 24,
               name not in EVENT_DAYS)
        for name in sorted(set(placed) & set(contracts))
    ]  # fmt: skip


def located_rows(source: Source, scan: Scan, as_of: dt.date) -> pl.DataFrame:
    """Return the feed's current rows summed by place and day: district, street, community, place, day, rows.

    Args:
        source: the feed.
        scan: reads `raw.*`, `master.address_match` and `facts.*`.
        as_of: rows of later days are left out.
    """
    if source.feed == "sensors_events":
        rows = _events(scan, as_of)
    elif source.feed in BY_COMMUNITY:
        rows = _by_community(source, scan)
    else:
        rows = _by_address(source, scan)
    within = rows.filter(pl.col("community").is_not_null(), pl.col("day") <= as_of)
    if not source.is_register:
        within = within.filter(pl.col("day") > as_of - dt.timedelta(days=WINDOW_DAYS))
    return within.group_by(*AREA, "place", "day").agg(pl.col("rows").sum()).collect()


def _current(source: Source, scan: Scan) -> pl.LazyFrame:
    column = EVENT_DAYS.get(source.feed, "last_delivered_on")
    rows = scan(f"raw.{source.feed}")
    day = pl.col(column)
    if isinstance(rows.collect_schema()[column], pl.Datetime):
        day = day.dt.convert_time_zone("Asia/Shanghai").dt.date()
    return rows.filter("is_current").select("record_key", day=day.cast(pl.Date))


def _by_address(source: Source, scan: Scan) -> pl.LazyFrame:
    roles = ("residence", "dwelling", "location")
    places = (
        scan("master.address_match")
        .filter(pl.col("feed") == source.feed, pl.col("address_role").is_in(roles))
        .select("record_key", *AREA, place=pl.coalesce("building_code", "estate_code"))
    )
    return _current(source, scan).join(places, on="record_key").with_columns(rows=pl.lit(1, pl.Int64))


def _by_community(source: Source, scan: Scan) -> pl.LazyFrame:
    places = scan(BY_COMMUNITY[source.feed]).select("record_key", *AREA).unique("record_key", keep="any")
    located = _current(source, scan).join(places, on="record_key")
    return located.with_columns(place=pl.lit(None, pl.String), rows=pl.lit(1, pl.Int64))


def _events(scan: Scan, as_of: dt.date) -> pl.LazyFrame:
    """Events by device and day; heartbeats count, for a device that beats is one that could tell."""
    devices = scan("facts.device").select("device_id", *AREA, place=pl.coalesce("building_code", "estate_code"))
    day = pl.col("ts").dt.convert_time_zone("Asia/Shanghai").dt.date()
    since = dt.datetime.combine(as_of - dt.timedelta(days=EVENT_WINDOW_DAYS), dt.time(), dt.UTC)
    counted = (
        scan("raw.sensors_events")
        .filter("is_current", pl.col("ts") > since)
        .select("device_id", day=day)
        .group_by("device_id", "day")
        .agg(rows=pl.len().cast(pl.Int64))
    )
    return counted.join(devices, on="device_id")
