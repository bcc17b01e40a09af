"""Trials summed up: one figure a measure over all origins, with intervals, against past counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.risk.places.backtesting import AREA_SHARES, Trial
from pipelines.risk.places.grid import Floats
from pipelines.risk.places.intervals import mean_interval

MISSING = float("nan")


@dataclass(frozen=True)
class Summary:
    """One model at one area share over some origins; NaN where nothing can be said.

    Attributes:
        area_share: of the study area.
        hit_rate, hit_rate_low, hit_rate_high: incidents on the list over all, with 95 % over the origins.
        pai: hit rate over area share.
        pei: hits over those of the best possible list.
        baseline_hit_rate: of past counts.
        gain, gain_low, gain_high: hits over those of past counts, less 1, with 95 % paired over the origins.
        calibration: foretold over happened in the top tenth.
        jaccard: of lists one horizon apart.
        score, baseline_score: mean log score per place.
        events: incidents of a mean horizon.
        origins: how many.
    """

    area_share: float
    hit_rate: float
    hit_rate_low: float
    hit_rate_high: float
    pai: float
    pei: float
    baseline_hit_rate: float
    gain: float
    gain_low: float
    gain_high: float
    calibration: float
    jaccard: float
    score: float
    baseline_score: float
    events: float
    origins: int


def summarise(trials: Sequence[Trial], baseline: Sequence[Trial], overlap_step: float) -> list[Summary]:
    """Return one summary per area share.

    Args:
        trials: of one model, one per origin.
        baseline: of past counts at the same origins, in the same order.
        overlap_step: days between origins over days of the horizon.
    """
    return [_summary(number, trials, baseline, overlap_step) for number in range(len(AREA_SHARES))]


def _summary(number: int, trials: Sequence[Trial], baseline: Sequence[Trial], overlap_step: float) -> Summary:
    share = AREA_SHARES[number]
    events, got = _column([trial.events for trial in trials]), _column([trial.hits[number] for trial in trials])
    usual = _column([trial.hits[number] for trial in baseline])
    overlaps = _column([trial.overlap[number] for trial in trials])
    rate = _ratio(got.sum(), events.sum())
    low, high = _rate_interval(got, events, rate, overlap_step)
    least, most = _gain_interval(got, usual, overlap_step)
    return Summary(
        area_share=share,
        hit_rate=rate,
        hit_rate_low=low,
        hit_rate_high=high,
        pai=rate / share,
        pei=_ratio(got.sum(), sum(trial.best[number] for trial in trials)),
        baseline_hit_rate=_ratio(usual.sum(), events.sum()),
        gain=_ratio(got.sum(), usual.sum()) - 1.0,
        gain_low=least,
        gain_high=most,
        calibration=_ratio(sum(trial.foretold for trial in trials), sum(trial.happened for trial in trials)),
        jaccard=_mean(overlaps[~np.isnan(overlaps)]),
        score=_mean(_column([trial.score for trial in trials])),
        baseline_score=_mean(_column([trial.score for trial in baseline])),
        events=_mean(events),
        origins=len(trials),
    )


def _rate_interval(got: Floats, events: Floats, rate: float, overlap_step: float) -> tuple[float, float]:
    """Return the interval of a ratio of sums over origins, by its linear approximation."""
    if not events.sum():
        return MISSING, MISSING
    low, high = mean_interval((got - rate * events) / events.mean(), overlap_step)
    return float(np.clip(rate + low, 0.0, 1.0)), float(np.clip(rate + high, 0.0, 1.0))


def _gain_interval(got: Floats, usual: Floats, overlap_step: float) -> tuple[float, float]:
    """Return the interval of the mean difference in hits, in units of the mean hits of past counts."""
    if not usual.sum():
        return MISSING, MISSING
    return mean_interval((got - usual) / usual.mean(), overlap_step)


def _column(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else MISSING


def _ratio(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else MISSING
