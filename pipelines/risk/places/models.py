"""The candidate models: each says how many incidents of a class to expect at each place over the horizon.

Past counts are the bar; every other model is run each night from the same code and shown beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Floats, Ints
from pipelines.risk.places.lattice import Kernel
from pipelines.risk.places.shrinkage import fit_prior

LEAST_EXPECTED = 0.001
"""Raw counts say 0 where nothing happened yet; a probability must not be 0, so this is what they are taken to mean (a
tenth of the mean where a class is rarer than that)."""

ABOVE_ZERO = 1e-9

REPEAT_HALF_LIFE_DAYS = 14.0
"""Near repeats fade within weeks (the field's measured two weeks and 200 m)."""

MIXING_STEPS = 25


@dataclass(frozen=True)
class Training:
    """What a model may see.

    Attributes:
        history: of one class; days from `origin` on are never read.
        origin: first day of the horizon.
        start: first day of the counting window, `History.window`.
        horizon: days.
        kernel: smoothing between places, columns sum to 1.
        half_life_weeks: of the weighted count.
    """

    history: History
    origin: int
    start: int
    horizon: int
    kernel: Kernel
    half_life_weeks: float

    @property
    def counts(self) -> Floats:
        """Return the incidents per place in the window."""
        return self.history.counts(self.start, self.origin)

    @property
    def horizons(self) -> float:
        """Return the length of the window in horizons."""
        return (self.origin - self.start) / self.horizon

    def fading(self, day: Ints, half_life_days: float) -> Floats:
        """Return the weights of days by their age at the origin."""
        return np.asarray(0.5 ** ((self.origin - 1 - day) / half_life_days), dtype=np.float64)

    def faded(self, half_life_days: float) -> Floats:
        """Return the incidents per place in the window, each weighted by its age."""
        return self.history.weights(self.start, self.origin, self.fading(self.history.day, half_life_days))

    def earlier(self) -> Training | None:
        """Return what was known one horizon earlier; null where that was nothing."""
        origin = self.origin - self.horizon
        start = self.history.window(origin, (self.origin - self.start) // 7)
        earlier = replace(self, origin=origin, start=start)
        return earlier if start < origin and earlier.counts.any() else None


Model = Callable[[Training], Floats]


def past_counts(training: Training) -> Floats:
    """Return the counts of the window, scaled to the horizon."""
    scaled = training.counts / training.horizons
    return np.maximum(scaled, max(min(LEAST_EXPECTED, 0.1 * float(scaled.mean())), ABOVE_ZERO))


def shrunken_counts(training: Training) -> Floats:
    """Return the Gamma-Poisson means; they rank places exactly as the counts do."""
    return _shrunken(training.counts, training.horizons)


def recent_counts(training: Training) -> Floats:
    """Return counts of the same window that fade with age (EWMA), shrunk as the counts they are worth."""
    prior = fit_prior(training.counts)
    days = np.arange(training.start, training.origin)
    fading = training.fading(days, 7.0 * training.half_life_weeks)
    worth = fading.sum() / np.square(fading).sum()
    weighted = training.faded(7.0 * training.half_life_weeks) * worth
    exposure = fading.sum() * worth / len(days)
    shrunk = prior.expected(weighted, exposure) / training.horizons if prior else weighted
    return np.maximum(shrunk, ABOVE_ZERO)


def smoothed_counts(training: Training) -> Floats:
    """Return the smoothed counts of the window (KDE), mixed with an even spread as far as the past asks for it."""
    before = training.earlier()
    everywhere = np.full(training.history.places, 1.0 / max(training.history.places, 1))
    smooth = _shares(training.kernel @ training.counts)
    share = _learned(training, everywhere, _shares(before.kernel @ before.counts)) if before else 1.0
    total = float(training.counts.sum()) / training.horizons
    return np.maximum(total * ((1.0 - share) * everywhere + share * smooth), ABOVE_ZERO)


def near_repeats(training: Training) -> Floats:
    """Return a mixture of lasting counts and of the neighbourhood of the newest incidents."""
    lasting, before = shrunken_counts(training), training.earlier()
    if not before:
        return lasting
    share = _learned(training, _shares(shrunken_counts(before)), _repeats(before))
    return float(lasting.sum()) * ((1.0 - share) * _shares(lasting) + share * _repeats(training))


@dataclass(frozen=True)
class Candidate:
    """A model, and how much past it reads.

    Attributes:
        forecast: the model.
        windows: counting windows of past; 1 the same as past counts.
    """

    forecast: Model
    windows: int = 1


MODELS: Mapping[str, Candidate] = MappingProxyType(
    {
        "counts": Candidate(past_counts),
        "gamma_poisson": Candidate(shrunken_counts),
        "long_counts": Candidate(shrunken_counts, windows=2),
        "ewma": Candidate(recent_counts),
        "kde": Candidate(smoothed_counts),
        "near_repeat": Candidate(near_repeats),
    }
)
"""`long_counts` are the shrunken counts of twice the window: where a class is sparse, an older incident may tell more
than a newer one's age does. All others read the same incidents, so that the gate compares models and not records."""

BASELINE = "counts"
SHRUNKEN = "gamma_poisson"
SPARSE_ONLY = "kde"


def _shrunken(counts: Floats, horizons: float) -> Floats:
    """Return the shrunken means per horizon of counts over `horizons` horizons."""
    prior = fit_prior(counts)
    return np.maximum(prior.expected(counts) / horizons if prior else 0.0 * counts, ABOVE_ZERO)


def _repeats(training: Training) -> Floats:
    """Return the shares of incidents that follow near and soon after others."""
    recent = training.faded(REPEAT_HALF_LIFE_DAYS)
    return _shares(training.kernel @ recent + LEAST_EXPECTED * recent.mean())


def _shares(expected: Floats) -> Floats:
    return expected / max(float(expected.sum()), 1e-300)


def _learned(training: Training, first: Floats, second: Floats) -> float:
    """Return the share of the second in a mixture, by expectation-maximisation on the last horizon before the origin.

    Args:
        training: whose newest incidents are explained.
        first: shares by place, as they were told without those incidents.
        second: the same of the other part.
    """
    seen = training.history.counts(training.origin - training.horizon, training.origin)
    at = np.flatnonzero(seen)
    if not len(at):
        return 0.0
    weight, one, other = seen[at], first[at], np.maximum(second[at], 1e-300)
    share = 0.5
    for _ in range(MIXING_STEPS):
        explained = share * other / (share * other + (1.0 - share) * one)
        share = float((weight * explained).sum() / weight.sum())
    return share
