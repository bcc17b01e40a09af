"""One night of the disputes: the facts in, `marts.dispute_escalation` and its evaluation out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.risk.buildings.events import Scan, happened
from pipelines.risk.disputes.cases import dispute_cases, with_escalation
from pipelines.risk.disputes.model import Trained, predict, train
from pipelines.risk.disputes.signals import against_usual, landmark_rows, with_signals
from pipelines.risk.disputes.trial import MART, Trial, hold_trial
from pipelines.risk.disputes.wording import BY_RATE, BY_SIGNALS, UNKNOWN, UNTRIED, with_reasons
from pipelines.risk.register import ModelEntry, may_publish

DISPUTE_ESCALATION: Final = {
    "dispute_no": pl.String(),
    "received_on": pl.Date(),
    "days_open": pl.Int64(),
    "kind": pl.String(),
    "origin": pl.String(),
    "district": pl.String(),
    "street": pl.String(),
    "community": pl.String(),
    "estate_code": pl.String(),
    "estate": pl.String(),
    "building_code": pl.String(),
    "risk": pl.Float64(),
    "risk_low": pl.Float64(),
    "risk_high": pl.Float64(),
    "rank": pl.Int64(),
    "signals": pl.List(pl.String()),
    "reasons_zh": pl.String(),
    "reasons_en": pl.String(),
    "model": pl.String(),
    "trained_until": pl.Date(),
}
"""Grain: an open dispute. `risk` 0..1 that it escalates, with an 80 % interval; null when no case was ever closed.
`building_code` is the building or house, null where only the estate or less is known; `rank` 1 is the highest risk."""


@dataclass(frozen=True)
class DisputeTables:
    """What a night makes of the disputes.

    Attributes:
        escalation: `DISPUTE_ESCALATION`, sorted by dispute_no.
        evaluation: rows of `marts.risk_evaluation`.
    """

    escalation: pl.DataFrame
    evaluation: pl.DataFrame


def assess_disputes(scan: Scan, as_of: dt.date) -> DisputeTables:
    """Return the open disputes with the risk that they escalate; none when the model register does not allow it.

    Args:
        scan: reads `facts.dispute`, `facts.building`, `facts.incident`, `facts.workorder` and `facts.sensor_alarm`.
        as_of: the day that the snapshot speaks of.
    """
    buildings = scan("facts.building").collect()
    events = happened(scan, buildings)
    cases = with_escalation(dispute_cases(scan("facts.dispute").collect(), buildings), events)
    rows = with_signals(landmark_rows(cases), cases, events)
    trial = hold_trial(rows, as_of)
    if not may_publish(MART, as_of).published:
        return DisputeTables(pl.DataFrame(schema=DISPUTE_ESCALATION), trial.rows)
    waiting = cases.filter("is_open").with_columns(at=pl.lit(as_of))
    told = _told(with_signals(waiting, cases, events), train(rows, as_of), trial)
    return DisputeTables(_ranked(told), trial.rows)


def _told(waiting: pl.DataFrame, trained: Trained, trial: Trial) -> pl.DataFrame:
    """The open disputes with `risk`, its interval, `model` and the reasons."""
    if trained.rates is None:
        blank = [pl.lit(None, pl.Float64).alias(name) for name in ("rate", "risk", "risk_low", "risk_high")]
        named = against_usual(waiting, trained.usual).with_columns(*blank, model=pl.lit(None, pl.String))
        return with_reasons(named, UNKNOWN).with_columns(trained_until=pl.lit(None, pl.Date))
    predicted = predict(waiting, trained)
    by_signals = trial.is_better and trained.fitted is not None
    if not by_signals:
        predicted = predicted.with_columns(risk="rate", risk_low="rate_low", risk_high="rate_high")
    closing = BY_SIGNALS if by_signals else BY_RATE if trial.was_held else UNTRIED
    named = predicted.with_columns(
        model=pl.lit("signals" if by_signals else "kind_rate"), trained_until=pl.lit(trained.until)
    )
    return with_reasons(named, closing)


def _ranked(told: pl.DataFrame) -> pl.DataFrame:
    order = ["risk", "days_open", "dispute_no"]
    ordered = told.sort(order, descending=[True, True, False], nulls_last=True).with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), building_code="place"
    )
    return ordered.select(pl.col(name).cast(kind) for name, kind in DISPUTE_ESCALATION.items()).sort("dispute_no")


def model_entries(scan: Scan) -> list[ModelEntry]:
    """Return what the model register says of the disputes tonight: the model in use and its scores."""
    rows = scan("marts.risk_evaluation").filter(pl.col("mart") == MART).sort("model", "measure").collect()
    scores = {f"{row['model']}.{row['measure']}": _number(row["value"]) for row in rows.iter_rows(named=True)}
    models = scan(MART).select("model").drop_nulls().unique().sort("model").collect()["model"].to_list()
    days = scan("facts.dispute").filter(~pl.col("is_future")).select(
        first=pl.col("received_on").min(), last=pl.col("received_on").max()
    ).collect()  # fmt: skip
    model = models[0] if models else "kind_rate"
    return [ModelEntry(MART, model, days["first"].item(), days["last"].item(), scores)]


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
