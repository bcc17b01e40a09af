"""Published indicators beside their truth, cell by cell: one cell is an indicator, an area and a month."""

from __future__ import annotations

import polars as pl

from pipelines.city.kpi.lights import light, registry

KEY = ["indicator", "area_level", "area", "month"]
LEVELS = ("district", "street", "community")
# A value is the same where it differs by rounding alone; a share of cells is judged within two hundredths.
SAME, CLOSE = 1e-6, 0.02


def compare(published: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Return every cell that either side has.

    Args:
        published: `marts.kpi_monthly`.
        truth: `truth_kpi`.

    Returns:
        KEY, unit, value, numerator, denominator, value_low, value_high, light and light_reason as published, the same
        with `_true` for the truth, difference (published minus true), side (both, published, truth).
    """
    wanted = ["unit", "value", "numerator", "denominator", "value_low", "value_high", "light", "light_reason"]
    registered = pl.col("indicator").is_in(registry()["indicator"].implode())
    known = light(truth.filter(pl.col("area_level").is_in(LEVELS) & registered))
    true = known.select(*KEY, *(pl.col(c).alias(f"{c}_true") for c in ("value", "numerator", "denominator", "light")))
    cells = published.select(*KEY, *wanted).join(true, on=KEY, how="full", coalesce=True)
    side = (
        pl.when(pl.col("light").is_null())
        .then(pl.lit("truth"))
        .when(pl.col("light_true").is_null())
        .then(pl.lit("published"))
        .otherwise(pl.lit("both"))
    )
    return cells.with_columns(side.alias("side"), (pl.col("value") - pl.col("value_true")).alias("difference")).sort(
        KEY
    )


def by_indicator(cells: pl.DataFrame, level: str) -> pl.DataFrame:
    """Return one row an indicator for the areas of a level.

    Returns:
        indicator, unit, cells (both sides have a value), denominator and denominator_true (mean of a cell), value and
        value_true (mean), error (mean absolute difference), worst (largest), same, covered (share of cells whose
        published interval holds the truth), lights (cells with a colour on both sides), lights_same, only_published,
        only_true (cells with a value on one side).
    """
    of_level = cells.filter(pl.col("area_level") == level)
    valued = pl.col("difference").is_not_null()
    coloured = (pl.col("light") != "grey") & (pl.col("light_true") != "grey")
    inside = (pl.col("value_true") >= pl.col("value_low") - SAME) & (
        pl.col("value_true") <= pl.col("value_high") + SAME
    )
    gap = pl.col("difference").abs()
    return (
        of_level.group_by("indicator")
        .agg(
            pl.col("unit").drop_nulls().first(),
            valued.sum().alias("cells"),
            *(pl.col(c).filter(valued).mean() for c in ("denominator", "denominator_true", "value", "value_true")),
            gap.mean().alias("error"),
            gap.max().alias("worst"),
            (gap <= SAME).filter(valued).mean().alias("same"),
            inside.filter(valued).mean().alias("covered"),
            coloured.sum().alias("lights"),
            (coloured & (pl.col("light") == pl.col("light_true"))).sum().alias("lights_same"),
            (pl.col("value").is_not_null() & pl.col("value_true").is_null()).sum().alias("only_published"),
            (pl.col("value").is_null() & pl.col("value_true").is_not_null()).sum().alias("only_true"),
        )
        .sort("indicator")
    )


def lights(cells: pl.DataFrame) -> pl.DataFrame:
    """Return how often each published light stands where the truth has which light: light_true, light, cells."""
    both = cells.filter(pl.col("side") == "both")
    return both.group_by("light_true", "light").agg(pl.len().alias("cells")).sort("light_true", "light")


def greys(cells: pl.DataFrame) -> pl.DataFrame:
    """Return why published lights are grey where the truth has a colour: light_reason, cells."""
    hidden = cells.filter((pl.col("light") == "grey") & (pl.col("light_true") != "grey"))
    return hidden.group_by("light_reason").agg(pl.len().alias("cells")).sort("cells", descending=True)


def wrong_lights(cells: pl.DataFrame, level: str) -> pl.DataFrame:
    """Return the cells of a level that are coloured on both sides, and otherwise."""
    coloured = (pl.col("light") != "grey") & (pl.col("light_true") != "grey")
    wrong = coloured & (pl.col("light") != pl.col("light_true")) & (pl.col("area_level") == level)
    return cells.filter(wrong).select(*KEY, "value_true", "value", "light_true", "light", "denominator")
