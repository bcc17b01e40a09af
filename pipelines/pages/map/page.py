"""The map as a page: which marts it reads, and what its template is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from pipelines.pages.map import bands, schemas
from pipelines.pages.map.drawing import part_drawings, paths_of, patterns
from pipelines.pages.map.ground import Ground, ground_of
from pipelines.pages.map.hovering import lists_without_script, map_data
from pipelines.pages.map.inputs import inputs_of
from pipelines.pages.map.layers import NO_LAYERS, Layers, layers_of
from pipelines.pages.map.lists import lists_of
from pipelines.pages.map.nearby import buildings_in_cells
from pipelines.pages.map.overview import bounds_of, overview_picture
from pipelines.pages.map.stale import StalePlace, stale_places
from pipelines.pages.map.streets import MapStreet, street_names, streets_of
from pipelines.pages.map.values import IncidentClass, classes_of, values_of
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.numbers import count
from pipelines.pages.page import Page
from pipelines.pages.text import Text

FORECAST_TABLE = "marts.risk_place_forecast"
CELL_TABLE = "marts.risk_cell"


@dataclass(frozen=True)
class Horizon:
    """What the forecasts of one night have in common; null where the mart does not tell it."""

    days: int | None
    weeks: int | None
    from_day: str
    to_day: str
    trained_until: str


@dataclass(frozen=True)
class HeatMap:
    """Everything that is drawn from cells and forecasts.

    Attributes:
        classes: the first is shown without a script.
        horizon: of the forecasts.
        streets: in the order of their numbers.
        definitions: patterns and parts, to be referred to.
        overview: the whole district.
        data: JSON for the script.
        size_m: edge of a cell.
        cells: how many the study area has.
        beyond: cells too far away for the overview.
        drawn, unplaced: buildings on the map, and those without a point in the study area.
    """

    classes: tuple[IncidentClass, ...]
    horizon: Horizon
    streets: tuple[MapStreet, ...]
    definitions: Markup
    overview: Markup
    beyond: int
    data: Markup
    size_m: str
    cells: str
    drawn: str
    unplaced: int


def map_view(marts: Marts) -> Mapping[str, object]:
    """Return the view of every section; `Missing` for one whose mart is absent, `None` for one without rows."""
    cells = marts.read(CELL_TABLE, schemas.CELL)
    forecasts = marts.read(FORECAST_TABLE, schemas.FORECAST, where=pl.col("place_kind") == "cell")
    inputs = marts.read("marts.risk_input", schemas.INPUT)
    return {
        "heat_map": _heat_map(marts, cells, forecasts),
        "inputs": inputs if isinstance(inputs, Missing) else inputs_of(inputs),
        "stale": _stale(marts),
        "bands": bands,
        "tier_colours": bands.TIER_COLOURS,
        "pressure_colours": bands.PRESSURE_COLOURS,
    }


MAP = Page(name="map", title=Text("地点热力图", "Heat map of places"), template="map.html.j2", view=map_view)


def _heat_map(
    marts: Marts, cells: pl.DataFrame | Missing, forecasts: pl.DataFrame | Missing
) -> HeatMap | Missing | None:
    if isinstance(cells, Missing) or isinstance(forecasts, Missing):
        return cells if isinstance(cells, Missing) else forecasts if isinstance(forecasts, Missing) else None
    ground = ground_of(cells)
    return None if ground is None else _drawn(marts, ground, forecasts)


def _drawn(marts: Marts, ground: Ground, forecasts: pl.DataFrame) -> HeatMap:
    classes = classes_of(forecasts)
    values = values_of(forecasts, ground, classes)
    buildings = marts.read("marts.risk_building", schemas.BUILDING)
    layers = _layers(marts, buildings, ground)
    names = {} if isinstance(buildings, Missing) else buildings_in_cells(buildings, ground)
    lists = lists_of(values, names)
    shown = classes[0].key if classes else ""
    streets, bounds = street_names(ground), bounds_of(ground)
    return HeatMap(
        classes=classes,
        horizon=horizon_of(forecasts),
        streets=streets_of(ground, values, shown, lists_without_script(lists, classes), layers),
        definitions=patterns() + part_drawings(paths_of(ground, values), layers, shown),
        overview=overview_picture(ground, {zone: name.zh for zone, name in streets.items()}, bounds),
        beyond=bounds.beyond,
        data=map_data(ground, values, classes, lists),
        size_m=f"{ground.size_m:g}",
        cells=count(ground.cells.height),
        drawn=count(layers.drawn),
        unplaced=layers.unplaced,
    )


def _layers(marts: Marts, buildings: pl.DataFrame | Missing, ground: Ground) -> Layers:
    if isinstance(buildings, Missing):
        return NO_LAYERS
    pressures = marts.read("marts.estate_pressure", schemas.ESTATE)
    return layers_of(buildings, None if isinstance(pressures, Missing) else pressures, ground)


def horizon_of(forecasts: pl.DataFrame) -> Horizon:
    """Return what the forecasts of one night say of the class that is shown first."""
    shown = classes_of(forecasts)[:1]
    kept = forecasts.filter(pl.col("incident_class").is_in([kind.key for kind in shown]))
    first = kept.select(
        pl.col("horizon_days", "history_weeks").max(),
        pl.col("from_day").min(),
        pl.col("to_day", "trained_until").max(),
    ).row(0, named=True)
    days = {
        name: "–" if first[name] is None else first[name].isoformat()
        for name in ("from_day", "to_day", "trained_until")
    }
    return Horizon(first["horizon_days"], first["history_weeks"], **days)


def _stale(marts: Marts) -> tuple[StalePlace, ...] | Missing:
    rows = marts.read("marts.stale_area", schemas.STALE, schemas.STALE_OPTIONAL)
    return rows if isinstance(rows, Missing) else stale_places(rows)
