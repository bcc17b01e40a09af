"""When things happen: over the history before the first delivery and on each night after it, by season and hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.city.numbers import Ints
from pipelines.city.world import World

YEAR_DAYS = 365
LONG_HISTORY_DAYS = 790
"""26 months: a base year, and twelve months after it to compare with."""
_DAY_SECONDS = 86_400
_SATURDAY, _MONDAY_SHIFT = 5, 3  # 1970-01-01 was a Thursday

Instants = NDArray[np.datetime64]


@dataclass(frozen=True)
class Rhythm:
    """How one kind of happening is spread over days and hours.

    Attributes:
        hour, spread: the hour around which it happens, and the standard deviation in hours.
        peak, season: day of the year of the peak, and how much more than the mean happens then (0..1).
        weekend: how many times as much happens on a Saturday or Sunday.
        fall: how much more than today happened at the beginning of a long history (0.4: 40 % more).
    """

    hour: float
    spread: float
    peak: int = 1
    season: float = 0.0
    weekend: float = 1.0
    fall: float = 0.0

    def day_weights(self, days: NDArray[np.datetime64], back: Ints) -> NDArray[np.float64]:
        """Return how likely each day is; `back` is its distance in days from the first delivery."""
        of_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64)
        weekday = (days.astype(np.int64) + _MONDAY_SHIFT) % 7
        season = 1 + self.season * np.cos(2 * np.pi * (of_year - self.peak) / YEAR_DAYS)
        trend = 1 + self.fall * back / LONG_HISTORY_DAYS
        weights: NDArray[np.float64] = season * trend * np.where(weekday >= _SATURDAY, self.weekend, 1.0)
        return np.asarray(weights / weights.sum())


def history_days(world: World, days: int) -> int:
    """Return the days of history in the first delivery: `days`, or what the city's calendar says."""
    return world.calendar.history_days if world.calendar else days


def draw_nights(world: World, rng: np.random.Generator, per_resident_year: float, past: int) -> Ints:
    """Draw how much happens, as the night of each happening, ascending: 0 for all of the history."""
    residents = world.people.spells["person"].n_unique()
    rate = residents * per_resident_year / YEAR_DAYS * (world.calendar.activity if world.calendar else 1.0)
    counts = [rng.poisson(rate * past), *(rng.poisson(rate) for _ in range(1, world.nights))]
    return np.repeat(np.arange(world.nights), counts)


def draw_instants(
    world: World, rng: np.random.Generator, night: Ints, kind: Ints, rhythms: tuple[Rhythm, ...], past: int
) -> Instants:
    """Draw the local instant (datetime64[s]) of each happening: in the history, or on the day before its night."""
    start = np.datetime64(world.start, "D")
    back = np.arange(1, past + 1)
    days = start - back.astype("timedelta64[D]")
    at = np.empty(len(night), dtype="datetime64[s]")
    for number, rhythm in enumerate(rhythms):
        rows = np.flatnonzero(kind == number)
        drawn = days[rng.choice(past, len(rows), p=rhythm.day_weights(days, back))]
        day = np.where(night[rows] == 0, drawn, start + (night[rows] - 1).astype("timedelta64[D]"))
        second = (rng.normal(rhythm.hour, rhythm.spread, len(rows)) % 24 * 3600).astype(np.int64) % _DAY_SECONDS
        at[rows] = day.astype("datetime64[s]") + second.astype("timedelta64[s]")
    return at


def told_on(world: World, known_from: Any, night: Ints) -> Ints:
    """Return the first night whose delivery can tell what is known from an instant on, never before `night`."""
    seconds = (known_from.astype("datetime64[s]") - np.datetime64(world.start, "s")).astype(np.int64)
    return np.asarray(np.maximum(night, -(-seconds // _DAY_SECONDS)))


def progress(world: World, at: Any) -> NDArray[np.float64]:
    """Return how far a happening lies between the beginning of a long history (0) and the first delivery (1)."""
    days = (at.astype("datetime64[D]") - np.datetime64(world.start, "D")).astype(np.float64)
    return np.asarray(np.clip(1 + days / LONG_HISTORY_DAYS, 0.0, 1.0))
