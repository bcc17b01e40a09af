"""`marts.backtest`: the trials of all classes as rows, with the verdict of the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.risk.places.backtesting import Plan, Trial, run_trials
from pipelines.risk.places.counting import History
from pipelines.risk.places.gate import DECISIVE_SHARE, Bar, Verdict, judge_models, published_model
from pipelines.risk.places.lattice import Kernel
from pipelines.risk.places.models import BASELINE, MODELS
from pipelines.risk.places.outputs import BACKTEST_SCHEMA, empty, shaped
from pipelines.risk.places.record import to_date
from pipelines.risk.places.summary import Summary, summarise

BACKTEST_KEY = ("model", "incident_class", "area_share", "origin")
OVER_ALL = "all"


@dataclass(frozen=True)
class Evaluation:
    """The backtest of one class.

    Attributes:
        rows: of `marts.backtest`.
        model: which model the class is published with.
    """

    rows: pl.DataFrame
    model: str


def evaluate_class(name: str, history: History, end_day: int, plan: Plan, bar: Bar, kernel: Kernel) -> Evaluation:
    """Return the backtest of one class: per model and area share one row over all origins and one per origin.

    A class that cannot be tested (too short a record) has its rows over all origins, without figures and with the
    reason; it is published by counts.
    """
    trials = run_trials(history, end_day, plan, kernel)
    by_model = {model: [trial for trial in trials if trial.model == model] for model in MODELS}
    overall = {model: _summarised(by_model[model], by_model[BASELINE], plan) for model in MODELS}
    decisive = {model: _at(summaries, DECISIVE_SHARE) for model, summaries in overall.items()}
    verdicts = judge_models(decisive, bar)
    rows = [
        _row(name, model, origin, summary, chosen, history, plan, verdicts[model])
        for model in MODELS
        for origin, chosen in _by_origin(by_model[model])
        for summary in _summarised(chosen, _same_origins(by_model[BASELINE], chosen), plan)
    ]
    return Evaluation(pl.DataFrame(rows, schema_overrides=dict(BACKTEST_SCHEMA)), published_model(verdicts))


def backtest_table(evaluations: Sequence[Evaluation]) -> pl.DataFrame:
    """Return `marts.backtest` of all classes."""
    if not evaluations:
        return empty(BACKTEST_SCHEMA)
    return shaped(pl.concat(one.rows for one in evaluations), BACKTEST_SCHEMA, BACKTEST_KEY)


def _summarised(trials: Sequence[Trial], baseline: Sequence[Trial], plan: Plan) -> list[Summary]:
    return summarise(trials, baseline, plan.step / plan.horizon)


def _by_origin(trials: list[Trial]) -> list[tuple[str, list[Trial]]]:
    return [(OVER_ALL, trials), *((to_date(trial.origin).isoformat(), [trial]) for trial in trials)]


def _same_origins(baseline: list[Trial], chosen: list[Trial]) -> list[Trial]:
    origins = {trial.origin for trial in chosen}
    return [trial for trial in baseline if trial.origin in origins]


def _at(summaries: list[Summary], share: float) -> Summary:
    return next(summary for summary in summaries if summary.area_share == share)


def _row(
    name: str,
    model: str,
    origin: str,
    summary: Summary,
    trials: list[Trial],
    history: History,
    plan: Plan,
    verdict: Verdict,
) -> dict[str, object]:
    return {
        "model": model,
        "incident_class": name,
        "horizon_days": plan.horizon,
        "area_share": summary.area_share,
        "origin": origin,
        "hit_rate": summary.hit_rate,
        "hit_rate_low": summary.hit_rate_low,
        "hit_rate_high": summary.hit_rate_high,
        "pai": summary.pai,
        "pei": summary.pei,
        "baseline_hit_rate": summary.baseline_hit_rate,
        "gain": summary.gain,
        "gain_low": summary.gain_low,
        "gain_high": summary.gain_high,
        "calibration_top_decile": summary.calibration,
        "jaccard": summary.jaccard,
        "log_score": summary.score,
        "baseline_log_score": summary.baseline_score,
        "events": summary.events,
        "cells": history.places,
        "origins": summary.origins,
        "period": _period(trials, plan),
        "published": verdict.published,
        "gate_reason_zh": verdict.reason_zh,
        "gate_reason_en": verdict.reason_en,
    }


def _period(trials: list[Trial], plan: Plan) -> str | None:
    """Return the days on which the forecasts were tested; null when they were not."""
    if not trials:
        return None
    return f"{to_date(trials[0].origin)}..{to_date(trials[-1].origin + plan.horizon - 1)}"
