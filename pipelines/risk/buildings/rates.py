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


def expected_by(counts: pl.Series, exposure: pl.Series) -> pl.Series:
    """Events each place would have if all had the same rate: 0 without any exposure, null where it is not known.

    >>> expected_by(pl.Series([1, 5, 3]), pl.Series([6.0, 24.0, None])).to_list()
    [1.2, 4.8, None]
    """
    known = exposure.is_not_null()
    total = float(exposure.sum() or 0)
    events = float(counts.cast(pl.Float64).fill_null(0).filter(known).sum() or 0)
    rate = events / total if total > 0 else 0.0
    return pl.select(pl.when(known).then(exposure.cast(pl.Float64) * rate)).to_series().rename(counts.name)


def against_expected(counts: pl.Series, expected: pl.Series) -> pl.Series:
    """Events as a multiple of the expected ones, drawn towards 1; 1 where nothing happened, null where not known.

    (n + k) / (e + k) with k of `prior_weight`: the mean of the Gamma–Poisson posterior over the mean of all.
    """
    known = expected.is_not_null()
    seen = counts.cast(pl.Float64).fill_null(0)
    if float(seen.filter(known).sum() or 0) <= 0:
        return pl.select(pl.when(known).then(1.0)).to_series().rename(counts.name)
    weight = prior_weight(seen.filter(known), expected.filter(known))
    relative = (seen + weight) / (expected + weight)
    return pl.select(pl.when(known).then(relative)).to_series().rename(counts.name)


def relative_rates(counts: pl.Series, exposure: pl.Series) -> pl.Series:
    """Rate of each place as a multiple of the rate of all, drawn towards it; null where the size is not known.

    >>> relative_rates(pl.Series([1, 15, 4]), pl.Series([6.0, 100.0, 294.0])).round(2).to_list()
    [1.3, 2.43, 0.36]
    """
    return against_expected(counts, expected_by(counts, exposure))
