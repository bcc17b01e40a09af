"""Every metric of `marts.data_quality` in its newest month, with its course before it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.lights import GREY, LIGHTS, REASONS, Light, light_named, reason_text
from pipelines.pages.numbers import FEW, NOTHING, count, interval, is_few, measured, persons, tells_of_few
from pipelines.pages.targets import gap_to_target, target_text
from pipelines.pages.text import Text, same, translated

GRAIN = ("department", "feed", "dimension", "metric", "scope")
MONTHS_SHOWN = 12
WHOLE_FEED = ""

NOTHING_TO_JUDGE = tuple(REASONS[code] for code in ("too_small", "suppressed", "not_measured"))

TRENDS = {
    "better": Text("↗ 变好", "↗ better"),
    "worse": Text("↘ 变差", "↘ worse"),
    "same": Text("→ 持平", "→ same"),
}


@dataclass(frozen=True)
class Definition:
    """What the registry of metrics says of one.

    Attributes:
        title, meaning: its name, and what is counted; null when the registry is not there, as the next.
        advice: what its department should do next.
        counts_persons: whether its counts are of persons, so that small ones are withheld.
    """

    title: Text | None
    meaning: Text | None
    advice: Text | None
    counts_persons: bool


Definitions = Mapping[tuple[str, str], Definition]
UNDEFINED = Definition(None, None, None, counts_persons=True)


@dataclass(frozen=True)
class Metric:
    """One metric as it is shown.

    Attributes:
        department, feed, dimension, key: its grain in the mart.
        title, feed_title: its name and that of its feed.
        scope: the other register it compares with; null for the whole feed.
        light, reason: how it is judged, and why.
        value, low_to_high, target, trend: in words and numbers; a small count of persons is withheld.
        baseline: what the field started from; null where no plan says.
        fraction: numerator over denominator.
        months: value of each month shown, oldest first, null where not measured; empty where withheld.
        target_value: for the picture; null when there is no target.
        more_is_better: the direction of the metric.
        gap: how far from the target, 0 at it and 1 at worst, for ordering.
        to_correct: rows that must change to reach the target; null where that cannot be told.
        definition: what it measures, and what to do about it.
    """

    department: str
    feed: str
    dimension: str
    key: str
    title: Text
    feed_title: Text
    scope: Text | None
    light: Light
    reason: Text
    value: Text
    fraction: str
    low_to_high: Text
    target: Text
    baseline: Text | None
    trend: Text
    months: tuple[float | None, ...]
    target_value: float | None
    more_is_better: bool
    gap: float
    to_correct: int | None
    definition: Definition

    @property
    def judged(self) -> bool:
        """Whether it can be judged: with a target and enough cases. Otherwise its grey light is no shortcoming."""
        return self.target_value is not None and self.reason not in NOTHING_TO_JUDGE

    @property
    def rank(self) -> tuple[bool, int, float, str, str, str]:
        """Sort key: the worst first, what cannot be judged last."""
        scope = self.scope.zh if self.scope else ""
        return (not self.judged, LIGHTS.index(self.light), -self.gap, self.feed, self.key, scope)


def metrics_of(quality: pl.DataFrame, definitions: Definitions, told: PageFacts) -> tuple[Metric, ...]:
    """Return the metrics of whole feeds and of pairs of registers, the worst first; those of estates are left out."""
    registers = [WHOLE_FEED, *(feed.name for feed in told.feeds)]
    shown = quality.with_columns(pl.col("scope").fill_null(WHOLE_FEED)).filter(pl.col("scope").is_in(registers))
    months = shown["month"].unique().sort().to_list()[-MONTHS_SHOWN:]
    if not months:
        return ()
    courses = shown.sort("month").group_by(GRAIN).agg(pl.all())
    return tuple(
        sorted((_metric(row, months, definitions, told) for row in courses.to_dicts()), key=lambda metric: metric.rank)
    )


def _metric(course: Mapping[str, Any], months: Sequence[str], definitions: Definitions, told: PageFacts) -> Metric:
    newest = {column: values[-1] for column, values in course.items() if column not in GRAIN}
    current = newest["month"] == months[-1]
    definition = definitions.get((course["dimension"], course["metric"]), UNDEFINED)
    hidden = definition.counts_persons and tells_of_few(newest["numerator"], newest["denominator"])
    light = light_named(newest["light"]) if current else GREY
    unit, value = newest["unit"], newest["value"] if current else None
    by_month = dict(zip(course["month"], course["value"], strict=True))
    return Metric(
        department=course["department"],
        feed=course["feed"],
        dimension=course["dimension"],
        key=course["metric"],
        title=translated(newest["metric_zh"], newest["metric_en"], course["metric"]),
        feed_title=told.feed_title(course["department"], course["feed"]),
        scope=translated(newest["scope_zh"], newest["scope_en"], course["scope"]) if course["scope"] else None,
        light=light,
        reason=reason_text(newest["light_reason"] if current else "not_measured", light),
        value=_withheld(newest, current) if hidden else _value(value, newest["target"], unit),
        fraction=f"– / {persons(newest['denominator'])}" if hidden else _fraction(newest),
        low_to_high=NOTHING if hidden or not current else interval(newest["value_low"], newest["value_high"], unit),
        target=target_text(newest["target"], unit, newest["direction"]),
        baseline=None if newest["baseline"] is None else measured(newest["baseline"], unit),
        trend=TRENDS.get(newest["trend"] or "", NOTHING) if current else NOTHING,
        months=() if hidden else tuple(by_month.get(month) for month in months),
        target_value=newest["target"],
        more_is_better=newest["direction"] == "up",
        gap=gap_to_target(value, newest["target"], newest["direction"]),
        to_correct=None if hidden or not current else rows_to_correct(newest),
        definition=definition,
    )


def definitions_of(registry: pl.DataFrame) -> Definitions:
    """Return the definitions of `marts.quality_metric` by dimension and metric."""
    return {
        (row["dimension"], row["metric"]): Definition(
            title=translated(row["name_zh"], row["name_en"], row["metric"]),
            meaning=translated(row["definition_zh"], row["definition_en"], row["metric"]),
            advice=translated(row["advice_zh"], row["advice_en"], row["metric"]),
            counts_persons=row["counts_persons"] is not False,
        )
        for row in registry.to_dicts()
    }


def rows_to_correct(row: Mapping[str, Any]) -> int | None:
    """Return how many rows must change so that a share reaches its target; null for another unit, 0 at the target."""
    numerator: float | None = row["numerator"]
    denominator: float | None = row["denominator"]
    target: float | None = row["target"]
    if row["unit"] != "share" or numerator is None or denominator is None or target is None:
        return None
    if row["direction"] == "up":
        return max(0, math.ceil(round(target * denominator - numerator, 6)))
    return max(0, math.ceil(round(numerator - target * denominator, 6)))


def _withheld(row: Mapping[str, Any], current: bool) -> Text:
    """Return the range in which a share lies whose smaller part is withheld; a dash where nothing can be told."""
    numerator, denominator = row["numerator"], row["denominator"]
    if not current or row["unit"] != "share" or numerator is None or is_few(denominator):
        return NOTHING
    few = (1 / denominator, (FEW - 1) / denominator)
    low, high = few if is_few(numerator) else (1 - few[1], 1 - few[0])
    return interval(low, high, "share")


def _fraction(row: Mapping[str, Any]) -> str:
    if row["numerator"] is None and row["denominator"] is None:
        return NOTHING.zh
    return f"{count(row['numerator'])} / {count(row['denominator'])}"


def _value(value: float | None, target: float | None, unit: str) -> Text:
    """Write a value; with one more digit where rounding would make a missed target look reached."""
    written = measured(value, unit)
    if unit == "share" and value is not None and value != target and written == measured(target, unit):
        return same(f"{value * 100:.2f}%")
    return written
