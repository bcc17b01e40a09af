"""Rolling origins: every model forecasts from past dates, and is judged by what then happened."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Floats
from pipelines.risk.places.lattice import Kernel
from pipelines.risk.places.measures import best_hits, hits, jaccard, log_score, memberships
from pipelines.risk.places.models import MODELS, Training

AREA_SHARES = (0.01, 0.05, 0.10)
TOP = AREA_SHARES.index(0.10)
"""Calibration is measured over the tenth of the places with the highest expectation."""


@dataclass(frozen=True)
class Plan:
    """When to look back from, and how.

    Attributes:
        horizon: days of each forecast.
        weeks: of the counting window at most.
        minimum_weeks: of the counting window at least.
        origins: how many origins at most.
        step: days between origins.
        half_life_weeks: of the weighted count.
    """

    horizon: int
    weeks: int
    minimum_weeks: int
    origins: int
    step: int
    half_life_weeks: float

    @property
    def reach_days(self) -> int:
        """Return how many days of incidents all origins together can read."""
        longest = max(candidate.windows for candidate in MODELS.values())
        return self.horizon + (self.origins - 1) * self.step + 7 * self.weeks * longest


@dataclass(frozen=True)
class Trial:
    """One model at one origin.

    Attributes:
        model: its name.
        origin: first day of the horizon.
        start: first day that the counts had read.
        events: incidents of the horizon.
        hits, best, overlap: by area share: incidents on the list, on the best list, and Jaccard with the list one
            horizon earlier (NaN where there is none).
        foretold, happened: over the top tenth of the places.
        score: mean log score per place.
    """

    model: str
    origin: int
    start: int
    events: float
    hits: tuple[float, ...]
    best: tuple[float, ...]
    overlap: tuple[float, ...]
    foretold: float
    happened: float
    score: float


def origins_of(history: History, end_day: int, plan: Plan) -> list[int]:
    """Return the origins, oldest first: the last horizon ends with the record, the first has enough past.

    Args:
        history: of all incidents.
        end_day: the day after the last that was recorded.
        plan: when to look back from.
    """
    latest = end_day - plan.horizon
    origins = [latest - plan.step * number for number in range(plan.origins)]
    return [origin for origin in reversed(origins) if origin - history.first_day >= 7 * plan.minimum_weeks]


def training_at(history: History, origin: int, plan: Plan, kernel: Kernel, model: str) -> Training:
    """Return what `model` may see at `origin`."""
    start = history.window(origin, plan.weeks * MODELS[model].windows)
    return Training(history, origin, start, plan.horizon, kernel, plan.half_life_weeks)


def run_trials(history: History, end_day: int, plan: Plan, kernel: Kernel) -> list[Trial]:
    """Return the trials of every model at every origin, oldest origin first."""
    trials: list[Trial] = []
    lists: dict[tuple[str, int], list[Floats]] = {}
    for origin in origins_of(history, end_day, plan):
        happened = history.counts(origin, origin + plan.horizon)
        best = best_hits(happened, AREA_SHARES)
        for model, candidate in MODELS.items():
            training = training_at(history, origin, plan, kernel, model)
            expected = candidate.forecast(training)
            listed = lists[model, origin] = memberships(expected, AREA_SHARES)
            earlier = lists.get((model, origin - plan.horizon))
            trials.append(
                Trial(
                    model=model,
                    origin=origin,
                    start=training.start,
                    events=float(happened.sum()),
                    hits=tuple(hits(one, happened) for one in listed),
                    best=best,
                    overlap=_overlaps(earlier, listed),
                    foretold=hits(listed[TOP], expected),
                    happened=hits(listed[TOP], happened),
                    score=log_score(expected, happened),
                )
            )
    return trials


def _overlaps(earlier: list[Floats] | None, listed: list[Floats]) -> tuple[float, ...]:
    if earlier is None:
        return (float("nan"),) * len(listed)
    return tuple(jaccard(one, other) for one, other in zip(earlier, listed, strict=True))
