"""Rates of places of unequal size, drawn towards the mean of all by what their size can tell."""

from __future__ import annotations

import polars as pl

# The weight of the mean, in events. Under 2 a single event in a small house makes it the worst of the city; over 50
# nothing a year brings could move a building.
LEAST_WEIGHT = 2.0
MOST_WEIGHT = 50.0


def prior_weight(counts: pl.Series, exposure: pl.Series) -> float:
    """How many events the mean of all weighs, by moments of a Gamma–Poisson mixture.

    The variance between places beyond chance decides: where places differ little the mean weighs much.

    Args:
        counts: events of each place.
        exposure: size of each place, such as its homes; more than 0.
    """
    total = float(exposure.sum() or 0)
    events = float(counts.sum() or 0)
    if total <= 0 or events <= 0:
        return MOST_WEIGHT
    expected = exposure * (events / total)
    beyond = float(((counts - expected) ** 2 - expected).sum() or 0)
    squared = float((expected**2).sum() or 0)
    weight = squared / beyond if beyond > 0 else MOST_WEIGHT
    return min(max(weight, LEAST_WEIGHT), MOST_WEIGHT)


def relative_rates(counts: pl.Series, exposure: pl.Series) -> pl.Series:
    """Rate of each place as a multiple of the rate of all; 1 where nothing happened anywhere, null without a size.

    (n + k) / (e + k) with e events expected for its size and k of `prior_weight`: the mean of the Gamma–Poisson
    posterior over the mean of all.

    >>> relative_rates(pl.Series([1, 15, 4]), pl.Series([6.0, 100.0, 294.0])).round(2).to_list()
    [1.41, 2.43, 0.3]
    """
    known = exposure.is_not_null() & (exposure > 0)
    size, seen = exposure.cast(pl.Float64).filter(known), counts.cast(pl.Float64).fill_null(0).filter(known)
    total, events = float(size.sum() or 0), float(seen.sum() or 0)
    if total <= 0 or events <= 0:
        return pl.select(pl.when(known).then(1.0)).to_series().rename(counts.name)
    weight = prior_weight(seen, size)
    relative = (counts.cast(pl.Float64).fill_null(0) + weight) / (exposure * (events / total) + weight)
    return pl.select(pl.when(known).then(relative)).to_series().rename(counts.name)
