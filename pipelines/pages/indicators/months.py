"""The months of a district as a table, the newest first, with what was frozen where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.pages.indicators.frozen import FrozenMonth, Key
from pipelines.pages.indicators.readings import Point, Reading
from pipelines.pages.numbers import interval, measured
from pipelines.pages.text import Text


@dataclass(frozen=True)
class MonthRow:
    """One month.

    Attributes:
        point: what the mart says today.
        value, low_to_high: the same in words.
        frozen: what was frozen; null where the month is in no frozen quarter.
        changed: whether that was another value.
    """

    point: Point
    value: Text
    low_to_high: Text
    frozen: FrozenMonth | None
    changed: bool


def months_of(reading: Reading, frozen: Mapping[Key, FrozenMonth]) -> tuple[MonthRow, ...]:
    """Return the months of a district's course that have a row in the mart or were frozen, newest first."""
    rows = (_row(point, reading, frozen) for point in reversed(reading.course))
    return tuple(row for row in rows if row.point.measured or row.frozen)


def _row(point: Point, reading: Reading, frozen: Mapping[Key, FrozenMonth]) -> MonthRow:
    then = frozen.get((reading.indicator.key, reading.area.district, point.month))
    unit = reading.indicator.unit
    return MonthRow(
        point=point,
        value=measured(point.value, unit),
        low_to_high=interval(point.low, point.high, unit),
        frozen=then,
        changed=then is not None and then.differs(point.value),
    )
