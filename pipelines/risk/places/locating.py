"""Where each incident counts, and why some count nowhere: every incident gets exactly one answer.

Coordinates of calls are often those of a phone mast or of the police station, texts are often vague; so coordinates are
believed when they lie near the incident's own address, and otherwise its address counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.risk.places.classes import REST, class_of_category
from pipelines.risk.places.grid import Floats, Grid, Ints, cells_of
from pipelines.risk.places.lattice import index_of
from pipelines.risk.places.pointing import degrees, put_right
from pipelines.risk.places.positions import ESTATE, with_position
from pipelines.risk.places.study_area import lattice_of

ESTATE_REACH = 2.0
"""An estate is wide: its centre may be this many times farther from the incident than a building is."""

FALSE_ALARM = "误报"
SAME_CALL = ("reported_at", "category", "address_code", "building_code", "estate_code", "lon", "lat")


@dataclass(frozen=True)
class Window:
    """Which days count.

    Attributes:
        from_day: the first; older incidents are no longer read.
        as_of: the last; what is reported later has not happened yet.
    """

    from_day: dt.date
    as_of: dt.date


def locate_incidents(
    incidents: pl.DataFrame, points: pl.DataFrame, cells: pl.DataFrame, grid: Grid, window: Window, far_metres: float
) -> pl.DataFrame:
    """Return one row per incident, by record_key: where it counts or why not.

    Args:
        incidents: `facts.incident`.
        points: `register_points`.
        cells: `marts.risk_cell`.
        grid: of the cells.
        window: which days count.
        far_metres: coordinates farther than this from the incident's address are not believed.

    Returns:
        record_key, incident_class (never `all`), reported_on, month, place_code (building, house or estate, null),
        cell_index (position among the cells; null when left out), state, reason.
    """
    told = with_position(incidents.sort("record_key"), points)
    placed = _placed(told, cells, grid, far_metres).with_columns(
        place_code=pl.coalesce("building_code", "estate_code"),
        incident_class=pl.col("category").replace_strict(class_of_category(), default=REST, return_dtype=pl.String),
        left_out=_left_out(window),
    )
    used = pl.col("left_out").is_null()
    disordered = pl.when(~pl.col("is_clock_ordered")).then(pl.lit("clock_out_of_order"))
    return placed.select(
        "record_key",
        "incident_class",
        "reported_on",
        "month",
        "place_code",
        cell_index=pl.when(used).then("cell_index"),
        state=pl.when(used).then(pl.lit("used")).otherwise(pl.lit("left_out")),
        reason=pl.coalesce("left_out", disordered, "source"),
    )


def _left_out(window: Window) -> pl.Expr:
    """Return why an incident does not count, null when it does; the first reason that holds."""
    told_place = pl.col("at_lon").is_not_null() | (pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    timed = pl.col("reported_at").dt.convert_time_zone("Asia/Shanghai").dt.time() != dt.time(0)
    false_alarm = pl.col("outcome").eq_missing(FALSE_ALARM)
    same_call = pl.struct(*SAME_CALL, false_alarm.alias("false_alarm")).is_first_distinct()
    reasons = {
        "no_time": pl.col("reported_on").is_null(),
        "false_alarm": false_alarm,
        "in_future": pl.col("reported_on") > window.as_of,
        "before_history": pl.col("reported_on") < window.from_day,
        "no_place": ~told_place,
        "outside_area": pl.col("cell_index") < 0,
        "double_entry": timed & ~same_call,
    }
    return pl.coalesce(*(pl.when(holds).then(pl.lit(reason)) for reason, holds in reasons.items()))


def _placed(told: pl.DataFrame, cells: pl.DataFrame, grid: Grid, far_metres: float) -> pl.DataFrame:
    """Return the incidents with cell_index (-1 outside) and source: where their place comes from."""
    at = grid.project(degrees(told, "at_lon"), degrees(told, "at_lat"))
    points = put_right(told, at, cells, grid)
    reach = far_metres * np.where(told["source"].eq_missing(ESTATE).to_numpy(), ESTATE_REACH, 1.0)
    addressed, pointed = np.isfinite(at[0]), np.isfinite(points.x) & np.isfinite(points.y)
    believed = points.plausible & (~addressed | (np.hypot(points.x - at[0], points.y - at[1]) <= reach))
    index = _cell_index(np.where(believed, points.x, at[0]), np.where(believed, points.y, at[1]), cells, grid)
    facts = {"believed": believed, "turned": points.turned, "contradicted": addressed & pointed & ~believed}
    source = (
        pl.when("believed", "turned")
        .then(pl.lit("swapped_point"))
        .when("believed")
        .then(pl.lit("shifted_point" if points.moved else "point"))
        .when("contradicted")
        .then(pl.lit("far_from_address"))
        .otherwise("source")
    )
    return told.with_columns(pl.DataFrame(facts)).with_columns(source=source, cell_index=pl.Series(index))


def _cell_index(x: Floats, y: Floats, cells: pl.DataFrame, grid: Grid) -> Ints:
    """Return the position of each point's cell among the cells of the study area, -1 outside and without a place."""
    return index_of(*lattice_of(cells), *cells_of(x, y, grid.cell_metres))
