"""Freshness as a page."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.pages.freshness import schemas
from pipelines.pages.freshness.feeds import FeedAge, feed_ages
from pipelines.pages.freshness.stale import STATES, stale_areas_of
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.page import Page
from pipelines.pages.scorecard import schemas as quality
from pipelines.pages.scorecard.freshness import Freshness, freshness_of
from pipelines.pages.scorecard.metrics import Metric, metrics_of
from pipelines.pages.text import Text


def freshness_view(marts: Marts) -> Mapping[str, object]:
    """Return the feeds with their days, and the areas of which nothing is known; `Missing` for an absent table."""
    areas = marts.read("marts.stale_area", schemas.STALE_AREA, schemas.STALE_AREA_OPTIONAL)
    told, feeds = _feeds(marts)
    return {
        "freshness": told,
        "feeds": feeds,
        "areas": areas if isinstance(areas, Missing) else stale_areas_of(areas, marts.told) if areas.height else None,
        "states": STATES,
    }


FRESHNESS = Page(
    name="freshness",
    title=Text("数据时效", "Freshness"),
    template="freshness.html.j2",
    view=freshness_view,
)


def _feeds(marts: Marts) -> tuple[Freshness | Missing | None, tuple[FeedAge, ...]]:
    deliveries = marts.read("ops.delivery", quality.DELIVERY)
    if isinstance(deliveries, Missing):
        return deliveries, ()
    if deliveries.is_empty():
        return None, ()
    measured = marts.read("marts.data_quality", quality.DATA_QUALITY)
    metrics: tuple[Metric, ...] = () if isinstance(measured, Missing) else metrics_of(measured, {}, marts.told)
    told = freshness_of(deliveries, metrics, marts.told)
    return told, feed_ages(told, deliveries, metrics)
