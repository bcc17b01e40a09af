"""The forecast of one class on one kind of place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.risk.places.drift import measure_drift
from pipelines.risk.places.grid import Bools, Floats
from pipelines.risk.places.models import MODELS, Training
from pipelines.risk.places.record import to_day
from pipelines.risk.places.shrinkage import fit_prior, predictive_interval

DIRECTIONS = {1: "rising", 0: "steady", -1: "falling"}


@dataclass(frozen=True)
class Outlook:
    """What is said of every place of one kind for one class.

    Attributes:
        training: what the model may see; its origin is the day after the last recorded one.
        model: a name of `MODELS`.
        around: incidents of the window near each place but not at it.
        shown: places of which this class may be told.
        as_of: the day before the forecast begins.
    """

    training: Training
    model: str
    around: Floats
    shown: Bools
    as_of: dt.date

    @property
    def stale(self) -> bool:
        """Return whether the record ends too long ago for anything to be known: more than one horizon."""
        return to_day(self.as_of) - (self.training.origin - 1) > self.training.horizon


def forecast_places_of(outlook: Outlook) -> pl.DataFrame:
    """Return one row per place, in the order of the places.

    Returns:
        past_count, around, shown, newest (days since 1970, null), expected, expected_low, expected_high, state, drift,
        drift_ratio. A place is `unknown` when nothing happened at it or around it in the window: everything but its
        count is then null. So it is where the class is not shown, and its count is null as well.
    """
    training = outlook.training
    history, window = training.history, (training.start, training.origin)
    counts = training.counts
    nothing = outlook.stale or training.start == training.origin
    expected = np.zeros(history.places) if nothing else MODELS[outlook.model].forecast(training)
    prior = fit_prior(counts)
    low, high = predictive_interval(expected, counts + (prior.shape if prior else 1.0))
    drift = measure_drift(history, *window, training.half_life_weeks)
    known = (counts + outlook.around > 0) & outlook.shown & (not nothing)
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
            "shown": outlook.shown,
        }
    )
    return _known_only(told)


def _known_only(told: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("known")
    kept = [pl.when(known).then(pl.col(name)).alias(name) for name in ("expected", "expected_low", "expected_high")]
    return told.select(
        "around",
        "shown",
        *kept,
        past_count=pl.when("shown").then("past_count"),
        newest=pl.when(pl.col("newest") >= 0, "shown").then("newest"),
        drift_ratio=pl.when(known).then(pl.col("drift_ratio").fill_nan(None)),
        drift=pl.when(known).then(pl.col("direction").replace_strict(DIRECTIONS, return_dtype=pl.String)),
        state=pl.when(known).then(pl.lit("known")).otherwise(pl.lit("unknown")),
    )
