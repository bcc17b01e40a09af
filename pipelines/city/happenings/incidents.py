"""Incidents as they are: places that stay bad, places that flare up, quarrels about disputes, true clocks."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.city.happenings.disputes import draw_disputes
from pipelines.city.happenings.haunts import draw_flares, draw_places, flare_up
from pipelines.city.happenings.moments import (
    LONG_HISTORY_DAYS,
    Instants,
    Rhythm,
    draw_instants,
    draw_nights,
    history_days,
    progress,
    told_on,
)
from pipelines.city.numbers import Ints
from pipelines.city.world import World
from pipelines.city.writing.draws import choice

PER_RESIDENT_YEAR = 0.048
_KINDS: tuple[tuple[str, float, int, Rhythm], ...] = (
    ("盗窃", 0.12, 1, Rhythm(16.0, 5.0, peak=20, season=0.25, fall=0.9)),
    ("入室盗窃", 0.03, 1, Rhythm(3.0, 4.0, peak=20, season=0.3, fall=1.0)),
    ("电信网络诈骗", 0.13, 2, Rhythm(14.0, 3.5, weekend=0.7, fall=0.7)),
    ("抢劫", 0.005, 1, Rhythm(22.0, 3.0, fall=0.8)),
    ("打架斗殴", 0.06, 3, Rhythm(23.0, 2.5, peak=200, season=0.35, weekend=1.6, fall=0.3)),
    ("家庭纠纷", 0.12, 3, Rhythm(20.5, 3.0, weekend=1.2, fall=0.1)),
    ("邻里纠纷", 0.14, 3, Rhythm(19.0, 3.5, weekend=1.1, fall=0.1)),
    ("噪音扰民", 0.2, 4, Rhythm(22.0, 2.0, peak=205, season=0.45, weekend=1.3)),
    ("火灾", 0.02, 0, Rhythm(18.0, 5.0, peak=25, season=0.4, fall=0.5)),
    ("走失", 0.02, 0, Rhythm(15.0, 4.0)),
    ("其他", 0.155, 0, Rhythm(15.0, 5.0)),
)
CATEGORIES = [name for name, _, _, _ in _KINDS]
CRIMES, PETTY = ("入室盗窃", "电信网络诈骗", "抢劫"), ("盗窃", "打架斗殴")
PREVENTABLE = ("盗窃", "入室盗窃", "电信网络诈骗", "抢劫", "火灾")
_FLARING = tuple(CATEGORIES.index(name) for name in ("盗窃", "打架斗殴", "噪音扰民"))
_QUARRELS = {"家庭": "家庭纠纷", "邻里": "邻里纠纷"}
_QUARREL_DAYS = (-30, 60)
LASTING_SHARE = 0.1


def draw_incidents(world: World) -> pl.DataFrame:
    """Return all incidents, in the order in which they were reported; a pure function of the world.

    Returns:
        record, place, night (of the first delivery that can tell), reported, dispatched, arrived, closed (naive local),
        told_night (of the delivery that tells the closing), category, origin, outcome (once closed).
    """
    rng = world.rng("happenings/incidents")
    past = history_days(world, LONG_HISTORY_DAYS)
    night = draw_nights(world, rng, PER_RESIDENT_YEAR, past)
    kind = rng.choice(len(_KINDS), len(night), p=np.array([weight for _, weight, _, _ in _KINDS]))
    at = draw_instants(world, rng, night, kind, tuple(rhythm for *_, rhythm in _KINDS), past)
    place = _places(world, rng, kind)
    flare_up(world, rng, draw_flares(world, rng, _FLARING, past), night, at, place, kind)
    quarrels = _quarrels(world, rng, past)
    night, at, place, kind = (
        np.concatenate([own, more]) for own, more in zip((night, at, place, kind), quarrels, strict=True)
    )
    order = np.lexsort((place, at.astype(np.int64), night))
    return _with_clocks(world, rng, night[order], at[order], place[order], kind[order])


def _places(world: World, rng: np.random.Generator, kind: Ints) -> Ints:
    """Draw places by kind; theft, fraud, quarrels and noise each have places of their own among the haunts."""
    likings = np.array([liking for _, _, liking, _ in _KINDS])[kind]
    place = np.empty(len(kind), dtype=np.int64)
    for liking in range(int(likings.max(initial=0)) + 1):
        rows = np.flatnonzero(likings == liking)
        place[rows] = draw_places(world, rng, len(rows), liking)
    return place


def _quarrels(world: World, rng: np.random.Generator, past: int) -> tuple[Ints, Instants, Ints, Ints]:
    """Return the incidents that bitter disputes lead to, around the days of the dispute and in its building."""
    disputes = draw_disputes(world).filter("bitter")
    times = rng.poisson(1.6, len(disputes))
    of = np.repeat(np.arange(len(disputes)), times)
    days = rng.integers(*_QUARREL_DAYS, len(of)).astype("timedelta64[D]")
    hour = (rng.normal(20.5, 3.0, len(of)) % 24 * 3600).astype(np.int64).astype("timedelta64[s]")
    at = disputes["at"].to_numpy().astype("datetime64[D]")[of] + days + hour
    site = world.places.register["site"].to_numpy()[disputes["place"].to_numpy()][of]
    category = disputes["kind"].replace_strict(_QUARRELS, default="打架斗殴", return_dtype=pl.String)
    kind = category.replace_strict({name: i for i, name in enumerate(CATEGORIES)}, return_dtype=pl.Int64).to_numpy()
    night = told_on(world, at, np.zeros(len(of), dtype=np.int64))
    start = np.datetime64(world.start, "s")
    kept = (night < world.nights) & (at >= start - np.timedelta64(past, "D"))
    return night[kept], at[kept], site[kept], kind[of][kept]


def _with_clocks(
    world: World, rng: np.random.Generator, night: Ints, at: Instants, place: Ints, kind: Ints
) -> pl.DataFrame:
    size, far = len(night), progress(world, at)
    category = np.array(CATEGORIES, dtype=object)[kind]
    dispatched = rng.integers(1, 4, size)
    way = rng.gamma(2.5, 6.5 - 3.3 * far) * np.where(category == "火灾", 0.8, 1.0)
    arrived = dispatched + way.astype(np.int64) + 1
    lasting = np.where(rng.random(size) < LASTING_SHARE, rng.exponential(6 * 1_440, size), rng.gamma(1.5, 60, size))
    closed = arrived + lasting.astype(np.int64) + 1
    origin = choice(rng, ["群众报警", "主动发现", "预警推送"], size, [0.75, 0.11, 0.14])
    pushed = (origin == "预警推送").to_numpy()
    false_chance: NDArray[np.float64] = np.where(pushed, 0.38 - 0.12 * far, 0.05)
    handed_over = np.where(rng.random(size) < 0.14, "移交", "已处置")

    def clock(minutes: Ints) -> Instants:
        return np.asarray((at + minutes.astype("timedelta64[m]")).astype("datetime64[us]"))

    return pl.DataFrame(
        {
            "record": np.arange(size),
            "place": place,
            "night": night,
            "reported": at.astype("datetime64[us]"),
            "dispatched": clock(dispatched),
            "arrived": clock(arrived),
            "closed": clock(closed),
            "told_night": told_on(world, clock(closed), night),
            "category": category.tolist(),
            "origin": origin,
            "outcome": np.where(rng.random(size) < false_chance, "误报", handed_over).tolist(),
        }
    )
