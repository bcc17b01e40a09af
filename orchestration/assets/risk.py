"""Risk of places and buildings, and what says how far to trust it. No person enters: the sources say so.

Each step is refused what it does not declare (`orchestration.reading`), so that this list is the lineage.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from orchestration.python_marts import Mart, Step, Tonight, mart_assets
from orchestration.reporting import counts_by, counts_chart, counts_table
from pipelines.contracts.loader import load_contracts
from pipelines.risk.stale.sources import local_sources

CELLS, FORECAST = "marts.risk_cell", "marts.risk_place_forecast"
INPUT, BACKTEST = "marts.risk_input", "marts.backtest"
BUILDING, ESCALATION, PRESSURE = "marts.risk_building", "marts.dispute_escalation", "marts.estate_pressure"
EVALUATION, REGISTER, STALE = "marts.risk_evaluation", "marts.model_register", "marts.stale_area"
EVENTS = ("facts.dispute", "facts.incident", "facts.sensor_alarm", "facts.workorder")
OVER_ALL = "all"  # of the rolling origins, and of the classes
DECISIVE = 0.05  # share of the area at which models are compared


def _places(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.risk.places.night import forecast_places

    made = forecast_places(tonight.scan, tonight.previous, tonight.config.risk, tonight.as_of)
    return made.risk_cell, made.risk_place_forecast, made.risk_input, made.backtest


def _buildings(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.risk.buildings.night import assess_buildings

    return (assess_buildings(tonight.scan, tonight.as_of),)


def _disputes(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.risk.buildings.night import evaluate_buildings
    from pipelines.risk.disputes.night import assess_disputes
    from pipelines.risk.estates.night import assess_estates, evaluate_estates

    scan, as_of = tonight.scan, tonight.as_of
    disputes = assess_disputes(scan, as_of)
    evaluated = pl.concat([evaluate_buildings(scan, as_of), disputes.evaluation, evaluate_estates(scan, as_of)])
    return disputes.escalation, assess_estates(scan, as_of), evaluated.sort("mart", "model", "measure")


def _stale(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.risk.stale.night import find_stale_areas

    return (find_stale_areas(tonight.scan, tonight.as_of),)


def _register(tonight: Tonight) -> Sequence[pl.DataFrame]:
    from pipelines.risk.buildings import night as buildings
    from pipelines.risk.disputes import night as disputes
    from pipelines.risk.estates import night as estates
    from pipelines.risk.places import night as places
    from pipelines.risk.register import register_models

    rooms = (places, buildings, disputes, estates)
    entries = [entry for room in rooms for entry in room.model_entries(tonight.scan)]
    return (register_models(entries, tonight.as_of),)


def hit_rates(backtest: pl.LazyFrame) -> dict[str, Any]:
    """Tell the share of incidents that 5 % of the area held, by class, beside that of past counts."""
    shown = (
        backtest.filter(pl.col("origin") == OVER_ALL, (pl.col("area_share") - DECISIVE).abs() < 1e-9, "published")
        .sort("incident_class", "model")
        .select("incident_class", "model", "hit_rate", "baseline_hit_rate", "origins")
        .collect()
    )
    told = {
        f"{name} ({model}, {origins} origins)": f"{_share(rate)} / {_share(counts)}"
        for name, model, rate, counts, origins in shown.iter_rows()
    }
    return {"hit_rate_at_5_percent": counts_table("class, model: hit rate / that of past counts", told)}


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"


def _incidents_by_reason(rows: pl.LazyFrame) -> dict[str, Any]:
    counted = rows.filter(pl.col("incident_class") != OVER_ALL).group_by("reason").agg(pl.col("incidents").sum())
    found = counted.sort(["incidents", "reason"], descending=[True, False]).collect()
    return {"incidents_by_reason": counts_chart({str(reason): int(count) for reason, count in found.iter_rows()})}


def _by(*columns: str) -> Any:
    def facts(rows: pl.LazyFrame) -> dict[str, Any]:
        return {f"by_{column}": counts_chart(counts_by(rows, column)) for column in columns}

    return facts


def _reviews(rows: pl.LazyFrame) -> dict[str, Any]:
    found = rows.select("mart", "model", "published", "review_on").sort("mart", "model").collect()
    told = {
        f"{mart}: {model}": f"{'published' if published else 'held back'}, review by {_day(review)}"
        for mart, model, published, review in found.iter_rows()
    }
    return {"models": counts_table("mart: model", told)}


def _day(day: date | None) -> str:
    return day.isoformat() if day else "nobody said when"


PLACES_STEP = Step(
    name="places",
    group="risk",
    owner="analytics",
    sources=("facts.building", "facts.incident", "master.address"),
    marts=(
        Mart(
            CELLS,
            "One row a cell of the fixed metric grid over built-up ground; the study area is set once, so that scores "
            "of different months compare. 网格单元与研究范围（固定，仅建成区）。",
            _by("in_study_area"),
        ),
        Mart(
            FORECAST,
            "One row a place, incident class and horizon: expected count with an 80 % interval, rank and reasons; "
            "`unknown` where nothing is recorded. 地点警情预测：期望值、区间、排序与理由，无历史者为未知。",
            _by("state", "drift"),
        ),
        Mart(
            INPUT,
            "Every incident once: used, or left out and why. 预测输入核对：每条警情计一次，注明采用或剔除原因。",
            _incidents_by_reason,
        ),
        Mart(
            BACKTEST,
            "What the forecast would have scored from rolling origins, against plain past counts; other models go out "
            "over the gate alone. 滚动回测：命中率、PAI、PEI、校准，与过去计数对照。",
            hit_rates,
        ),
    ),
    make=_places,
)
BUILDINGS_STEP = Step(
    name="risk_of_buildings",
    group="risk",
    owner="analytics",
    sources=("facts.building", "facts.device", *EVENTS),
    marts=(
        Mart(
            BUILDING,
            "One row a building: fire, structure, blocked passages, vacancies, disputes, each with its points and its "
            "reasons in words; unknown is not low. 楼栋风险：各因素得分与理由，未知不等于低。",
            _by("tier", "known_factors"),
        ),
    ),
    make=_buildings,
)
DISPUTES_STEP = Step(
    name="risk_of_disputes_and_estates",
    group="risk",
    owner="analytics",
    sources=("facts.building", "facts.device", *EVENTS),
    marts=(
        Mart(
            ESCALATION,
            "One row an open dispute: the risk that the case escalates, and its lead signals. Restricted; it is about "
            "the case, never about its parties. 未结纠纷升级风险与先兆（限制发布，仅针对事件）。",
            _by("model"),
        ),
        Mart(
            PRESSURE,
            "One row an estate and month: disputes, work orders and quarrels against what its homes lead one to "
            "expect, with an interval and what drives it. 小区压力指数：相对户数的常态，含区间与主因。",
            _by("light"),
        ),
        Mart(
            EVALUATION,
            "One row a mart, model and measure: how it did on later data that it had not seen. 样本外评估结果。",
            _by("mart"),
        ),
    ),
    make=_disputes,
)
STALE_STEP = Step(
    name="stale_areas",
    group="risk",
    owner="quality",
    sources=(
        "facts.building",
        "facts.community",
        "facts.device",
        "facts.participation",
        "facts.readiness",
        "facts.survey",
        "master.address_match",
        "ops.delivery",
        "raw.sensors_events",
        *(f"raw.{source.feed}" for source in local_sources(load_contracts())),
    ),
    marts=(
        Mart(
            STALE,
            "One row a feed and community: where a feed has become thin, stale or silent, that is, where we do not "
            "know. 数据盲区：各来源在各社区是否仍有数据，即“此处不知”。",
            _by("state"),
        ),
    ),
    make=_stale,
)
REGISTER_STEP = Step(
    name="model_register",
    group="risk",
    owner="analytics",
    sources=(FORECAST, INPUT, BACKTEST, BUILDING, ESCALATION, PRESSURE, EVALUATION, "facts.dispute", "facts.incident"),
    marts=(
        Mart(
            REGISTER,
            "One row a risk mart and model: code, data window, scores, owner, next review; without a row or with an "
            "overdue review the mart goes out empty. 模型登记：代码、数据区间、成绩、责任人、复核日期。",
            _reviews,
        ),
    ),
    make=_register,
)
STEPS = (PLACES_STEP, BUILDINGS_STEP, DISPUTES_STEP, STALE_STEP, REGISTER_STEP)
risk_marts = [mart_assets(step) for step in STEPS]
