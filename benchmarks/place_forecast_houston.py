"""Public incidents of Houston through the code of the nightly run: counts, models, gate, and coverage of intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from pipelines.risk.places.backtesting import Plan, origins_of, run_trials, training_at
from pipelines.risk.places.counting import History
from pipelines.risk.places.evaluation import evaluate_class
from pipelines.risk.places.gate import Bar
from pipelines.risk.places.grid import Floats, Ints, cells_of
from pipelines.risk.places.lattice import Kernel, gaussian, index_of
from pipelines.risk.places.models import BASELINE, MODELS, SHRUNKEN
from pipelines.risk.places.shrinkage import fit_prior, predictive_interval
from pipelines.risk.places.summary import Summary, summarise

CELL, BUFFER, KERNEL = 250, 500.0, 150.0
RESEARCH = Plan(horizon=28, weeks=24, minimum_weeks=24, origins=4, step=14, half_life_weeks=16.0)
TWELVE_ORIGINS = Plan(horizon=14, weeks=8, minimum_weeks=8, origins=12, step=14, half_life_weeks=16.0)
BAR = Bar(gain=0.05, origins=12, sparse_events=150)
KINDS = ("all", "theft", "burglary", "auto theft", "aggravated assault", "robbery", "murder")


@dataclass(frozen=True)
class Incidents:
    """Incidents as days since the first of the set, and metres."""

    kind: pl.Series
    day: Ints
    x: Floats
    y: Floats

    @property
    def end(self) -> int:
        """Return the day after the last."""
        return int(self.day.max()) + 1


def read_incidents(path: Path) -> Incidents:
    """Return the public incidents of 2010."""
    rows = pl.read_parquet(path).sort("event_id")
    day = rows.select((pl.col("occurred_at").cast(pl.Date) - date(2010, 1, 1)).dt.total_days()).to_series()
    return Incidents(rows["kind"], day.to_numpy(), rows["x_m"].to_numpy(), rows["y_m"].to_numpy())


def study_area(incidents: Incidents) -> tuple[Ints, Ints]:
    """Return the columns and rows of the cells that hold an incident or whose centre is within 500 m of one."""
    column, row = cells_of(incidents.x, incidents.y, CELL)
    reach = int(BUFFER // CELL) + 1
    across = np.arange(column.min() - reach, column.max() + reach + 1)
    along = np.arange(row.min() - reach, row.max() + reach + 1)
    columns, rows = (grid.ravel() for grid in np.meshgrid(across, along, indexing="ij"))
    centres = (np.stack([columns, rows], axis=1) + 0.5) * CELL
    distance, _ = KDTree(np.stack([incidents.x, incidents.y], axis=1)).query(centres, distance_upper_bound=BUFFER)
    inside = np.isfinite(distance)
    inside[index_of(columns, rows, column, row)] = True
    return columns[inside], rows[inside]


def history_of(incidents: Incidents, cells: tuple[Ints, Ints], kind: str) -> History:
    """Return the history of one kind on the cells."""
    place = index_of(*cells, *cells_of(incidents.x, incidents.y, CELL))
    chosen = np.ones(len(place), dtype=bool) if kind == "all" else (incidents.kind == kind).to_numpy()
    return History(place[chosen], incidents.day[chosen], len(cells[0]), 0)


def measure_kind(incidents: Incidents, cells: tuple[Ints, Ints], kernel: Kernel, kind: str) -> dict[str, Any]:
    """Return the summaries of every model for one kind, and the verdicts of the gate over twelve origins."""
    history = history_of(incidents, cells, kind)
    trials = run_trials(history, incidents.end, RESEARCH, kernel)
    of = {model: [trial for trial in trials if trial.model == model] for model in MODELS}
    overlap = RESEARCH.step / RESEARCH.horizon
    gate = evaluate_class(kind, history, incidents.end, TWELVE_ORIGINS, BAR, kernel).rows
    return {
        "models": {model: [vars(one) for one in summarise(of[model], of[BASELINE], overlap)] for model in MODELS},
        "gate": gate.filter(pl.col("origin") == "all", pl.col("area_share") == 0.05)
        .select(
            "model", "hit_rate", "gain", "gain_low", "gain_high", "events", "origins", "published", "gate_reason_en"
        )
        .to_dicts(),
        "coverage": coverage(history, incidents.end, kernel),
    }


def coverage(history: History, end: int, kernel: Kernel) -> dict[str, float]:
    """Return in which share of cells the count to come lay in the 80 % interval, by how much was expected."""
    inside: list[Floats] = []
    expectations: list[Floats] = []
    for origin in origins_of(history, end, RESEARCH):
        training = training_at(history, origin, RESEARCH, kernel, SHRUNKEN)
        expected = MODELS[SHRUNKEN].forecast(training)
        prior = fit_prior(training.counts)
        assert prior is not None
        low, high = predictive_interval(expected, training.counts + prior.shape)
        happened = history.counts(origin, origin + RESEARCH.horizon)
        inside.append(((low <= happened) & (happened <= high)).astype(np.float64))
        expectations.append(expected)
    hit, mean = np.concatenate(inside), np.concatenate(expectations)
    bands = {"under 0.1": mean < 0.1, "0.1 to 1": (mean >= 0.1) & (mean < 1), "1 and more": mean >= 1}
    return {name: float(hit[band].mean()) for name, band in bands.items() if band.any()}


def measure_houston(path: Path) -> dict[str, Any]:
    """Return the figures of all kinds on one study area, that round all incidents."""
    incidents = read_incidents(path)
    cells = study_area(incidents)
    kernel = gaussian(*cells, CELL, KERNEL)
    own = Incidents(*(_only(incidents, "burglary")))
    own_cells = study_area(own)
    return {
        "incidents": len(incidents.day),
        "cells": len(cells[0]),
        "origins": origins_of(history_of(incidents, cells, "all"), incidents.end, RESEARCH),
        "kinds": {kind: measure_kind(incidents, cells, kernel, kind) for kind in KINDS},
        "burglary_in_its_own_area": {"cells": len(own_cells[0]), "counts": _counts_only(own, own_cells)},
    }


def _only(incidents: Incidents, kind: str) -> tuple[pl.Series, Ints, Floats, Floats]:
    chosen = (incidents.kind == kind).to_numpy()
    return incidents.kind.filter(chosen), incidents.day[chosen], incidents.x[chosen], incidents.y[chosen]


def _counts_only(incidents: Incidents, cells: tuple[Ints, Ints]) -> dict[str, Any]:
    history = history_of(incidents, cells, "all")
    trials = run_trials(history, incidents.end, RESEARCH, gaussian(*cells, CELL, KERNEL))
    of = {model: [trial for trial in trials if trial.model == model] for model in (BASELINE, SHRUNKEN)}
    overlap = RESEARCH.step / RESEARCH.horizon
    summaries: dict[str, list[Summary]] = {name: summarise(rows, of[BASELINE], overlap) for name, rows in of.items()}
    return {name: [vars(one) for one in rows] for name, rows in summaries.items()}
