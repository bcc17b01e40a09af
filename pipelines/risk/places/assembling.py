"""Forecasts of all classes and kinds of places, put together as `marts.risk_place_forecast`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.risk.places.area import Area
from pipelines.risk.places.backtesting import Plan, training_at
from pipelines.risk.places.classes import EVERYTHING, IncidentClass
from pipelines.risk.places.forecasting import Outlook, forecast_places_of
from pipelines.risk.places.grid import Floats
from pipelines.risk.places.listing import rank_places
from pipelines.risk.places.models import SHRUNKEN
from pipelines.risk.places.outputs import FORECAST_SCHEMA, empty, shaped
from pipelines.risk.places.record import EPOCH, Record, to_date
from pipelines.risk.places.wording import word_reasons

FORECAST_KEY = ("place_kind", "incident_class", "place")


def forecast_rows(
    one: IncidentClass, model: str, record: Record, area: Area, plan: Plan, as_of: dt.date
) -> pl.DataFrame:
    """Return the forecast of one class for all cells and all named buildings, not yet ranked.

    Args:
        one: the class.
        model: what its cells are published with; buildings are always shrunken counts.
        record: the incidents that count.
        area: the places.
        plan: window and horizon.
        as_of: the forecast begins on the day after.
    """
    on_cells = record.on_cells(one.name, len(area.cells))
    training = training_at(on_cells, record.end_day, plan, area.smoothing, model)
    together = one.name == EVERYTHING
    shown = area.told_cells | together
    around = np.asarray(area.touching @ (training.counts * shown))
    cells = _told(_cell_names(area.cells), Outlook(training, model, around, shown, as_of))
    on_buildings = record.on_buildings(one.name, area.buildings["building_code"])
    there = training_at(on_buildings, record.end_day, plan, area.smoothing, SHRUNKEN)
    at_cells = on_cells.counts(there.start, there.origin) * shown
    near = _near_buildings(area.buildings, at_cells + area.touching @ at_cells, there.counts)
    outlook = Outlook(there, SHRUNKEN, near, area.told_buildings | together, as_of)
    buildings = _told(_building_names(area.buildings), outlook)
    return pl.concat([cells, buildings]).with_columns(
        incident_class=pl.lit(one.name), class_zh=pl.lit(one.title_zh), class_en=pl.lit(one.title_en)
    )


def forecast_table(rows: Sequence[pl.DataFrame], list_cells: int) -> pl.DataFrame:
    """Return `marts.risk_place_forecast` of all classes, ranked, listed and with its reasons."""
    if not rows:
        return empty(FORECAST_SCHEMA)
    of_street = ("place_kind", "incident_class", "district", "street")
    shared = pl.concat(rows).with_columns(
        street_share=pl.col("past_count") / pl.col("past_count").sum().over(of_street)
    )
    return shaped(word_reasons(rank_places(shared, list_cells)), FORECAST_SCHEMA, FORECAST_KEY)


def _told(names: pl.DataFrame, outlook: Outlook) -> pl.DataFrame:
    training, as_of = outlook.training, outlook.as_of
    return pl.concat([names, forecast_places_of(outlook)], how="horizontal").with_columns(
        newest_on=pl.lit(EPOCH) + pl.duration(days="newest"),
        horizon_days=pl.lit(training.horizon),
        from_day=pl.lit(as_of + dt.timedelta(days=1)),
        to_day=pl.lit(as_of + dt.timedelta(days=training.horizon)),
        history_weeks=pl.lit((training.origin - training.start) // 7),
        model=pl.lit(outlook.model),
        trained_until=pl.lit(to_date(training.origin - 1)),
        stale=pl.lit(outlook.stale),
    )


def _cell_names(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.select(
        place_kind=pl.lit("cell"),
        place="cell",
        place_name_zh="place_name_zh",
        district="district",
        street="street",
        community="community",
        lon=(pl.col("lon_w") + pl.col("lon_e")) / 2,
        lat=(pl.col("lat_s") + pl.col("lat_n")) / 2,
    )


def _building_names(buildings: pl.DataFrame) -> pl.DataFrame:
    return buildings.select(
        place_kind=pl.lit("building"),
        place="building_code",
        place_name_zh="name",
        district="district",
        street="street",
        community="community",
        lon="lon",
        lat="lat",
    )


def _near_buildings(buildings: pl.DataFrame, in_and_round_cells: Floats, at_buildings: Floats) -> Floats:
    """Return the incidents in the cell of each building and the cells that touch it, without the building's own."""
    index = buildings["cell_index"].to_numpy()
    near = np.append(in_and_round_cells, 0.0)[index]
    return np.asarray(np.maximum(near - at_buildings, 0.0), dtype=np.float64)
