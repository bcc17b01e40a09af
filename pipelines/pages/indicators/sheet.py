"""One page for each indicator: its course, its areas side by side, its months, and what exactly is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from pipelines.pages.indicators import schemas
from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.frozen import FrozenMonth, Key, read_frozen
from pipelines.pages.indicators.gathered import Gathered, gather
from pipelines.pages.indicators.months import months_of
from pipelines.pages.indicators.ranking import rankings_of
from pipelines.pages.indicators.readings import Reading, lights_of
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.page import Family, Page

LIST = "indicators"

Queries = Mapping[tuple[str, str], str]
"""The query behind a district's value, by indicator and month."""


def indicator_pages(marts: Marts) -> tuple[Page, ...]:
    """Return a page for each indicator of the catalogue; none where a snapshot has neither registry nor values."""
    gathered = gather(marts)
    known = {indicator.key: indicator for indicator in gathered.indicators}
    frozen, queries = read_frozen(marts, known), _read_queries(marts, gathered.told)
    by_indicator: dict[str, list[Reading]] = {key: [] for key in known}
    for reading in gathered.told:
        by_indicator[reading.indicator.key].append(reading)
    return tuple(
        Page(
            name=indicator.file.removesuffix(".html"),
            title=indicator.title,
            template="indicator.html.j2",
            view=partial(_sheet, indicator, tuple(by_indicator[indicator.key]), gathered, frozen, queries),
            within=LIST,
        )
        for indicator in gathered.indicators
    )


SHEETS = Family("indicator", indicator_pages)


def _sheet(
    indicator: Indicator,
    readings: Sequence[Reading],
    gathered: Gathered,
    frozen: Mapping[Key, FrozenMonth] | Missing,
    queries: Queries,
    _: Marts,
) -> Mapping[str, object]:
    whole = tuple(reading for reading in readings if reading.area.level == "district")
    held = {} if isinstance(frozen, Missing) else frozen
    return {
        "indicator": indicator,
        "gathered": gathered,
        "whole": whole,
        "district_lights": lights_of(whole),
        "streets": tuple(reading for reading in readings if reading.area.level == "street"),
        "rankings": rankings_of(readings, indicator),
        "months": tuple((reading, months_of(reading, held)) for reading in whole),
        "queries": tuple(query for reading in whole if (query := queries.get((indicator.key, reading.month)))),
    }


def _read_queries(marts: Marts, readings: Sequence[Reading]) -> Queries:
    """Read the query of every district's shown month; empty where the snapshot is of a version without queries."""
    months = sorted({reading.month for reading in readings})
    wanted = (pl.col("area_level") == "district") & pl.col("month").is_in(months)
    rows = marts.read("marts.kpi_monthly", schemas.QUERY, where=wanted)
    if isinstance(rows, Missing):
        return {}
    told = rows.filter(pl.col("query").is_not_null()).sort("indicator", "month", "district")
    return {(row["indicator"], row["month"]): row["query"] for row in told.to_dicts()}
