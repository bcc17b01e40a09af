"""Intervals over rolling origins whose horizons overlap.

Horizons of 28 days every 14 days share half of their incidents, so that twelve origins are worth about six. The
variance of their mean is widened by the correlation that the overlap itself makes, and Student's t takes the number of
origins that they are worth; an interval that took them for twelve would open the gate by chance too often.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from pipelines.risk.places.grid import Floats

LEVEL = 0.95


def inflation(count: int, overlap_step: float) -> float:
    """Return by how much the variance of a mean grows.

    Args:
        count: horizons.
        overlap_step: days between origins over days of the horizon; at 1 or more nothing overlaps.
    """
    lags = np.arange(1, count)
    return 1.0 + 2.0 * float(np.sum((1.0 - lags / count) * np.maximum(0.0, 1.0 - lags * overlap_step)))


def mean_interval(values: Floats, overlap_step: float) -> tuple[float, float]:
    """Return the 95 % interval of the mean over overlapping horizons; NaN where they are worth fewer than two."""
    count = len(values)
    grown = inflation(count, overlap_step) if count else 1.0
    worth = count / grown
    if worth < 2.0:
        return float("nan"), float("nan")
    spread = float(np.var(values, ddof=1)) * (count - 1) / (count - grown)
    reach = float(student.ppf(0.5 + LEVEL / 2, worth - 1.0)) * float(np.sqrt(spread * grown / count))
    mean = float(np.mean(values))
    return mean - reach, mean + reach
