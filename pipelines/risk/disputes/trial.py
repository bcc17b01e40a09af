"""The trial out of time: trained before a day, judged by the disputes of the quarter after, against the kind's rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.risk.buildings.evaluation import EVALUATION, bootstrap_weights, interval, share_listed
from pipelines.risk.disputes.cases import WATCH_DAYS
from pipelines.risk.disputes.logistic import Array
from pipelines.risk.disputes.model import predict, train

MART: Final = "marts.dispute_escalation"
QUARTER: Final = 91
MOST_ORIGINS: Final = 6
TOP: Final = 0.10
LEAST_CASES: Final = 50
MODELS: Final = {"signals": "risk", "kind_rate": "rate"}
MEASURES: Final = ("brier", "auc", "calibration", "precision_top_10")
GAIN: Final = "brier_gain"


@dataclass(frozen=True)
class Trial:
    """What the trial says.

    Attributes:
        rows: `EVALUATION`.
        is_better: whether the signals beat the kind's rate out of time: a better Brier score, and the 95 % interval of
            the difference above 0.
        was_held: whether there were cases enough to judge.
    """

    rows: pl.DataFrame
    is_better: bool
    was_held: bool


def hold_trial(rows: pl.DataFrame, as_of: dt.date) -> Trial:
    """Train at the ends of past quarters on what was known then, and predict the disputes received in the next.

    Args:
        rows: of `with_signals` on `landmark_rows`.
        as_of: the day that the snapshot speaks of.
    """
    # Disputes received later than this may still escalate: their quarter is not over.
    last = as_of - dt.timedelta(days=WATCH_DAYS)
    origins = [last - dt.timedelta(days=QUARTER * back) for back in range(1, MOST_ORIGINS + 1)]
    judged = [_quarter(rows, origin, as_of) for origin in origins]
    found = pl.concat([quarter for quarter in judged if quarter is not None] or [_quarter_of(rows.head(0))])
    cases = found["dispute_no"].n_unique()
    period = f"{min(found['received_on'].to_list(), default=as_of)}..{as_of}"
    if cases < LEAST_CASES or found["escalates"].n_unique() < 2:
        return Trial(_frame({}, cases, period), is_better=False, was_held=False)
    measured = _measure(found)
    return Trial(_frame(measured, cases, period), is_better=measured[("signals", GAIN)][1] > 0, was_held=True)


def _quarter(rows: pl.DataFrame, origin: dt.date, as_of: dt.date) -> pl.DataFrame | None:
    trained = train(rows, origin)
    if trained.fitted is None:
        return None
    after = rows.filter(
        pl.col("received_on") > origin,
        pl.col("received_on") <= origin + dt.timedelta(days=QUARTER),
        pl.col("known_on") <= as_of,
    )
    return _quarter_of(predict(after, trained))


def _quarter_of(rows: pl.DataFrame) -> pl.DataFrame:
    columns = {"dispute_no": pl.String, "received_on": pl.Date, "escalates": pl.Boolean, "rate": pl.Float64,
               "risk": pl.Float64}  # fmt: skip
    missing = [pl.lit(None, kind).alias(name) for name, kind in columns.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in columns.items())


def _measure(rows: pl.DataFrame) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Each measure of each model with its interval, by drawing whole disputes."""
    ordered = rows.sort("dispute_no", "received_on", "rate", "risk")
    group = ordered["dispute_no"].rank("dense").cast(pl.Int64).to_numpy() - 1
    drawn = bootstrap_weights(int(group.max()) + 1)[:, group]
    weights = np.vstack([np.ones(len(group)), drawn])
    truth = ordered["escalates"].cast(pl.Float64).to_numpy()
    measured: dict[tuple[str, str], tuple[float, float, float]] = {}
    squares: dict[str, Array] = {}
    for model, column in MODELS.items():
        chance = ordered[column].to_numpy()
        listed = share_listed(ordered[column], TOP).to_numpy()
        squares[model] = _mean(weights, (chance - truth) ** 2)
        measured[(model, "brier")] = _told(squares[model])
        measured[(model, "auc")] = _told(weighted_auc(chance, truth, weights))
        measured[(model, "calibration")] = _told(_mean(weights, chance) / _mean(weights, truth))
        measured[(model, "precision_top_10")] = _told((weights @ (listed * truth)) / (weights @ listed))
    measured[("signals", GAIN)] = _told(squares["kind_rate"] - squares["signals"])
    measured[("kind_rate", "escalation_rate")] = _told(_mean(weights, truth))
    return measured


def _mean(weights: Array, values: Array) -> Array:
    return np.asarray(weights @ values / weights.sum(axis=1))


def _told(values: Array) -> tuple[float, float, float]:
    return float(values[0]), *interval(values[1:])


def weighted_auc(scores: Array, truth: Array, weights: Array) -> Array:
    """The chance that an escalating row has the higher score, ties half, for each row of weights."""
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    yes = np.add.reduceat(weights[:, order] * truth[order], starts, axis=1)
    no = np.add.reduceat(weights[:, order] * (1 - truth[order]), starts, axis=1)
    below = np.cumsum(no, axis=1) - no / 2
    return np.asarray((yes * below).sum(axis=1) / (yes.sum(axis=1) * no.sum(axis=1)))


def _frame(measured: dict[tuple[str, str], tuple[float, float, float]], cases: int, period: str) -> pl.DataFrame:
    names = [(model, measure) for model in MODELS for measure in MEASURES]
    names += [("signals", GAIN), ("kind_rate", "escalation_rate")]
    lines = [(MART, *name, *measured.get(name, (None, None, None)), cases, period) for name in names]
    return pl.DataFrame(lines, schema=EVALUATION, orient="row").sort("mart", "model", "measure")
