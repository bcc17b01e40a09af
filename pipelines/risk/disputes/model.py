"""The model of escalation: the rate of the kind, moved by the signals of the case and its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.risk.disputes.base_rates import kind_rates, with_kind_rate
from pipelines.risk.disputes.logistic import Array, Fitted, fit
from pipelines.risk.disputes.signals import SIGNALS, against_usual, usual_times

# With fewer closed cases, or fewer of either end, signals are noise.
LEAST_CASES: Final = 100
LEAST_OF_EACH: Final = 20


@dataclass(frozen=True)
class Trained:
    """What was learnt from the cases whose end was known on a day.

    Attributes:
        until: that day.
        usual: usual times by kind.
        rates: rates by kind; None when no case was known.
        fitted: coefficients of the signals; None when there were too few cases.
    """

    until: dt.date
    usual: pl.DataFrame
    rates: pl.DataFrame | None
    fitted: Fitted | None


def train(rows: pl.DataFrame, until: dt.date) -> Trained:
    """Learn from the rows whose answer was known on `until`.

    Args:
        rows: of `with_signals` on `landmark_rows`.
        until: the cut-off; nothing later is looked at.
    """
    known = rows.filter(pl.col("known_on") <= until)
    cases = known.unique("dispute_no", keep="first", maintain_order=True)
    usual = usual_times(cases)
    if cases.is_empty():
        return Trained(until, usual, None, None)
    rates = kind_rates(known)
    events = int(cases["escalates"].sum())
    if cases.height < LEAST_CASES or min(events, cases.height - events) < LEAST_OF_EACH:
        return Trained(until, usual, rates, None)
    told = with_kind_rate(against_usual(known, usual), rates)
    escalates = told["escalates"].cast(pl.Float64).to_numpy()
    return Trained(until, usual, rates, fit(signal_matrix(told), told["rate"].to_numpy(), escalates))


def predict(rows: pl.DataFrame, trained: Trained) -> pl.DataFrame:
    """Add `rate` (the kind's) and `risk` (by signals, null without a model), each with its `_low` and `_high`.

    Args:
        rows: of `with_signals`.
        trained: of `train`, with rates.
    """
    if trained.rates is None:
        raise ValueError("nothing was learnt: there is no rate to start from")
    told = with_kind_rate(against_usual(rows, trained.usual), trained.rates)
    if trained.fitted is None or told.is_empty():
        return told.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("risk", "risk_low", "risk_high"))
    risks = trained.fitted.predict(signal_matrix(told), told["rate"].to_numpy())
    return told.with_columns(
        pl.Series(name, values) for name, values in zip(("risk", "risk_low", "risk_high"), risks, strict=True)
    )


def signal_matrix(rows: pl.DataFrame) -> Array:
    """The signals as numbers: log(1 + n), because the third quarrel tells less than the first.

    What is counted over a year is brought to a year where there is less of it, or the cases of a growing history drift.
    """
    a_year = pl.col("earlier_failures", "earlier_disputes") * 365 / pl.col("history_days")
    counts = rows.with_columns(a_year).select(pl.col(*SIGNALS).cast(pl.Float64))
    return np.asarray(np.log1p(counts.to_numpy()), np.float64)
