"""The forecast of one class on one kind of place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.risk.places.drift import measure_drift
from pipelines.risk.places.grid import Floats
from pipelines.risk.places.models import MODELS, Training
from pipelines.risk.places.shrinkage import fit_prior, predictive_interval

DIRECTIONS = {1: "rising", 0: "steady", -1: "falling"}


@dataclass(frozen=True)
class Outlook:
    """What is said of every place of one kind for one class.

    Attributes:
        training: what the model may see; its origin is the day after the last recorded one.
        model: a name of `MODELS`.
        around: incidents of the window near each place but not at it.
        stale: the record ends too long ago for anything to be known.
    """

    training: Training
    model: str
    around: Floats
    stale: bool


def forecast_places_of(outlook: Outlook) -> pl.DataFrame:
    """Return one row per place, in the order of the places.

    Returns:
        past_count, around, newest (days since 1970, null), expected, expected_low, expected_high, recent (weighted
        count, to order equals), state, drift, drift_ratio. A place is `unknown` when nothing happened at it or around
        it in the window: everything but its count is then null.
    """
    training = outlook.training
    history, window = training.history, (training.start, training.origin)
    counts = training.counts
    nothing = outlook.stale or training.start == training.origin
    expected = np.zeros(history.places) if nothing else MODELS[outlook.model].forecast(training)
    prior = fit_prior(counts)
    low, high = predictive_interval(expected, counts + (prior.shape if prior else 1.0))
    drift = measure_drift(history, *window, training.half_life_weeks)
    known = (counts + outlook.around > 0) & (not nothing)
    told = pl.DataFrame(
        {
            "past_count": counts.astype(np.int64),
            "around": outlook.around.round().astype(np.int64),
            "newest": history.newest(*window),
            "expected": expected,
            "expected_low": low,
            "expected_high": high,
            "drift_ratio": np.where(counts > 0, drift.ratio, np.nan),
            "direction": drift.direction,
            "known": known,
        }
    )
    return _known_only(told)


def _known_only(told: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("known")
    kept = [pl.when(known).then(pl.col(name)).alias(name) for name in ("expected", "expected_low", "expected_high")]
    return told.select(
        "past_count",
        "around",
        *kept,
        newest=pl.when(pl.col("newest") >= 0).then("newest"),
        drift_ratio=pl.when(known).then(pl.col("drift_ratio").fill_nan(None)),
        drift=pl.when(known).then(pl.col("direction").replace_strict(DIRECTIONS, return_dtype=pl.String)),
        state=pl.when(known).then(pl.lit("known")).otherwise(pl.lit("unknown")),
    )
