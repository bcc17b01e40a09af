"""The index of an estate and month: its counts against those of estates of its size, shrunk, with their shares."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.risk.buildings.rates import prior_weight
from pipelines.risk.estates.months import DRIVERS

WEIGHTS: Final = {
    "open_disputes": 0.25,
    "quarrels": 0.20,
    "new_disputes": 0.15,
    "fee_disputes": 0.15,
    "open_workorders": 0.15,
    "workorders": 0.10,
}
"""Shares of the index. What waits weighs more than what is new, and what police see more than what is repaired:
an open dispute is the later quarrel (gov. anchors 6b, dispute_pressure_estate). To be reviewed with the model."""

TITLES: Final = {
    "open_disputes": ("未结纠纷", "open disputes"),
    "quarrels": ("争吵警情", "quarrels"),
    "new_disputes": ("新受理纠纷", "new disputes"),
    "fee_disputes": ("物业费纠纷", "disputes about fees"),
    "open_workorders": ("未结工单", "open work orders"),
    "workorders": ("新增工单", "new work orders"),
}

MIDDLE: Final = 50.0
# Points of a doubling: the double of the usual gives 75, the fourfold 100, a quarter 0.
A_DOUBLING: Final = 25.0
MOST_DOUBLINGS: Final = 2.0
RED: Final = 70.0
YELLOW: Final = 60.0
MIN_HOMES: Final = 10
# From this multiple of the usual on, a driver is named.
NAMED_FROM: Final = 1.3
NAMED: Final = 2
BAND: Final = 1.2815515655446004
LN2: Final = 0.6931471805599453


def with_pressure(months: pl.DataFrame) -> pl.DataFrame:
    """Add `<driver>_points` (they add up to index - 50), `index`, `index_low`, `index_high`, `light` and the drivers.

    An estate with fewer than `MIN_HOMES` homes, or of which no source ever told anything, is grey and has no index.

    Args:
        months: of `estate_months`.
    """
    large = pl.col("homes") >= MIN_HOMES
    told = pl.sum_horizontal(*DRIVERS).sum().over("estate_code") > 0
    assessed = months.with_columns(is_known=(large & told).fill_null(value=False))
    rated = _with_rates(assessed)
    points = {name: _doublings(name) * A_DOUBLING * weight for name, weight in WEIGHTS.items()}
    index = MIDDLE + pl.sum_horizontal(f"{name}_points" for name in DRIVERS)
    spread = BAND * pl.col("deviation")
    indexed = (
        rated.with_columns(
            pl.when("is_known").then(value.round(3)).alias(f"{name}_points") for name, value in points.items()
        )
        .with_columns(index=pl.when("is_known").then(index.round(2)), deviation=_deviation())
        .with_columns(
            index_low=(pl.col("index") - spread).clip(0, 100).round(2),
            index_high=(pl.col("index") + spread).clip(0, 100).round(2),
        )
    )
    return indexed.with_columns(_light(), drivers_zh=_named(0, "{}为同规模小区{}倍", "；"),
                                drivers_en=_named(1, "{} {} times the usual", "; "))  # fmt: skip


def _with_rates(months: pl.DataFrame) -> pl.DataFrame:
    """Add `<driver>_rate` (multiple of what is usual for its homes in that month, shrunk) and its weight in events."""
    known = pl.col("is_known")
    homes = pl.when(known).then(pl.col("homes")).otherwise(0)
    for name in DRIVERS:
        counts = pl.when(known).then(pl.col(name)).otherwise(0)
        expected = (homes * counts.sum().over("month") / homes.sum().over("month")).fill_nan(0).fill_null(0)
        months = months.with_columns(expected.alias("expected"))
        chosen = months.filter(known)
        weight = prior_weight(chosen[name], chosen["expected"])
        months = months.with_columns(
            ((pl.col(name) + weight) / (pl.col("expected") + weight)).alias(f"{name}_rate"),
            (pl.col(name) + weight).alias(f"{name}_weight"),
        ).drop("expected")
    return months


def _doublings(name: str) -> pl.Expr:
    return pl.col(f"{name}_rate").log(2).clip(-MOST_DOUBLINGS, MOST_DOUBLINGS)


def _deviation() -> pl.Expr:
    """Of the index: the log of a Gamma mean of n + k events varies by 1 / (n + k)."""
    parts = [(A_DOUBLING * weight / LN2) ** 2 / pl.col(f"{name}_weight") for name, weight in WEIGHTS.items()]
    return pl.sum_horizontal(parts).sqrt()


def _light() -> pl.Expr:
    """Red only where even the lower end of the interval is over the usual."""
    return (
        pl.when(pl.col("index").is_null())
        .then(pl.lit("grey"))
        .when((pl.col("index") >= RED) & (pl.col("index_low") > MIDDLE))
        .then(pl.lit("red"))
        .when(pl.col("index") >= YELLOW)
        .then(pl.lit("yellow"))
        .otherwise(pl.lit("green"))
        .alias("light")
    )


def _named(language: int, sentence: str, mark: str) -> pl.Expr:
    """Up to `NAMED` drivers over `NAMED_FROM`, the heaviest first by weight of the index."""
    said = [
        pl.when("is_known", pl.col(f"{name}_rate") >= NAMED_FROM).then(
            pl.format(sentence, pl.lit(TITLES[name][language]), pl.col(f"{name}_rate").round(1))
        )
        for name in WEIGHTS
    ]
    return pl.concat_list(said).list.drop_nulls().list.head(NAMED).list.join(mark)
