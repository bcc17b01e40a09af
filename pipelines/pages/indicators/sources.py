"""How old the sources of an indicator are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.numbers import NOTHING, days
from pipelines.pages.text import Text


@dataclass(frozen=True)
class Sources:
    """The feeds that have come, and when.

    Attributes:
        as_of: newest day of any delivery; null before the first.
        newest: newest day of each feed, by the name of its table.
    """

    as_of: date | None
    newest: dict[str, date]

    def age_days(self, indicator: Indicator) -> int | None:
        """Return the days since the newest delivery of the oldest source; null where one never came."""
        days_of = [self.newest.get(feed) for feed in indicator.feeds]
        known = [day for day in days_of if day is not None]
        if self.as_of is None or not known or len(known) < len(days_of):
            return None
        return (self.as_of - min(known)).days

    def age(self, indicator: Indicator) -> Text:
        """Return the age in words; a dash where it cannot be told."""
        age = self.age_days(indicator)
        return NOTHING if age is None else days(age)

    def stale(self, catalogue: Iterable[Indicator]) -> frozenset[str]:
        """Return the ids of indicators whose oldest source is older than it may be, or never came."""
        return frozenset(indicator.key for indicator in catalogue if self._is_stale(indicator))

    def _is_stale(self, indicator: Indicator) -> bool:
        if self.as_of is None or indicator.max_age_hours is None or not indicator.feeds:
            return False
        age = self.age_days(indicator)
        return age is None or age * 24 > indicator.max_age_hours


def sources_of(deliveries: pl.DataFrame) -> Sources:
    """Return the newest day of every feed among the deliveries that were taken."""
    taken = deliveries.filter(pl.col("status").is_in(("loaded", "duplicate")))
    named = taken.select(pl.concat_str("department", pl.lit("_"), "feed").alias("feed"), "delivered_on")
    newest = named.group_by("feed").agg(pl.col("delivered_on").max())
    by_feed = dict(zip(newest["feed"], newest["delivered_on"], strict=True))
    return Sources(max(by_feed.values(), default=None), by_feed)
