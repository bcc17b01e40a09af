"""How often disputes of a kind escalate: shares by kind, drawn towards the share of all (Beta–binomial)."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy.special import betaincinv

# How many cases the share of all weighs beside those of the kind.
WEIGHT: Final = 20.0
# 80 % intervals, as those of the forecasts of places.
LOW: Final = 0.10
HIGH: Final = 0.90


def kind_rates(rows: pl.DataFrame) -> pl.DataFrame:
    """Return kind, cases, rate, rate_low, rate_high; a last row with kind null is for kinds never seen.

    Args:
        rows: one row a case with `kind` and `escalates`.
    """
    total, events = rows.height, int(rows["escalates"].sum())
    overall = (events + 0.5) / (total + 1)
    counted = rows.group_by("kind").agg(cases=pl.len().cast(pl.Int64), events=pl.col("escalates").sum().cast(pl.Int64))
    unseen = pl.DataFrame({"kind": [None], "cases": [0], "events": [0]}, schema=counted.schema)
    both = pl.concat([counted.sort("kind"), unseen])
    hits = both["events"].to_numpy() + WEIGHT * overall
    misses = (both["cases"] - both["events"]).to_numpy() + WEIGHT * (1 - overall)
    return both.select("kind", "cases").with_columns(
        rate=pl.Series(hits / (hits + misses)),
        rate_low=pl.Series(np.asarray(betaincinv(hits, misses, LOW))),
        rate_high=pl.Series(np.asarray(betaincinv(hits, misses, HIGH))),
    )


def with_kind_rate(rows: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Add `rate`, `rate_low`, `rate_high` of each row's kind; a kind never seen gets those of all.

    Args:
        rows: with `kind`.
        rates: of `kind_rates`.
    """
    names = ["rate", "rate_low", "rate_high"]
    unseen = rates.filter(pl.col("kind").is_null()).row(0, named=True)
    joined = rows.join(rates.drop_nulls("kind").drop("cases"), on="kind", how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null(unseen[name]) for name in names)
