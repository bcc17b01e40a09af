"""Every indicator in every area: its light and value in the month that is shown, and its course before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.periods import axis_of, is_too_old, running_month, shown_months
from pipelines.pages.lights import GREY, LIGHTS, REASONS, Light, light_named, reason_text
from pipelines.pages.numbers import NOTHING, SUPPRESSED, count, interval, measured, tells_of_few
from pipelines.pages.targets import gap_to_target
from pipelines.pages.text import Text, same

INCOMPLETE = "incomplete"
"""The reason of a light whose month is not over, where a part of the month cannot stand for it."""

Counts = tuple[tuple[Light, int], ...]
"""How many lights of each kind, the worst kind first."""

GRAIN = ("indicator", "area_level", "district", "street", "community")


@dataclass(frozen=True)
class Point:
    """One month of a course; a value that is not told is null, and so is all where the mart has no row (`measured`)."""

    month: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    light: Light = GREY
    reason: Text = REASONS["not_measured"]
    fraction: str = NOTHING.zh
    measured: bool = False


@dataclass(frozen=True)
class Area:
    """A district, street or community; `level` is one of these words, `name` is for people."""

    level: str
    name: str
    district: str
    street: str
    community: str

    @property
    def full_name(self) -> str:
        """The name with the street before it where it is a community's: communities of two streets may share a name."""
        return f"{self.street}{self.name.rpartition('/')[2]}" if self.level == "community" else self.name

    @property
    def path(self) -> tuple[str, str, str]:
        """The sort key: a district before its streets, a street before its communities."""
        return (self.district, self.street, self.community)


@dataclass(frozen=True)
class Reading:
    """One indicator in one area.

    Attributes:
        indicator, area: of what.
        month: that is shown.
        light, reason: how it is judged, and why.
        value, low_to_high, fraction: in words and numbers; small counts of persons are withheld.
        number, low, high: for pictures; null where not told.
        course: every month of the axis, oldest first.
        trend: `better`, `worse`, `same` than the month before; `unknown` where the light is grey.
        worsening: whether it has become worse twice in a row.
        running: whether the month is not over.
    """

    indicator: Indicator
    area: Area
    month: str
    light: Light
    reason: Text
    value: Text
    low_to_high: Text
    fraction: str
    number: float | None
    low: float | None
    high: float | None
    course: tuple[Point, ...]
    trend: str
    worsening: bool
    running: bool

    @property
    def gap(self) -> float:
        """How far it is from its target; 0 where that cannot be told."""
        return gap_to_target(self.number, self.indicator.target_value, self.indicator.direction)

    @property
    def period(self) -> Text:
        """The month, marked where it is not over."""
        return Text(f"{self.month}（至今）", f"{self.month} to date") if self.running else same(self.month)

    @property
    def values(self) -> tuple[float | None, ...]:
        """The course as numbers."""
        return tuple(point.value for point in self.course)

    @property
    def rank(self) -> tuple[int, bool, float, str]:
        """Sort key: the worst first."""
        return (LIGHTS.index(self.light), not self.worsening, -self.gap, self.indicator.key)


def lights_of(readings: Sequence[Reading]) -> Counts:
    """Count the lights, worst first; lights that none has are left out."""
    counted = Counter(reading.light for reading in readings)
    return tuple((light, counted[light]) for light in LIGHTS if counted[light])


def read_readings(
    kpi: pl.DataFrame, catalogue: Sequence[Indicator], as_of: date | None, stale: frozenset[str]
) -> tuple[Reading, ...]:
    """Return one reading per indicator and area, ordered by area, then as the catalogue lists the indicators.

    Args:
        kpi: `marts.kpi_monthly` with the columns of `schemas.KPI`.
        catalogue: indicators that are not in it are left out.
        as_of: newest day of any delivery.
        stale: indicators with a source that is older than it may be: grey whatever their last month said.
    """
    if kpi.is_empty():
        return ()
    running = running_month(as_of, kpi)
    shown, axis = shown_months(kpi, running), axis_of(kpi)
    places = {indicator.key: place for place, indicator in enumerate(catalogue)}
    courses = kpi.filter(pl.col("month").is_in(axis)).sort("month").group_by(GRAIN).agg(pl.all())
    told = (
        _reading(course, catalogue[places[course["indicator"]]], shown[course["indicator"]], axis)
        for course in courses.to_dicts()
        if course["indicator"] in places
    )
    aged = (_aged(reading, as_of, running, stale) for reading in told)
    return tuple(sorted(aged, key=lambda reading: (reading.area.path, places[reading.indicator.key])))


def _reading(course: Mapping[str, Any], indicator: Indicator, month: str, axis: Sequence[str]) -> Reading:
    points = {point.month: point for point in _points(course, indicator)}
    line = tuple(points.get(name, Point(name)) for name in axis)
    now = points.get(month, Point(month))
    before = [point.value for point in line if point.month < month and point.value is not None][-2:]
    steps, judged = [*before, now.value], now.light != GREY
    return Reading(
        indicator=indicator,
        area=_area(course),
        month=month,
        light=now.light,
        reason=now.reason,
        value=measured(now.value, indicator.unit),
        low_to_high=interval(now.low, now.high, indicator.unit),
        fraction=now.fraction,
        number=now.value,
        low=now.low,
        high=now.high,
        course=line,
        trend=_trend(steps[-2:], indicator) if judged else "unknown",
        worsening=judged and len(steps) == 3 and all(_trend(steps[at : at + 2], indicator) == "worse" for at in (0, 1)),
        running=False,
    )


def _points(course: Mapping[str, Any], indicator: Indicator) -> list[Point]:
    columns = ("month", "value", "value_low", "value_high", "light", "light_reason", "numerator", "denominator")
    return [_point(indicator, *row) for row in zip(*(course[column] for column in columns), strict=True)]


def _point(
    indicator: Indicator,
    month: str,
    value: float | None,
    low: float | None,
    high: float | None,
    name: str | None,
    reason: str | None,
    numerator: float | None,
    denominator: float | None,
) -> Point:
    """Return one month; a rate of one that is not over is left out: three days of incidents look like peace."""
    light = light_named(name)
    why = reason_text(reason, light)
    fraction = _fraction(numerator, denominator, indicator)
    if reason == INCOMPLETE:
        return Point(month, light=light, reason=why, fraction=fraction, measured=True)
    return Point(month, value, low, high, light, why, fraction, measured=True)


def _fraction(numerator: float | None, denominator: float | None, indicator: Indicator) -> str:
    """Write numerator and denominator; a denominator alone where the unit has no numerator."""
    if indicator.counts_persons and tells_of_few(numerator, denominator):
        return f"{SUPPRESSED} / –"
    if numerator is None:
        return count(denominator)
    return f"{count(numerator)} / {count(denominator)}" if denominator is not None else count(numerator)


def _area(course: Mapping[str, Any]) -> Area:
    names = [name for name in course["area"] if name]
    parts = [course[level] or "" for level in ("district", "street", "community")]
    return Area(course["area_level"], names[-1] if names else parts[-1], *parts)


def _trend(pair: Sequence[float | None], indicator: Indicator) -> str:
    if len(pair) < 2 or pair[0] is None or pair[1] is None:
        return "unknown"
    if pair[0] == pair[1]:
        return "same"
    return "better" if (pair[1] > pair[0]) == indicator.more_is_better else "worse"


def _aged(reading: Reading, as_of: date | None, running: str, stale: frozenset[str]) -> Reading:
    """Take the light from a reading that no longer tells of today, and note a month that is not over."""
    if reading.light != GREY and reading.indicator.key in stale:
        return replace(reading, light=GREY, reason=REASONS["stale"])
    if reading.light != GREY and is_too_old(reading.month, as_of, reading.indicator.max_age_hours):
        return replace(reading, light=GREY, reason=REASONS["not_measured"])
    return replace(reading, running=reading.month == running)
