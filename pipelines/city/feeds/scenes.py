"""Places and moments of things that happen: incidents, disputes, work orders; some addresses draw more than others."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.life import FOREVER
from pipelines.city.numbers import Ints
from pipelines.city.world import World
from pipelines.city.writing.addresses import write_addresses

HISTORY_DAYS = 365
LEVEL_SHARES = (0.5, 0.3, 0.2)  # at a room, a building or house, an estate
_POINT_SHARE = 0.45


def draw_scenes(
    world: World, rng: np.random.Generator, department: str, per_resident_year: float, *, room_only: bool = False
) -> pl.DataFrame:
    """Draw scenes of a year and all nights: night, at (naive local), address with truth, lon_text, lat_text."""
    residents = world.people.spells["person"].n_unique()
    calendar = world.calendar
    past = calendar.history_days if calendar else HISTORY_DAYS
    rate = residents * per_resident_year / HISTORY_DAYS * (calendar.activity if calendar else 1.0)
    counts = [rng.poisson(rate * past), *(rng.poisson(rate) for _ in range(1, world.nights))]
    night = np.repeat(np.arange(world.nights), counts)
    size = len(night)
    back = np.where(night == 0, rng.integers(1, past, size), 1)
    second = np.clip(rng.normal(17, 5, size) % 24 * 3600, 0, 86_399).astype(np.int64)
    at = np.datetime64(world.start, "s") + (night - back).astype("timedelta64[D]") + second.astype("timedelta64[s]")
    place = draw_places(world, rng, size)
    habits = world.habits(department)
    written = write_addresses(rng, world.places, place, habits.address, habits.formal, room_only=room_only)
    register = world.places.register
    has_point = rng.random(size) < _POINT_SHARE
    jitter = rng.normal(0, 0.0002, (size, 2))
    points = [
        pl.Series((register[axis].fill_null(float("nan")).to_numpy()[place] + jitter[:, i]).round(6))
        .to_frame("v")
        .select(pl.when(pl.Series(has_point) & pl.col("v").is_not_nan()).then(pl.col("v").cast(pl.String)))["v"]
        .alias(f"{axis}_text")
        for i, axis in enumerate(("lon", "lat"))
    ]
    order = np.lexsort((at.astype(np.int64), night))
    frame = written.with_columns(pl.Series("night", night), pl.Series("at", at.astype("datetime64[us]")), *points)
    return frame[order].with_columns(pl.lit(FOREVER, dtype=pl.Int64).alias("to"))


def draw_places(world: World, rng: np.random.Generator, size: int) -> Ints:
    """Draw places of all levels; a tenth of the buildings draws half of what happens."""
    register = world.places.register
    homes = world.places.homes
    site = register["site"].to_numpy()
    weight = np.random.default_rng([world.seed, 77]).gamma(0.35, 1.0, len(register))[site[homes]] + 0.02
    room = homes[rng.choice(len(homes), size, p=weight / weight.sum())]
    building = register["building_place"].fill_null(-1).to_numpy()[room]
    estate = register["estate_place"].fill_null(-1).to_numpy()[room]
    estate = np.where(estate >= 0, estate, building)
    level = rng.choice(3, size, p=LEVEL_SHARES)
    chosen: Ints = np.where(level == 0, room, np.where(level == 1, building, estate))
    return chosen
