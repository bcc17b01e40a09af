"""The scorecard as a person reads it: one light for each department and dimension, and what to mend first.

Frames in, frames out; both come from `marts.data_quality`, so that terminal and page say the same.
"""

from __future__ import annotations

import polars as pl

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy")
LIGHTS = ("red", "yellow", "green", "grey")
GRAIN = ("department", "feed", "dimension", "metric", "scope")


def newest_month(quality: pl.DataFrame) -> str | None:
    """Return the newest month of `marts.data_quality`; None where it has no row."""
    month = quality["month"].max()
    return None if month is None else str(month)


def count_lights(quality: pl.DataFrame) -> pl.DataFrame:
    """Count the lights of whole feeds, also against each other, by department and dimension.

    Args:
        quality: rows of one month of `marts.data_quality`; those of a single estate are left out, or a feed of many
            estates would outweigh all others.

    Returns:
        department, department_zh, dimension, red, yellow, green, grey (counts) and `light`: the worst that is not
        grey, grey where every one is; in the order of departments and of `DIMENSIONS`.
    """
    feeds = pl.concat_str("department", pl.lit("_"), "feed")
    whole = quality.filter((pl.col("scope") == "") | pl.col("scope").is_in(quality.select(feeds.unique()).to_series()))
    counted = whole.group_by("department", "department_zh", "dimension").agg(
        (pl.col("light") == light).sum().alias(light) for light in LIGHTS
    )
    worst = pl.lit("grey")
    for light in ("green", "yellow", "red"):
        worst = pl.when(pl.col(light) > 0).then(pl.lit(light)).otherwise(worst)
    order = pl.col("dimension").replace_strict(dict(zip(DIMENSIONS, range(6), strict=True)), return_dtype=pl.Int8)
    return counted.with_columns(worst.alias("light")).sort("department", order)


def worst_first(quality: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Return what misses its target, worst first, each with its advice.

    Args:
        quality: rows of one month of `marts.data_quality`.
        registry: `marts.quality_metric`.

    Returns:
        The red rows, then the yellow ones, each by how far off the target they are as a share of it, then by the
        number of cases that are wrong; with `shortfall`, `wrong`, `advice_zh` and `advice_en` beside their columns.
    """
    rises = pl.col("direction") == "up"
    wrong = pl.when(rises).then(pl.col("denominator") - pl.col("numerator")).otherwise(pl.col("numerator"))
    off = pl.when(rises).then(pl.col("target") - pl.col("value")).otherwise(pl.col("value") - pl.col("target"))
    advice = registry.select("metric", "dimension", "advice_zh", "advice_en")
    return (
        quality.filter(pl.col("light").is_in(["red", "yellow"]))
        .with_columns(
            shortfall=off / pl.col("target"),
            wrong=wrong,
            is_red=pl.col("light") == "red",
        )
        .join(advice, on=["metric", "dimension"], how="left", maintain_order="left")
        .sort("is_red", "shortfall", "wrong", *GRAIN, descending=[True, True, True, *[False] * 5], nulls_last=True)
        .drop("is_red")
    )
