"""When people came to live where they live, and when the police heard of it."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.happenings.moments import progress
from pipelines.city.world import World

TOLD_DAYS = 7
_MEAN_STAY_DAYS, _STAY_DAYS = {True: 600.0, False: 3_000.0}, (12, 9_000)
_LATE, _LATE_LATELY, _LATE_DAYS = 0.22, 0.1, (8, 90)


def draw_arrivals(world: World) -> pl.DataFrame:
    """Return one row a spell of a person in a home; a pure function of the world.

    Returns:
        person, place, from_night, to_night, is_floating, arrived (date; a household comes together; whoever moved on a
        night, on its day), registered (date on which the police, if at all, wrote them in; null for arrivals on a
        night: the feed tells).
    """
    rng = world.rng("happenings/arrivals")
    floating = world.persons["migrant"].to_numpy()
    spells = world.people.spells.sort("person", "from_night")
    is_floating = floating[spells["person"].to_numpy()]
    households = int(spells["household"].to_numpy().max()) + 1
    patience, told, late = rng.exponential(1.0, households), rng.random(households), rng.random(households)
    household = spells["household"].to_numpy()
    stay = patience[household] * np.where(is_floating, _MEAN_STAY_DAYS[True], _MEAN_STAY_DAYS[False])
    back = np.clip(stay, *_STAY_DAYS).astype(np.int64)
    moved = spells["from_night"].to_numpy()
    arrived = np.datetime64(world.start, "D") + np.where(moved > 0, moved, -back).astype("timedelta64[D]")
    late_share = _LATE + (_LATE_LATELY - _LATE) * progress(world, arrived)
    low, high = _LATE_DAYS
    days = np.where(told[household] < late_share, low + late[household] * (high - low), late[household] * TOLD_DAYS)
    registered = np.minimum(
        arrived + days.astype(np.int64).astype("timedelta64[D]"),
        np.datetime64(world.start, "D") - np.timedelta64(1, "D"),
    )
    return spells.select("person", "place", "from_night", "to_night").with_columns(
        pl.Series("is_floating", is_floating),
        pl.Series("arrived", arrived),
        pl.Series("registered", np.where(moved > 0, np.datetime64("NaT"), registered).astype("datetime64[D]")),
    )
