"""The lists of places as a page: which marts it reads, and what its template is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.pages.map import schemas
from pipelines.pages.map.ground import Ground, ground_of
from pipelines.pages.map.layers import newest_pressures
from pipelines.pages.map.lists import ListedCell, Lists, lists_of
from pipelines.pages.map.nearby import buildings_in_cells
from pipelines.pages.map.page import CELL_TABLE, FORECAST_TABLE, horizon_of
from pipelines.pages.map.stale import stale_places
from pipelines.pages.map.values import IncidentClass, classes_of, values_of
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.page import Page
from pipelines.pages.places.streets import (
    STALE_SHOWN,
    Key,
    StreetSheet,
    buildings_by_street,
    estates_by_street,
    key_of,
    unknown_by_street,
)
from pipelines.pages.text import Text, same


def places_view(marts: Marts) -> Mapping[str, object]:
    """Return one sheet a street, and `Missing` for every mart that is not there."""
    cells = marts.read(CELL_TABLE, schemas.CELL)
    forecasts = marts.read(FORECAST_TABLE, schemas.FORECAST, where=pl.col("place_kind") == "cell")
    buildings = marts.read("marts.risk_building", schemas.BUILDING)
    estates = marts.read("marts.estate_pressure", schemas.ESTATE)
    stale = marts.read("marts.stale_area", schemas.STALE, schemas.STALE_OPTIONAL)
    lacking = [table for table in (cells, forecasts, buildings, estates, stale) if isinstance(table, Missing)]
    ground = None if isinstance(cells, Missing) else ground_of(cells)
    lists, classes = _lists(ground, forecasts, buildings)
    known_buildings = {} if isinstance(buildings, Missing) else buildings_by_street(buildings)
    known_estates = {} if isinstance(estates, Missing) else estates_by_street(newest_pressures(estates))
    unknown = {} if isinstance(stale, Missing) else unknown_by_street(stale_places(stale))
    zones = {} if ground is None else {key_of(row): row["zone"] for row in ground.zones.to_dicts()}
    keys = sorted({*zones, *known_buildings, *known_estates, *(key for key in unknown if key[1])})
    several = len({district for district, _ in keys}) > 1
    sheets = [
        StreetSheet(
            key=key,
            name=_name(key, several=several),
            cells=lists.get((classes[0].key, zones.get(key, -1)), ()) if classes else (),
            others=_others(lists, classes, zones.get(key, -1)),
            buildings=known_buildings.get(key, ()),
            estates=known_estates.get(key, ()),
            unknown=unknown.get(key, ())[:STALE_SHOWN],
            more_unknown=max(0, len(unknown.get(key, ())) - STALE_SHOWN),
        )
        for key in keys
    ]
    return {
        "sheets": sheets,
        "lacking": lacking,
        "watched": not isinstance(stale, Missing),
        "everywhere": [place for key, places in sorted(unknown.items()) if not key[1] for place in places],
        "horizon": None if isinstance(forecasts, Missing) else horizon_of(forecasts),
        "listed_class": classes[0].title if classes else None,
    }


PLACES = Page(
    name="places", title=Text("重点地点清单", "Places to see first"), template="places.html.j2", view=places_view
)


def _lists(
    ground: Ground | None, forecasts: pl.DataFrame | Missing, buildings: pl.DataFrame | Missing
) -> tuple[Lists, tuple[IncidentClass, ...]]:
    if ground is None or isinstance(forecasts, Missing):
        return {}, ()
    classes = classes_of(forecasts)
    names = {} if isinstance(buildings, Missing) else buildings_in_cells(buildings, ground)
    return lists_of(values_of(forecasts, ground, classes), names), classes


def _others(lists: Lists, classes: Sequence[IncidentClass], zone: int) -> list[tuple[Text, ListedCell]]:
    heads = ((kind.title, lists.get((kind.key, zone), ())) for kind in classes[1:])
    return [(title, rows[0]) for title, rows in heads if rows]


def _name(key: Key, *, several: bool) -> Text:
    district, street = key
    if not street:
        return (
            Text(f"{district}：街道不详", f"{district}: street not known")
            if district
            else Text("街道不详", "street not known")
        )
    return same(f"{district}{street}" if several else street)
