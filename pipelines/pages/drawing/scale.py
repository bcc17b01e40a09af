"""From values to places along an axis, and the round numbers that are written at it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
TICKS = 4
LOWEST = {"share": 0.0, "change": -1.0}
"""No share is below nothing, and nothing falls by more than all of it."""


@dataclass(frozen=True)
class Scale:
    """An axis: `low` lies at `start` and `high` at `end`, in CSS pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value; one beyond the axis stands at its end."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def scale_for(values: Iterable[float | None], unit: str, start: float, end: float) -> Scale:
    """Return an axis that holds all values and ends at round numbers; shares stay between nothing and all.

    Args:
        values: nulls are passed over.
        unit: as in the marts.
        start: place of the lower end, in CSS pixels.
        end: place of the upper end.
    """
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low >= 0 and low < high * 0.6:
        low = 0.0
    room = (high - low) or abs(high) or 1.0
    step = round_step(room / TICKS)
    bottom = round(math.floor(low / step + 1e-9) * step, 12)
    top = round(math.ceil(high / step - 1e-9) * step, 12)
    if unit in LOWEST:
        bottom = max(LOWEST[unit], bottom)
    if unit == "share":
        top = min(1.0, top)
    if top <= bottom:
        bottom, top = (0.0, 1.0) if unit == "share" else (bottom, bottom + step)
    return Scale(bottom, top, start, end)


def ends_worth_room(values: Iterable[float | None], ends: Iterable[float | None], unit: str) -> list[float]:
    """Return the ends of intervals, none further beyond the values than these are apart.

    An interval of three cases may reach to ten times what was ever measured: drawn whole it would flatten all values.
    Of shares it ends at nothing and at all, and is drawn whole: cut off, 3 of 3 would look as sure as 300 of 300.
    """
    if unit == "share":
        return [end for end in ends if end is not None]
    known = [value for value in values if value is not None]
    if not known:
        return []
    room = (max(known) - min(known)) or abs(known[0]) or 1.0
    low, high = min(known) - room, max(known) + room
    return [min(max(end, low), high) for end in ends if end is not None]


def round_step(rough: float) -> float:
    """Return the smallest round number (1, 2, 2.5, 5 times a power of ten) that is not below `rough`.

    >>> round_step(0.13), round_step(7.0)
    (0.2, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(rough))
    return next(round(step * power, 12) for step in ROUND_STEPS if step * power >= rough * (1 - 1e-9))


def ticks_of(scale: Scale) -> tuple[float, ...]:
    """Return the round numbers within an axis, both ends included where they are round."""
    step = round_step((scale.high - scale.low) / TICKS)
    first = math.ceil(scale.low / step - 1e-9)
    last = math.floor(scale.high / step + 1e-9)
    return tuple(round(place * step, 12) for place in range(first, last + 1))
