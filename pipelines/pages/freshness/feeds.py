"""Every feed: its age against what was agreed, how late changes come, and on which days it was delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from pipelines.pages.drawing.delivery_days import Day
from pipelines.pages.numbers import NOTHING
from pipelines.pages.scorecard.freshness import TAKEN, FeedFreshness, Freshness
from pipelines.pages.scorecard.metrics import Metric
from pipelines.pages.text import Text

DAYS_SHOWN = 42
LAGS = ("median_update_lag_days", "p90_update_lag_days")


@dataclass(frozen=True)
class FeedAge:
    """One feed.

    Attributes:
        fresh: its newest delivery and what it brought.
        median_lag, late_lag: days from a change to its delivery: half, and nine in ten, come within them.
        days: the days shown, oldest first.
    """

    fresh: FeedFreshness
    median_lag: Text
    late_lag: Text
    days: tuple[Day, ...]

    @property
    def periods(self) -> float | None:
        """The age in agreed periods: 1 is just in time; null before the first delivery."""
        return None if self.fresh.age_days is None else self.fresh.age_days * 24 / self.fresh.cadence_hours


def feed_ages(freshness: Freshness, deliveries: pl.DataFrame, metrics: Sequence[Metric]) -> tuple[FeedAge, ...]:
    """Return the feeds, those that are longest overdue first, those that never came last."""
    lags = {(metric.department, metric.feed, metric.key): metric.value for metric in metrics if metric.key in LAGS}
    days = _days(freshness.as_of, deliveries)
    aged = (
        FeedAge(
            fresh=fresh,
            median_lag=lags.get((fresh.department, fresh.feed, LAGS[0]), NOTHING),
            late_lag=lags.get((fresh.department, fresh.feed, LAGS[1]), NOTHING),
            days=tuple(days.get((fresh.department, fresh.feed, day), Day(day)) for day in _shown(freshness.as_of)),
        )
        for fresh in freshness.feeds
    )
    return tuple(sorted(aged, key=lambda feed: (feed.periods is None, -(feed.periods or 0.0), feed.fresh.title.zh)))


def _shown(as_of: date | None) -> list[date]:
    return [] if as_of is None else [as_of - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]


def _days(as_of: date | None, deliveries: pl.DataFrame) -> Mapping[tuple[str, str, date], Day]:
    if as_of is None:
        return {}
    counted = (
        deliveries.filter(pl.col("delivered_on") > as_of - timedelta(days=DAYS_SHOWN))
        .group_by("department", "feed", "delivered_on")
        .agg(
            pl.col("status").is_in(TAKEN).sum().alias("taken"),
            (~pl.col("status").is_in(TAKEN)).sum().alias("refused"),
            pl.col("rows_read").sum(),
        )
    )
    return {(row["department"], row["feed"], row["delivered_on"]): _day(row) for row in counted.to_dicts()}


def _day(row: Mapping[str, Any]) -> Day:
    return Day(row["delivered_on"], row["taken"], row["refused"], row["rows_read"] or 0)
