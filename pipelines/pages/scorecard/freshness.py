"""How fresh each feed is, from the log of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.pages.facts import FeedFacts, PageFacts
from pipelines.pages.lights import GREY, Light
from pipelines.pages.numbers import NOTHING, count, days
from pipelines.pages.scorecard.metrics import Metric
from pipelines.pages.text import Text

AGE_METRIC = "age_of_newest_delivery_days"
TAKEN = ("loaded", "duplicate")

CADENCES = {
    24: Text("每日", "daily"),
    168: Text("每周", "weekly"),
    744: Text("每月", "monthly"),
    2208: Text("每季", "quarterly"),
}


@dataclass(frozen=True)
class FeedFreshness:
    """One feed: when it came last, how old that is on the day of the snapshot, and what arrived in all."""

    department: str
    department_name: Text
    title: Text
    owner: Text
    cadence: Text
    newest: str
    age: Text
    files: str
    rows: str
    quarantined: str
    light: Light
    in_time: bool
    age_days: int | None
    cadence_hours: int
    feed: str


@dataclass(frozen=True)
class Freshness:
    """All feeds of the contracts; `as_of` is the newest day of any delivery, null before the first."""

    as_of: date | None
    feeds: tuple[FeedFreshness, ...]

    @property
    def in_time(self) -> int:
        """How many feeds are no older than agreed."""
        return sum(feed.in_time for feed in self.feeds)


def freshness_of(deliveries: pl.DataFrame, metrics: Sequence[Metric], told: PageFacts) -> Freshness:
    """Count the deliveries of every feed; lights are those of the mart's metric of age, grey where it has none."""
    taken = deliveries.filter(pl.col("status").is_in(TAKEN))
    counted = deliveries.group_by("department", "feed").agg(
        pl.len().alias("files"),
        pl.col("rows_read").sum(),
        pl.col("rows_quarantined").sum(),
        pl.col("delivered_on").filter(pl.col("status").is_in(TAKEN)).max().alias("newest"),
    )
    as_of = taken["delivered_on"].max()
    day = as_of if isinstance(as_of, date) else None
    by_feed = {(row["department"], row["feed"]): row for row in counted.to_dicts()}
    lights = {(metric.department, metric.feed): metric.light for metric in metrics if metric.key == AGE_METRIC}
    feeds = (
        _feed(feed, by_feed.get((feed.department, feed.feed), {}), day, lights.get((feed.department, feed.feed), GREY))
        for feed in told.feeds
    )
    return Freshness(day, tuple(feeds))


def _feed(feed: FeedFacts, row: dict[str, Any], as_of: date | None, light: Light) -> FeedFreshness:
    newest: date | None = row.get("newest")
    age = None if newest is None or as_of is None else (as_of - newest).days
    return FeedFreshness(
        department=feed.department,
        department_name=feed.department_name,
        title=feed.title,
        owner=Text(feed.owner, feed.owner),
        cadence=_cadence(feed.cadence_hours),
        newest=NOTHING.zh if newest is None else newest.isoformat(),
        age=days(age),
        files=count(row.get("files", 0)),
        rows=count(row.get("rows_read", 0)),
        quarantined=count(row.get("rows_quarantined", 0)),
        light=GREY if newest is None else light,
        in_time=age is not None and age * 24 <= feed.cadence_hours,
        age_days=age,
        cadence_hours=feed.cadence_hours,
        feed=feed.feed,
    )


def _cadence(hours: int) -> Text:
    return CADENCES.get(hours) or Text(f"每 {hours} 小时", f"every {hours} hours")
