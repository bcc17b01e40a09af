"""One night of the risk of places: from the facts to the four served tables. Pure but for the tables it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from pipelines.config import RiskConfig
from pipelines.risk.places.area import Area, area_of
from pipelines.risk.places.assembling import forecast_rows, forecast_table
from pipelines.risk.places.backtesting import Plan
from pipelines.risk.places.classes import EVERYTHING, incident_classes
from pipelines.risk.places.evaluation import OVER_ALL, Evaluation, backtest_table, evaluate_class
from pipelines.risk.places.gate import DECISIVE_SHARE, Bar
from pipelines.risk.places.grid import Grid
from pipelines.risk.places.inputs import count_inputs
from pipelines.risk.places.locating import Window, locate_incidents
from pipelines.risk.places.outputs import BACKTEST_SCHEMA, FORECAST_SCHEMA, PlaceTables, empty
from pipelines.risk.places.record import Record, last_recorded, recorded
from pipelines.risk.places.register_points import register_points
from pipelines.risk.places.study_area import follow_study_area, grid_of
from pipelines.risk.register import ModelEntry, may_publish

FORECAST, BACKTEST, CELLS = "marts.risk_place_forecast", "marts.backtest", "marts.risk_cell"
Scan = Callable[[str], pl.LazyFrame]
Previous = Callable[[str], pl.LazyFrame | None]


def forecast_places(scan: Scan, previous: Previous, config: RiskConfig, as_of: dt.date) -> PlaceTables:
    """Return tonight's tables of the risk of places.

    Args:
        scan: gives `master.address`, `facts.incident` and `facts.building`.
        previous: gives a table of the last snapshot, null where it has none; `marts.risk_cell` keeps the study area.
        config: sizes and thresholds.
        as_of: the newest delivery of any feed; the forecast begins on the day after.

    Forecast and backtest are empty where the model register does not allow them. A home without addresses has no area:
    every incident is then counted in `risk_input` as outside or without a place.
    """
    points = register_points(scan("master.address").collect())
    earlier = previous(CELLS)
    cells = follow_study_area(points, None if earlier is None else earlier.collect(), config, as_of)
    study = cells.filter("in_study_area")
    incidents = scan("facts.incident").collect()
    plan = backtest_plan(config)
    until = last_recorded(incidents, as_of)
    window = Window((until or as_of) - dt.timedelta(days=plan.reach_days - 1), as_of)
    grid = grid_of(study) if len(study) else Grid(0.0, 0.0, config.cell_metres)
    located = locate_incidents(incidents, points, study, grid, window, config.far_metres)
    if study.is_empty():
        return PlaceTables(cells, empty(FORECAST_SCHEMA), count_inputs(located), empty(BACKTEST_SCHEMA))
    area = area_of(study, scan("facts.building").collect(), grid, config)
    record = recorded(located, until or as_of)
    evaluations = _evaluations(record, area, plan, Bar(config.gate_gain, config.origins, config.sparse_events))
    rows = [forecast_rows(one, evaluations[one.name].model, record, area, plan, as_of) for one in incident_classes()]
    return PlaceTables(
        risk_cell=cells,
        risk_place_forecast=forecast_table(rows if _allowed(FORECAST, as_of) else [], config.list_cells),
        risk_input=count_inputs(located),
        backtest=backtest_table(list(evaluations.values()) if _allowed(BACKTEST, as_of) else []),
    )


def _evaluations(record: Record, area: Area, plan: Plan, bar: Bar) -> dict[str, Evaluation]:
    histories = {one.name: record.on_cells(one.name, len(area.cells)) for one in incident_classes()}
    return {
        name: evaluate_class(name, history, record.end_day, plan, bar, area.smoothing)
        for name, history in histories.items()
    }


def _allowed(mart: str, as_of: dt.date) -> bool:
    return may_publish(mart, as_of).published


def backtest_plan(config: RiskConfig) -> Plan:
    """Return when the backtest looks back from, by the configuration."""
    return Plan(
        horizon=config.horizon_days,
        weeks=config.history_weeks,
        minimum_weeks=config.minimum_weeks,
        origins=config.origins,
        step=config.origin_step_days,
        half_life_weeks=config.half_life_weeks,
    )


def model_entries(scan: Scan) -> list[ModelEntry]:
    """Return what the model register is told of tonight: one entry per model that a class is published with.

    Args:
        scan: gives tonight's `marts.risk_place_forecast`, `marts.risk_input` and `marts.backtest`.
    """
    until = scan(FORECAST).select(pl.col("trained_until").max()).collect().item()
    months = scan("marts.risk_input").filter(pl.col("state") == "used").select(pl.col("month").min()).collect().item()
    since = None if months is None else dt.date.fromisoformat(f"{months}-01")
    everything = (pl.col("incident_class") == EVERYTHING) & (pl.col("origin") == OVER_ALL)
    decisive = pl.col("area_share") == DECISIVE_SHARE
    tested = scan(BACKTEST).filter(pl.col("origin") == OVER_ALL, decisive).sort("model", "incident_class").collect()
    shown = tested.filter("published")
    return [
        ModelEntry(FORECAST, model, since, until, _scores(shown.filter(model=model)))
        for model in shown["model"].unique().sort()
    ] + [ModelEntry(BACKTEST, "rolling_origins", since, until, _scores(tested.filter(everything, model="counts")))]


def _scores(rows: pl.DataFrame) -> dict[str, float]:
    """Return the measures at 5 % of the area by class."""
    measures = ("hit_rate", "pai", "pei", "calibration_top_decile", "jaccard", "log_score", "events", "origins")
    return {
        f"{row['incident_class']}.{measure}": float("nan") if row[measure] is None else float(row[measure])
        for row in rows.iter_rows(named=True)
        for measure in measures
    }
