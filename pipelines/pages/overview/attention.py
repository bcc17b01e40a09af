"""What needs attention first: red lights and values that keep getting worse, and the areas that have most of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.indicators.readings import Area, Counts, Reading, lights_of
from pipelines.pages.lights import GREY, RED

WORST_AREAS = 3
CONCERNS_SHOWN = 12
"""How many stand open; the rest is folded."""
AREAS_SHOWN = {"street": 8, "community": 12}


@dataclass(frozen=True)
class Concern:
    """One indicator of the district that is red or keeps getting worse.

    Attributes:
        reading: of the district.
        worst: the streets and communities that are furthest from the target, worst first.
    """

    reading: Reading
    worst: tuple[Reading, ...]


@dataclass(frozen=True)
class AreaConcern:
    """One street or community.

    Attributes:
        area: which.
        lights: how many of each kind.
        worst: its red and worsening indicators, worst first.
        red: how many are red.
        worsening: how many keep getting worse.
    """

    area: Area
    lights: Counts
    worst: tuple[Reading, ...]
    red: int
    worsening: int

    @property
    def rank(self) -> tuple[int, int, tuple[str, str, str]]:
        """Sort key: the most red lights first."""
        return (-self.red, -self.worsening, self.area.path)


def is_concern(reading: Reading) -> bool:
    """Say whether a reading needs attention: red, or worse twice in a row; grey says nothing."""
    return reading.light == RED or (reading.worsening and reading.light != GREY)


def concerns_of(readings: Sequence[Reading]) -> tuple[Concern, ...]:
    """Return the indicators of districts that need attention, the worst first."""
    below: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if reading.area.level != "district" and is_concern(reading):
            below.setdefault((reading.indicator.key, reading.area.district), []).append(reading)
    chosen = (reading for reading in readings if reading.area.level == "district" and is_concern(reading))
    return tuple(
        Concern(reading, _worst(below.get((reading.indicator.key, reading.area.district), [])))
        for reading in sorted(chosen, key=lambda reading: (*reading.rank, reading.area.path))
    )


def areas_of_concern(readings: Sequence[Reading]) -> tuple[AreaConcern, ...]:
    """Return the streets, then the communities, with the most red lights; those without any concern are left out."""
    by_area: dict[Area, list[Reading]] = {}
    for reading in readings:
        if reading.area.level in AREAS_SHOWN:
            by_area.setdefault(reading.area, []).append(reading)
    judged = sorted((_area(area, its) for area, its in by_area.items()), key=lambda concern: concern.rank)
    needing = [concern for concern in judged if concern.worst]
    return tuple(
        concern
        for level, most in AREAS_SHOWN.items()
        for concern in [concern for concern in needing if concern.area.level == level][:most]
    )


def _worst(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    return tuple(sorted(readings, key=lambda reading: (*reading.rank, reading.area.path))[:WORST_AREAS])


def _area(area: Area, readings: Sequence[Reading]) -> AreaConcern:
    needing = [reading for reading in readings if is_concern(reading)]
    return AreaConcern(
        area=area,
        lights=lights_of(readings),
        worst=_worst(needing),
        red=sum(reading.light == RED for reading in readings),
        worsening=sum(reading.worsening for reading in readings),
    )
