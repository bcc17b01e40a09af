"""Gamma-Poisson shrinkage: a count is pulled towards the usual count by as much as chance can have moved it.

Each place has a rate; over the places of a class the rates follow a gamma distribution, and a window's count is Poisson
around its place's rate. The prior is fitted by maximum likelihood (the counts are then negative binomial, whose mean is
the sample's). The interval is predictive: the count of the horizon falls into it in at least four of five places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import nbinom

from pipelines.risk.places.grid import Floats

LOG_SHAPE_BOUNDS = (-9.0, 7.0)
"""Shapes from 1e-4 (a few places hold all) to 1,100 (all places alike)."""

INTERVAL = (0.10, 0.90)


@dataclass(frozen=True)
class Prior:
    """What is believed of a place before its own count: a gamma distribution of its rate per window.

    Attributes:
        shape: the smaller, the more places differ.
        windows: how many windows without an incident the belief is worth.
    """

    shape: float
    windows: float

    def expected(self, counts: Floats, exposure: float = 1.0) -> Floats:
        """Return the mean incidents per window of places with these counts in `exposure` windows."""
        return (self.shape + counts) / (self.windows + exposure)


def fit_prior(counts: Floats) -> Prior | None:
    """Return the gamma prior of the counts of one class in one window; null when no place has an incident."""
    if not counts.sum():
        return None
    per_value = np.bincount(counts.astype(np.int64))
    values = np.flatnonzero(per_value).astype(np.float64)
    places = per_value[per_value > 0]
    mean = float(np.average(values, weights=places))

    def unlikely(log_shape: float) -> float:
        shape = np.exp(log_shape)
        log_share = np.log(shape) - np.log(shape + mean)
        log_rest = np.log(mean) - np.log(shape + mean)
        likely = gammaln(values + shape) - gammaln(shape) + shape * log_share + values * log_rest
        return -float(np.dot(places, likely))

    shape = float(np.exp(minimize_scalar(unlikely, bounds=LOG_SHAPE_BOUNDS, method="bounded").x))
    return Prior(shape, shape / mean)


def predictive_interval(expected: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Return whole numbers between which the count to come falls with a probability of at least 80 %.

    Args:
        expected: mean of the count to come.
        shape: of the gamma distribution of each place's rate: prior shape plus the count seen.

    The interval always contains the mean, also where 0 alone would be probable enough.
    """
    success = shape / (shape + np.maximum(expected, 1e-12))
    low = np.minimum(nbinom.ppf(INTERVAL[0], shape, success), np.floor(expected))
    high = np.maximum(nbinom.ppf(INTERVAL[1], shape, success), np.ceil(expected))
    return low.astype(np.float64), high.astype(np.float64)
