"""What the registry of indicators says of each, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.indicators import schemas
from pipelines.pages.indicators.themes import Theme, theme_of, theme_order
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.numbers import NOTHING, count, measured
from pipelines.pages.targets import target_text
from pipelines.pages.text import Text, translated

PLATFORM = "platform"
PLATFORM_NAME = Text("数据平台", "Data platform")
CADENCES = {"month": Text("每月", "monthly"), "quarter": Text("每季", "quarterly"), "year": Text("每年", "yearly")}
LEVEL_NAMES = {
    "district": Text("区", "district"),
    "street": Text("街道", "street"),
    "community": Text("社区", "community"),
}
SQL_PARTS = {
    "rows_sql": Text("计数的行", "The rows that count"),
    "numerator_sql": Text("分子条件", "In the numerator"),
    "denominator_sql": Text("分母条件", "In the denominator"),
    "value_sql": Text("数值", "The value"),
}


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        key: its id in the marts.
        title, theme: its name and its heading.
        unit, direction: as in the marts; `direction` is `up` where more is better.
        target_value, baseline_value: null where none is set.
        target, baseline: the same in words.
        owner: the department that answers for it.
        feeds: the feeds it comes from, by the names of their tables.
        sources: their titles.
        cadence, levels: how often and for which areas it is told.
        numerator, denominator, method: what is counted, in words; method names both ends of a clock.
        method_version: empty where the registry has none.
        sql: title and text of each part of the definition in SQL.
        minimum: the smallest denominator that is judged.
        max_age_hours: how old a source may be; null where the registry does not say.
        freshness: the same in words.
        counts_persons: whether its counts are of persons, so that small ones are withheld; true where not told.
    """

    key: str
    title: Text
    theme: Theme
    unit: str
    direction: str
    target_value: float | None
    baseline_value: float | None
    target: Text
    baseline: Text
    owner: Text
    feeds: tuple[str, ...]
    sources: tuple[Text, ...]
    cadence: Text
    levels: tuple[Text, ...]
    numerator: Text
    denominator: Text
    method: Text
    method_version: str
    sql: tuple[tuple[Text, str], ...]
    minimum: str
    max_age_hours: float | None
    freshness: Text
    counts_persons: bool

    @property
    def file(self) -> str:
        """The name of its page's file."""
        return f"indicator_{self.key}.html"

    @property
    def more_is_better(self) -> bool:
        """The direction."""
        return self.direction == "up"


def read_catalogue(marts: Marts) -> tuple[Indicator, ...] | Missing:
    """Return every indicator of `marts.indicator`, by theme; `Missing` where a snapshot has no such mart."""
    rows = marts.read("marts.indicator", schemas.REGISTRY, schemas.REGISTRY_OPTIONAL)
    if isinstance(rows, Missing):
        return rows
    known = (_indicator(row, marts.told) for row in rows.to_dicts())
    return tuple(sorted(known, key=lambda indicator: theme_order(indicator.key)))


def named_only(kpi: pl.DataFrame, told: PageFacts) -> tuple[Indicator, ...]:
    """Return the indicators that `marts.kpi_monthly` names, for a snapshot that has no registry beside it."""
    newest = kpi.sort("month").group_by("indicator").last()
    blank = dict.fromkeys(schemas.REGISTRY_OPTIONAL, None)
    known = (_indicator(blank | row, told) for row in newest.to_dicts())
    return tuple(sorted(known, key=lambda indicator: theme_order(indicator.key)))


def owner_name(owner: str | None, told: PageFacts) -> Text:
    """Return who answers for something: a department, or the platform itself."""
    if not owner:
        return NOTHING
    return PLATFORM_NAME if owner == PLATFORM else told.department_name(owner)


def _indicator(row: Mapping[str, Any], told: PageFacts) -> Indicator:
    feeds = _listed(row["source_feeds"])
    unit, direction = row["unit"] or "", row["direction"] or "up"
    return Indicator(
        key=row["indicator"],
        title=translated(row["name_zh"], row["name_en"], row["indicator"]),
        theme=theme_of(row["indicator"]),
        unit=unit,
        direction=direction,
        target_value=row["target"],
        baseline_value=row["baseline"],
        target=target_text(row["target"], unit, direction),
        baseline=measured(row["baseline"], unit),
        owner=owner_name(row["owner"], told),
        feeds=feeds,
        sources=tuple(told.register_title(feed) for feed in feeds),
        cadence=CADENCES.get(row["cadence"] or "", NOTHING),
        levels=tuple(LEVEL_NAMES.get(level, Text(level, level)) for level in _listed(row["levels"])),
        numerator=_words(row, "numerator"),
        denominator=_words(row, "denominator"),
        method=_words({"method_en": row["method"], **row}, "method"),
        method_version=row["method_version"] or "",
        sql=tuple((title, row[part]) for part, title in SQL_PARTS.items() if row[part]),
        minimum=count(row["min_denominator"]),
        max_age_hours=row["max_age_hours"],
        freshness=NOTHING if row["max_age_hours"] is None else _age(row["max_age_hours"]),
        counts_persons=row["counts_persons"] is not False,
    )


def _listed(joined: str | None) -> tuple[str, ...]:
    return tuple(part for part in (joined or "").split(";") if part)


def _words(row: Mapping[str, Any], part: str) -> Text:
    return translated(row[f"{part}_zh"], row[f"{part}_en"], NOTHING.zh)


def _age(hours: float) -> Text:
    whole = round(hours)
    if whole % 24:
        return Text(f"{whole} 小时", f"{whole} hours")
    return Text(f"{whole // 24} 天", f"{whole // 24} days")
