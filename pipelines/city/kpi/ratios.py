"""Indicators that are no sums of their parts: medians, changes on the base year, old estates against new ones."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from pipelines.city.happenings.haunts import OLD_BEFORE
from pipelines.city.happenings.moments import LONG_HISTORY_DAYS, history_days
from pipelines.city.kpi.counting import View, add_up, by_area

PERCENTILES = (("median_minutes", 0.5), ("p90_minutes", 0.9))
_YEAR_MONTHS = 12
_PARTS = ("indicator", "area_level", "area", "month", "numerator", "denominator", "value")


def percentiles(view: View, durations: pl.DataFrame) -> pl.DataFrame:
    """Return medians and 90th percentiles (linear interpolation) of the single durations of each area."""
    found = []
    for level, keys, rows in by_area(view, durations):
        for suffix, share in PERCENTILES:
            counted = rows.group_by("clock", *keys, "month").agg(
                pl.col("minutes").quantile(share, "linear").alias("value"), pl.len().alias("denominator")
            )
            found.append(
                counted.select(
                    (pl.col("clock") + "_" + suffix).alias("indicator"),
                    pl.lit(level).alias("area_level"),
                    "area",
                    "month",
                    pl.lit(None, dtype=pl.Float64).alias("numerator"),
                    pl.col("denominator").cast(pl.Float64),
                    "value",
                )
            )
    return pl.concat(found)


def on_base_year(view: View, incidents: pl.DataFrame) -> pl.DataFrame:
    """Return each month's incidents over those of the same month in the first twelve whole months, minus one."""
    real = incidents.filter(~pl.col("is_false"))
    base = _base_months(view)
    found = []
    for indicator, counted in (
        ("incidents_on_base_year", real),
        ("preventable_on_base_year", real.filter("is_preventable")),
    ):
        one = counted.select(
            pl.lit(indicator).alias("indicator"), "community_id", "month", pl.lit(1.0).alias("numerator")
        )
        counts = add_up(view, one, ("numerator",))
        then = counts.filter(pl.col("month").is_in(base)).rename({"numerator": "denominator", "month": "base_month"})
        later = view.months.filter(pl.col("month") > base[-1]).select("month")
        both = (
            then.join(later, how="cross")
            .filter(pl.col("month").str.slice(5) == pl.col("base_month").str.slice(5))
            .join(counts, on=["indicator", "area_level", "area", "month"], how="left")
            .with_columns(pl.col("numerator").fill_null(0.0))
        )
        found.append(both.with_columns((pl.col("numerator") / pl.col("denominator") - 1).alias("value")).select(_PARTS))
    return pl.concat(found)


def _base_months(view: View) -> list[str]:
    """Return the first twelve whole months of the history of incidents."""
    first = view.world.start - timedelta(days=history_days(view.world, LONG_HISTORY_DAYS))
    begin = first if first.day == 1 else (first.replace(day=1) + timedelta(days=31)).replace(day=1)
    last = pl.lit(begin).dt.offset_by(f"{_YEAR_MONTHS - 1}mo")
    months = pl.select(pl.date_range(pl.lit(begin), last, "1mo").dt.strftime("%Y-%m").alias("month"))
    return months["month"].to_list()


def old_to_new(view: View, incidents: pl.DataFrame) -> pl.DataFrame:
    """Return incidents at estates built before 2000 over those they would have at the rate of the newer ones."""
    estates = _estates(view)
    register = view.world.places.register
    estate = register["estate_place"].gather(incidents["place"])
    at = incidents.with_columns(estate.alias("estate_place")).filter(~pl.col("is_false"))
    at = at.join(estates.select("estate_place", "is_old"), on="estate_place")
    homes = at.select("month").unique().join(estates, how="cross")
    none = pl.lit(0.0)
    old, new = pl.col("is_old").cast(pl.Float64), (~pl.col("is_old")).cast(pl.Float64)
    rows = pl.concat(
        [
            at.select("community_id", "month", old=old, new=new, old_homes=none, new_homes=none),
            homes.select(
                "community_id",
                "month",
                old=none,
                new=none,
                old_homes=old * pl.col("homes"),
                new_homes=new * pl.col("homes"),
            ),
        ]
    ).with_columns(pl.lit("old_to_new_estate_rate").alias("indicator"))
    sums = add_up(view, rows, ("old", "new", "old_homes", "new_homes"))
    expected = pl.col("new") * pl.col("old_homes") / pl.col("new_homes")
    known = sums.filter((pl.col("old_homes") > 0) & (pl.col("new_homes") > 0) & (pl.col("new") > 0))
    return known.with_columns(pl.col("old").alias("numerator"), expected.alias("denominator")).select(
        *_PARTS[:-1], (pl.col("numerator") / pl.col("denominator")).alias("value")
    )


def _estates(view: View) -> pl.DataFrame:
    """Return estates with their homes and whether the median home is old: estate_place, community_id, homes, is_old.

    Houses on a street and groups of a village are no estates (小区).
    """
    register = view.world.places.register
    homes = register.select("estate_place", "community_id", "site", "kind")[np.sort(view.world.places.homes)]
    built = pl.Series("built", view.world.built[homes["site"].to_numpy()])
    counted = (
        homes.with_columns(built)
        .filter(pl.col("kind") == "estate")
        .group_by("estate_place")
        .agg(pl.col("community_id").first(), pl.len().alias("homes"), pl.col("built").median())
    )
    return counted.select("estate_place", "community_id", "homes", (pl.col("built") < OLD_BEFORE).alias("is_old"))
