"""Does a place's newer past differ from its older past? A check beside the count, never a forecast of its own.

Weights that halve every 16 weeks are compared with what they would be if the same incidents had fallen on the days of
the window by chance. Under chance each day is as good as another, so that the mean weight of n incidents is known, and
near to normal from five incidents on. Over all places of a class the share of false alarms is held by the rule of
Benjamini and Hochberg: testing 20,000 cells at 5 % each would report 1,000 that did not change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Bools, Floats, Ints

FALSE_ALARMS = 0.05
MINIMUM_INCIDENTS = 5


@dataclass(frozen=True)
class Drift:
    """Per place.

    Attributes:
        ratio: weighted rate over plain rate; above 1 the incidents are recent. NaN without an incident.
        direction: 1 rising, -1 falling, 0 steady (also when too few incidents could tell).
    """

    ratio: Floats
    direction: Ints


def measure_drift(history: History, from_day: int, to_day: int, half_life_weeks: float) -> Drift:
    """Return the drift of each place over days `from_day` to `to_day` - 1."""
    days = np.arange(from_day, to_day)
    usual = _decay(days, to_day, half_life_weeks)
    if not len(days):
        return Drift(np.full(history.places, np.nan), np.zeros(history.places, dtype=np.int64))
    counts = history.counts(from_day, to_day)
    weights = history.weights(from_day, to_day, _decay(history.day, to_day, half_life_weeks))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = weights / (counts * usual.mean())
        deviation = (weights - counts * usual.mean()) / (np.sqrt(counts) * usual.std())
    told = counts >= MINIMUM_INCIDENTS
    alarms = np.zeros(history.places, dtype=bool)
    alarms[told] = discoveries(2.0 * norm.sf(np.abs(np.nan_to_num(deviation[told]))), FALSE_ALARMS)
    return Drift(ratio, np.where(alarms, np.sign(np.nan_to_num(ratio, nan=1.0) - 1.0), 0.0).astype(np.int64))


def discoveries(probabilities: Floats, share: float) -> Bools:
    """Return which of the tests are reported so that in expectation at most `share` of the reports are false."""
    if not len(probabilities):
        return np.zeros(0, dtype=bool)
    ordered = np.sort(probabilities)
    under = ordered <= share * np.arange(1, len(ordered) + 1) / len(ordered)
    return probabilities <= (ordered[under].max() if under.any() else -1.0)


def _decay(day: Ints, end_day: int, half_life_weeks: float) -> Floats:
    return np.asarray(0.5 ** ((end_day - 1 - day) / (7.0 * half_life_weeks)), dtype=np.float64)
