"""The candidate models: each says how many incidents of a class to expect at each place over the horizon.

Past counts are the bar; every other model is run each night from the same code and shown beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Floats
from pipelines.risk.places.lattice import Kernel
from pipelines.risk.places.shrinkage import Prior, fit_prior

LEAST_EXPECTED = 0.001
"""Raw counts say 0 where nothing happened yet; a probability must not be 0, so this is what they are taken to mean."""

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


Model = Callable[[Training], Floats]


def past_counts(training: Training) -> Floats:
    """Return the counts of the window, scaled to the horizon."""
    return np.maximum(training.counts / training.horizons, LEAST_EXPECTED)


def shrunken_counts(training: Training) -> Floats:
    """Return the Gamma-Poisson means; they rank places exactly as the counts do."""
    return _shrunken(training.counts, training.horizons)


def recent_counts(training: Training) -> Floats:
    """Return counts that fade with age, shrunk by the counts that they are worth."""
    history = training.history
    fading = 0.5 ** ((training.origin - 1 - history.day) / (7.0 * training.half_life_weeks))
    recorded = np.arange(min(history.first_day, training.start), training.origin)
    all_days = 0.5 ** ((training.origin - 1 - recorded) / (7.0 * training.half_life_weeks))
    worth = all_days.sum() / np.square(all_days).sum()
    weighted = history.weights(int(recorded[0]), training.origin, fading) * worth
    return _shrunken(weighted, all_days.sum() * worth / training.horizon)


def smoothed_counts(training: Training) -> Floats:
    """Return the kernel-smoothed counts of the window (KDE), scaled to the horizon."""
    return np.maximum(training.kernel @ training.counts / training.horizons, LEAST_EXPECTED)


def near_repeats(training: Training) -> Floats:
    """Return a mixture of lasting counts and of the neighbourhood of the newest incidents.

    How much each counts is learned by expectation-maximisation on the last horizon before the origin, which its two
    parts had not seen.
    """
    lasting = shrunken_counts(training)
    learned_from = training.origin - training.horizon
    start = training.history.window(learned_from, (training.origin - training.start) // 7)
    before = Training(
        training.history, learned_from, start, training.horizon, training.kernel, training.half_life_weeks
    )
    if start >= learned_from or not before.counts.sum():
        return lasting
    seen = training.history.counts(learned_from, training.origin)
    share = _mixed(seen, _shares(shrunken_counts(before)), _repeats(before))
    return float(lasting.sum()) * ((1.0 - share) * _shares(lasting) + share * _repeats(training))


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "counts": past_counts,
        "gamma_poisson": shrunken_counts,
        "ewma": recent_counts,
        "kde": smoothed_counts,
        "near_repeat": near_repeats,
    }
)
BASELINE = "counts"
SHRUNKEN = "gamma_poisson"
SPARSE_ONLY = "kde"


def _shrunken(counts: Floats, horizons: float) -> Floats:
    """Return the shrunken means per horizon of counts over `horizons` horizons."""
    prior: Prior | None = fit_prior(counts)
    return np.maximum(prior.expected(counts) / horizons if prior else 0.0 * counts, LEAST_EXPECTED * 1e-3)


def _repeats(training: Training) -> Floats:
    """Return the shares of incidents that follow near and soon after others."""
    history = training.history
    fading = 0.5 ** ((training.origin - 1 - history.day) / REPEAT_HALF_LIFE_DAYS)
    recent = history.weights(training.start, training.origin, fading)
    return _shares(training.kernel @ recent + LEAST_EXPECTED * recent.mean())


def _shares(expected: Floats) -> Floats:
    return expected / max(float(expected.sum()), 1e-300)


def _mixed(seen: Floats, lasting: Floats, repeats: Floats) -> float:
    """Return the share of the incidents seen that the repeats explain best, by expectation-maximisation."""
    share = 0.5
    if not seen.sum():
        return 0.0
    for _ in range(MIXING_STEPS):
        explained = share * repeats / np.maximum(share * repeats + (1.0 - share) * lasting, 1e-300)
        share = float(np.dot(seen, explained) / seen.sum())
    return share
