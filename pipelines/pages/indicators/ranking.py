"""The areas of one level side by side, the worst first, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.drawing.dots import MARGIN, WIDTH
from pipelines.pages.drawing.scale import Scale, ends_worth_room, scale_for
from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.indicators.readings import Reading
from pipelines.pages.text import Text

TITLES = {
    "district": Text("各区", "By district"),
    "street": Text("各街道", "By street"),
    "community": Text("各社区", "By community"),
}


@dataclass(frozen=True)
class Ranking:
    """One level of areas.

    Attributes:
        level: `district`, `street` or `community`.
        title: for people.
        readings: by value, the furthest from what is wanted first; those without a value last, by place.
        scale: of the pictures.
    """

    level: str
    title: Text
    readings: tuple[Reading, ...]
    scale: Scale


def rankings_of(readings: Sequence[Reading], indicator: Indicator) -> tuple[Ranking, ...]:
    """Return a ranking for each level; a level without areas is left out, and so is a single district."""
    by_level = {level: [reading for reading in readings if reading.area.level == level] for level in TITLES}
    return tuple(
        Ranking(level, TITLES[level], _ordered(its, indicator), _scale(its, indicator))
        for level, its in by_level.items()
        if len(its) > (level == "district")
    )


def _ordered(readings: Sequence[Reading], indicator: Indicator) -> tuple[Reading, ...]:
    def worst_first(reading: Reading) -> tuple[bool, float, tuple[str, str, str]]:
        number = reading.number or 0.0
        return (reading.number is None, number if indicator.more_is_better else -number, reading.area.path)

    return tuple(sorted(readings, key=worst_first))


def _scale(readings: Sequence[Reading], indicator: Indicator) -> Scale:
    """Return an axis that holds every value and the target, and of the intervals what is worth the room."""
    held = [*(reading.number for reading in readings), indicator.target_value]
    ends = ends_worth_room(held, [end for reading in readings for end in (reading.low, reading.high)], indicator.unit)
    return scale_for([*held, *ends], indicator.unit, MARGIN, WIDTH - MARGIN)
