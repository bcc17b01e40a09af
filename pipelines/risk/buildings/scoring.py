"""Factors, score, tier and rank from the points of the parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from pipelines.risk.buildings.points import Points

# The plain counts of a factor whose order is tested against them: what people report, for alarms count devices.
COUNTS: Final = {"fire": "fire", "blocked_passage": "blocked_order"}
CORE: Final = ("fire", "structure", "blocked_passage")
# A factor of whose parts less than half the weight is known is not known.
LEAST_KNOWN_WEIGHT: Final = 0.5


def with_factors(parts: pl.DataFrame, points: Points, orders: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Add `<factor>_points` (0..1, null unknown) and `<factor>_level`.

    Args:
        parts: of `part_points`.
        points: of `building_points`.
        orders: factor -> `points` (the mean of its known parts by weight, the default), `shrunk_counts` or `counts`:
            what of the factor is used, as its test out of time has shown.
    """
    chosen = {factor: (orders or {}).get(factor, "points") for factor in points.factors}
    added = [_ORDERS[order](factor, points).alias(f"{factor}_points") for factor, order in chosen.items()]
    return parts.with_columns(added).with_columns(_level(factor, points) for factor in points.factors)


def _of_counts(factor: str, _: Points) -> pl.Expr:
    """1 event gives a third, 3 two thirds, 7 and more all: the order of plain counts, whatever the size."""
    return pl.when(pl.col(f"{factor}.history").is_not_null()).then(((pl.col(COUNTS[factor]) + 1).log(2) / 3).clip(0, 1))


def _of_shrunk_counts(factor: str, _: Points) -> pl.Expr:
    """Events of the Gamma–Poisson mean against those of the mean building: as many give 0.25, threefold 0.5."""
    expected = pl.col(f"{factor}_rate") * pl.col("dwellings")
    known = pl.col(f"{factor}.history").is_not_null()
    return pl.when(known).then(((expected / expected.mean() + 1).log(2) / 4).clip(0, 1))


def _of_parts(factor: str, points: Points) -> pl.Expr:
    parts = {f"{factor}.{name}": part.weight for name, part in points.factors[factor].parts.items()}
    known = _known_weight(parts)
    mean = pl.sum_horizontal(pl.col(name) * weight for name, weight in parts.items()) / known
    return pl.when(known >= LEAST_KNOWN_WEIGHT).then(mean)


_ORDERS: Final[Mapping[str, Callable[[str, Points], pl.Expr]]] = {
    "points": _of_parts,
    "shrunk_counts": _of_shrunk_counts,
    "counts": _of_counts,
}


def _known_weight(weights: dict[str, float]) -> pl.Expr:
    return pl.sum_horizontal(
        pl.when(pl.col(name).is_not_null()).then(weight).otherwise(0.0) for name, weight in weights.items()
    )


def _level(factor: str, points: Points) -> pl.Expr:
    told = pl.col(f"{factor}_points").round(9)
    return (
        pl.when(told.is_null())
        .then(pl.lit("unknown"))
        .when(told >= points.levels.high)
        .then(pl.lit("high"))
        .when(told >= points.levels.medium)
        .then(pl.lit("medium"))
        .when(told >= points.levels.low)
        .then(pl.lit("low"))
        .otherwise(pl.lit("none"))
        .alias(f"{factor}_level")
    )


def with_score(factors: pl.DataFrame, points: Points) -> pl.DataFrame:
    """Add `<factor>_contribution`, `score` (their sum), `known_factors`, `rank` and `tier`.

    A building is assessed when both fire and structure are known; else score, rank and tier are null. Another factor
    that is unknown counts as the mean of the buildings of which it is known, and with an unknown core factor no
    building falls into the last tier: unknown is not low.
    """
    names = [f"{name}_points" for name in points.factors]
    assessed = pl.col("fire_points").is_not_null() & pl.col("structure_points").is_not_null()
    scored = factors.with_columns(
        pl.when(assessed)
        .then(factor.weight * pl.coalesce(f"{name}_points", pl.col(f"{name}_points").mean(), 0.0))
        .round(6)
        .alias(f"{name}_contribution")
        for name, factor in points.factors.items()
    ).with_columns(
        known_factors=pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in names),
        score=pl.when(assessed).then(pl.sum_horizontal(f"{name}_contribution" for name in points.factors).round(6)),
    )
    return _ranked(scored, points)


def _ranked(scored: pl.DataFrame, points: Points) -> pl.DataFrame:
    order = ["score", "dwellings", "building_code"]
    ordered = scored.sort(order, descending=[True, True, False], nulls_last=True).with_columns(
        rank=pl.when(pl.col("score").is_not_null()).then(pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    share = pl.col("rank") / pl.col("score").count()
    first, second, third = points.tiers
    last = pl.when(pl.all_horizontal(pl.col(f"{factor}_points").is_not_null() for factor in CORE)).then(4).otherwise(3)
    tier = (
        pl.when(pl.col("score").is_null())
        .then(None)
        .when(share <= first)
        .then(1)
        .when(share <= second)
        .then(2)
        .when(share <= third)
        .then(3)
        .otherwise(last)
    )
    return ordered.with_columns(tier=tier.cast(pl.Int64)).sort("building_code")
