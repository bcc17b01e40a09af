"""`truth_kpi`: every indicator that the world can know, by area and month."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.city.feeds.rows import FeedRows
from pipelines.city.kpi import cases, ratios, ready, residents
from pipelines.city.kpi.counting import View, add_up
from pipelines.city.kpi.lights import on_target
from pipelines.city.words import places as words
from pipelines.city.world import World

COLUMNS = ("indicator", "area_level", "area", "month", "numerator", "denominator", "value")
PER_TEN_THOUSAND = ("incidents_per_10000_residents", "preventable_incidents_per_10000_residents")
UNKNOWN = {
    "feeds_fresh": "it judges the deliveries themselves: when files came, not what is true in the city",
    "returns_corrected": "it judges what departments do with return lists; nobody in the generated city answers them",
}
"""Indicators that have no truth in the world, and why."""


def kpi_truth(world: World, kept: Mapping[str, FeedRows], addresses: pl.DataFrame) -> pl.DataFrame:
    """Count the indicators of a world on the day of its last delivery.

    Args:
        world: the city.
        kept: rows of the feeds `residents.KEPT`, for who truly stands in which list.
        addresses: `truth_address`, for how far texts support a place.

    Returns:
        COLUMNS; besides the indicators, `residents` by area and the counts of `incidents` and `disputes` in all. The
        denominator of a median is the number of its cases; numerator and denominator are null where there is none.
    """
    view = View.of(world)
    incidents, disputes = cases.incidents_of(view), cases.disputes_of(view)
    people = residents.residents_of(view)
    counted = [
        *cases.incident_parts(incidents),
        *cases.dispute_parts(view, disputes),
        *cases.workorder_parts(view),
        *ready.survey_parts(view),
        *ready.readiness_parts(view),
        *ready.device_parts(view),
        *residents.per_resident_parts(view, people, incidents),
        residents.taking_part(view, people, kept[residents.PARTICIPATION]),
        *residents.register_parts(view, people, kept),
        residents.floating_parts(view, kept[residents.POLICE]),
        residents.address_parts(view, addresses),
    ]
    values = pl.concat(
        [
            _with_values(add_up(view, pl.concat(counted))),
            ratios.percentiles(view, cases.durations(incidents, disputes)),
            ratios.on_base_year(view, incidents),
            ratios.old_to_new(view, incidents),
        ]
    ).filter(pl.col("month").is_in(view.months["month"].implode()))
    values = pl.concat([values, on_target(values), *_plain_counts(view, people, incidents, disputes)])
    return values.select(COLUMNS).sort("indicator", "area_level", "area", "month")


def _with_values(sums: pl.DataFrame) -> pl.DataFrame:
    share = pl.col("numerator") / pl.col("denominator")
    value = (
        pl.when(pl.col("denominator").is_null())
        .then("numerator")
        .when(pl.col("denominator") == 0)
        .then(None)
        .when(pl.col("indicator").is_in(PER_TEN_THOUSAND))
        .then(share * 10_000)
        .otherwise(share)
    )
    sums = sums.with_columns(value.alias("value"))
    by_street = (pl.col("indicator") != "social_organisations") | (pl.col("area_level") == "street")
    return sums.filter(by_street).select(COLUMNS)


def _plain_counts(
    view: View, people: pl.DataFrame, incidents: pl.DataFrame, disputes: pl.DataFrame
) -> list[pl.DataFrame]:
    """Return residents by area, and how many incidents and disputes there were in all."""
    month = view.as_of.strftime("%Y-%m")
    here = people.select(
        pl.lit("residents").alias("indicator"),
        "community_id",
        pl.lit(month).alias("month"),
        pl.lit(1.0).alias("numerator"),
    )
    counts = add_up(view, here, ("numerator",))
    totals = pl.DataFrame(
        {
            "indicator": ["incidents", "disputes"],
            "area_level": ["city"] * 2,
            "area": [words()["city"]] * 2,
            "month": [month] * 2,
            "numerator": [float(len(incidents)), float(len(disputes))],
        }
    )
    none = pl.lit(None, dtype=pl.Float64).alias("denominator")
    return [frame.with_columns(none, pl.col("numerator").alias("value")).select(COLUMNS) for frame in (counts, totals)]
