"""Counts by community and month, and their sums by district, street and community."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.city.world import World

LEVELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("district", ("district",)),
    ("street", ("district", "street")),
    ("community", ("district", "street", "community")),
)
HORIZON_MONTHS = 23
PARTS = {
    "indicator": pl.String(),
    "community_id": pl.Int64(),
    "month": pl.String(),
    "numerator": pl.Float64(),
    "denominator": pl.Float64(),
}


@dataclass(frozen=True)
class View:
    """The world on the day of its last delivery.

    Attributes:
        world: the city.
        as_of: the day of the last delivery; what happens on it is told the day after.
    """

    world: World
    as_of: date

    @classmethod
    def of(cls, world: World) -> View:
        """Look at a world on its last night."""
        return cls(world, world.day(world.nights - 1))

    @property
    def months(self) -> pl.DataFrame:
        """The months that indicators are given for: month, first_day, closes (last day, or that of the delivery)."""
        newest = self.as_of.replace(day=1)
        first = pl.date_range(pl.lit(newest).dt.offset_by(f"-{HORIZON_MONTHS}mo"), pl.lit(newest), "1mo")
        return pl.select(first.alias("first_day")).select(
            pl.col("first_day").dt.strftime("%Y-%m").alias("month"),
            "first_day",
            pl.min_horizontal(pl.col("first_day").dt.month_end(), pl.lit(self.as_of)).alias("closes"),
        )

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add the community (its id) of the true place of each row."""
        community = self.world.places.register["community_id"].gather(frame["place"])
        return frame.with_columns(community.alias("community_id"))


def window_begins(months: int) -> pl.Expr:
    """Return the first day of the window of so many months that ends when a month closes."""
    return (pl.col("closes") + pl.duration(days=1)).dt.offset_by(f"-{months}mo")


def month_of(day: str) -> pl.Expr:
    """Return the month of a column of dates or local instants."""
    return pl.col(day).dt.strftime("%Y-%m").alias("month")


def parts(indicator: str, frame: pl.DataFrame, numerator: pl.Expr, denominator: pl.Expr | None = None) -> pl.DataFrame:
    """Count one indicator by community and month; `denominator` counts all rows where none is given."""
    counted = frame.group_by("community_id", "month").agg(
        numerator.cast(pl.Float64).alias("numerator"),
        (pl.len() if denominator is None else denominator).cast(pl.Float64).alias("denominator"),
    )
    return counted.select(pl.lit(indicator).alias("indicator"), *list(PARTS)[1:])


def by_area(view: View, frame: pl.DataFrame) -> Iterator[tuple[str, tuple[str, ...], pl.DataFrame]]:
    """Yield the rows once a level, with district, street, community and the name of the area at that level."""
    named = frame.join(_areas(view.world), on="community_id", how="left")
    for level, keys in LEVELS:
        area = pl.col("community_area") if level == "community" else pl.col(level)
        yield level, (*keys, "area"), named.with_columns(area.alias("area"))


def add_up(view: View, frame: pl.DataFrame, sums: tuple[str, ...] = ("numerator", "denominator")) -> pl.DataFrame:
    """Sum rows of parts over areas: indicator, area_level, area, month and the sums; a sum of nulls is null."""
    levels = [
        rows.group_by("indicator", *keys, "month")
        .agg(pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in sums)
        .select("indicator", pl.lit(level).alias("area_level"), "area", "month", *sums)
        for level, keys, rows in by_area(view, frame)
    ]
    return pl.concat(levels)


def _areas(world: World) -> pl.DataFrame:
    """Return the name of each community as an area: with its street before it where two streets have one so named."""
    communities = world.places.communities.select("community_id", "community", "street", "district")
    same_name = pl.len().over("community")
    same_street = pl.len().over("street", "community")
    whole = pl.concat_str("district", "street", "community", separator="/")
    in_street = pl.concat_str("street", "community", separator="/")
    return communities.with_columns(
        pl.when(same_name == 1)
        .then("community")
        .when(same_street == 1)
        .then(in_street)
        .otherwise(whole)
        .alias("community_area")
    )


def before(view: View, instant: str) -> pl.Expr:
    """Say whether a date or local instant lies before the last delivery, so that it can be known in it."""
    return pl.col(instant).cast(pl.Datetime("us")) < pl.lit(view.as_of).cast(pl.Datetime("us"))


def days_before(view: View, days: int) -> date:
    """Return the day that lies so many days before the last delivery."""
    return view.as_of - timedelta(days=days)
