"""Where things happen: some buildings draw much of it for years, a few flare up for some weeks and fade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.city.happenings.moments import Instants
from pipelines.city.numbers import Ints
from pipelines.city.world import World

LEVEL_SHARES = (0.5, 0.3, 0.2)  # at a room, a building or house, an estate
OLD_BEFORE = 2000
OLD_FACTOR = 2.3  # what the field tells of old estates against new ones
RESIDENTS_PER_FLARE, FEWEST_FLARES, FLARE_SHARE, FLARE_DAYS = 2_500, 4, 0.08, 20.0
_HAUNT_STREAM = 77


@dataclass(frozen=True)
class Flares:
    """Places that flare up: the place, the day before the first delivery on which it begins, the kind."""

    place: Ints
    begins: Ints
    kind: Ints


def site_weights(world: World) -> NDArray[np.float64]:
    """Return for every register row how much a home at its site draws: few much, most little, old ones more."""
    register = world.places.register
    drawn = np.random.default_rng([world.seed, _HAUNT_STREAM]).gamma(0.6, 1.0, len(register))
    site = register["site"].to_numpy()
    return np.asarray((drawn[site] + 0.02) * np.where(world.built[site] < OLD_BEFORE, OLD_FACTOR, 1.0))


def draw_places(world: World, rng: np.random.Generator, size: int, liking: int = 0) -> Ints:
    """Draw places of all levels; kinds of happenings with different `liking` prefer different ones of the haunts."""
    register, homes = world.places.register, world.places.homes
    weight = site_weights(world)
    if liking:
        own = np.random.default_rng([world.seed, _HAUNT_STREAM, liking]).gamma(2.0, 1.0, len(register))
        weight = weight * own[register["site"].to_numpy()]
    weight = weight[homes]
    room = homes[rng.choice(len(homes), size, p=weight / weight.sum())]
    building = register["building_place"].fill_null(-1).to_numpy()[room]
    estate = register["estate_place"].fill_null(-1).to_numpy()[room]
    estate = np.where(estate >= 0, estate, building)
    level = rng.choice(3, size, p=LEVEL_SHARES)
    chosen: Ints = np.where(level == 0, room, np.where(level == 1, building, estate))
    return chosen


def draw_flares(world: World, rng: np.random.Generator, kinds: tuple[int, ...], past: int) -> Flares:
    """Draw buildings that flare up, their beginnings spread over the history."""
    residents = world.people.spells["person"].n_unique()
    count = max(FEWEST_FLARES, residents // RESIDENTS_PER_FLARE)
    sites = np.unique(world.places.register["site"].to_numpy()[world.places.homes])
    begins = past - (np.arange(count) + rng.random(count)) * past / count
    kind = np.array(kinds)[rng.integers(0, len(kinds), count)]
    return Flares(sites[rng.integers(0, len(sites), count)], begins.astype(np.int64), kind)


def flare_up(
    world: World, rng: np.random.Generator, flares: Flares, night: Ints, at: Instants, place: Ints, kind: Ints
) -> None:
    """Move a share of the history to the flares, in place: few weeks after each began, fewer and fewer."""
    chosen = np.flatnonzero((night == 0) & (rng.random(len(night)) < FLARE_SHARE))
    number = rng.integers(0, len(flares.place), len(chosen))
    after = rng.exponential(FLARE_DAYS, len(chosen)).astype(np.int64)
    back = flares.begins[number] - after
    kept = back >= 1
    rows, number = chosen[kept], number[kept]
    moved = np.datetime64(world.start, "D") - back[kept].astype("timedelta64[D]")
    at[rows] = moved + (at[rows] - at[rows].astype("datetime64[D]"))
    place[rows] = flares.place[number]
    kind[rows] = flares.kind[number]
