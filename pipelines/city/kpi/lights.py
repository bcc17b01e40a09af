"""The lights that the truth would have: the rule of the registry, on values that nobody mistyped.

Freshness and failed checks turn a published light grey; the world knows neither, so a light by truth has none of them.
"""

from __future__ import annotations

import polars as pl

from pipelines.home import CHECKOUT

REGISTRY = CHECKOUT / "dbt" / "seeds" / "indicators.csv"
NEAR = 0.1
PER_MONTH = ("per_10000", "change")
ON_TARGET = "indicators_on_target"
_AREA = ("indicator", "area_level", "area")


def registry() -> pl.DataFrame:
    """Return what a light needs of each indicator: unit, direction, target, min_denominator."""
    columns = ["id", "unit", "direction", "target", "min_denominator"]
    read = pl.read_csv(
        REGISTRY, columns=columns, schema_overrides={"target": pl.Float64, "min_denominator": pl.Float64}
    )
    return read.rename({"id": "indicator"})


def light(values: pl.DataFrame) -> pl.DataFrame:
    """Add `light` (green, yellow, red or grey) and `at_target` to values of `truth_kpi`.

    Green at the target, yellow within a tenth of it or where two months in a row were worse, red otherwise; grey
    without a value or a target, where fewer were counted than the registry asks for, and for rates and changes of the
    newest month, which is not over.
    """
    judged = values.join(registry(), on="indicator", how="left").sort(*_AREA, "month")
    better_up = pl.col("direction") == "up"
    gap = pl.when(better_up).then(pl.col("target") - pl.col("value")).otherwise(pl.col("value") - pl.col("target"))
    short = (gap / pl.col("target").abs()).round(9)
    few = pl.col("denominator").fill_null(float("inf")) < pl.col("min_denominator")
    running = pl.col("unit").is_in(PER_MONTH) & (pl.col("month") == pl.col("month").max())
    grey = pl.col("value").is_null() | pl.col("target").is_null() | few | running
    return judged.with_columns(
        pl.when(grey)
        .then(pl.lit("grey"))
        .when((short <= 0) & ~_worsening(better_up))
        .then(pl.lit("green"))
        .when(short <= NEAR)
        .then(pl.lit("yellow"))
        .otherwise(pl.lit("red"))
        .alias("light"),
        (~grey & (short <= 0)).alias("at_target"),
    ).drop("unit", "direction", "target", "min_denominator")


def _worsening(better_up: pl.Expr) -> pl.Expr:
    """Say whether the value was worse than the month before, and that one worse than its own."""
    one, two = (pl.col("value").shift(n).over(_AREA) for n in (1, 2))
    month = (pl.col("month") + "-01").str.to_date()
    follows = month.shift(2).over(_AREA) == month.dt.offset_by("-2mo")
    worse = (
        pl.when(better_up).then((pl.col("value") < one) & (one < two)).otherwise((pl.col("value") > one) & (one > two))
    )
    return (follows & worse).fill_null(value=False)


def on_target(values: pl.DataFrame) -> pl.DataFrame:
    """Return `indicators_on_target`: of the indicators of an area and month that have a light, those at target."""
    judged = light(values).filter(pl.col("light") != "grey")
    counted = judged.group_by("area_level", "area", "month").agg(
        pl.col("at_target").sum().cast(pl.Float64).alias("numerator"), pl.len().cast(pl.Float64).alias("denominator")
    )
    return counted.select(
        pl.lit(ON_TARGET).alias("indicator"),
        "area_level",
        "area",
        "month",
        "numerator",
        "denominator",
        (pl.col("numerator") / pl.col("denominator")).alias("value"),
    )
