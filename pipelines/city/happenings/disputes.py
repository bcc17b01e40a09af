"""Disputes as they are: where, of what kind, how they were found, how long they last and how they end."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.happenings.haunts import draw_places, site_weights
from pipelines.city.happenings.moments import (
    LONG_HISTORY_DAYS,
    Rhythm,
    draw_instants,
    draw_nights,
    history_days,
    progress,
    told_on,
)
from pipelines.city.world import World
from pipelines.city.writing.draws import choice

PER_RESIDENT_YEAR = 0.02
KINDS = ["邻里", "物业", "家庭", "劳资", "房产", "其他"]
KIND_WEIGHTS = [0.3, 0.22, 0.2, 0.1, 0.1, 0.08]
OTHER_ORIGINS = ["群众反映", "12345热线", "警情移交"]
BITTER_SHARE, BITTER_SHARE_AT_HAUNTS, HAUNT_QUANTILE = 0.1, 0.3, 0.9
LASTING_SHARE = 0.08
_RHYTHMS = (Rhythm(15.0, 3.0, weekend=0.6),)


def draw_disputes(world: World) -> pl.DataFrame:
    """Return all disputes, in the order in which they came up; a pure function of the world.

    Returns:
        record, place, night (of the first delivery that can tell), at (naive local), kind, origin, success (bool),
        closed_on, told_night (of the delivery that tells the end), minutes (from the call to the answer), bitter (bool:
        mediation fails more often, lasts longer, and the police hear of it).
    """
    rng = world.rng("happenings/disputes")
    past = history_days(world, LONG_HISTORY_DAYS)
    night = draw_nights(world, rng, PER_RESIDENT_YEAR, past)
    size = len(night)
    at = draw_instants(world, rng, night, np.zeros(size, dtype=np.int64), _RHYTHMS, past)
    place = draw_places(world, rng, size)
    far = progress(world, at)
    weights = site_weights(world)
    haunt = weights[place] > np.quantile(weights[world.places.homes], HAUNT_QUANTILE)
    bitter = rng.random(size) < np.where(haunt, BITTER_SHARE_AT_HAUNTS, BITTER_SHARE)
    proactive = rng.random(size) < 0.55 + 0.13 * far
    days = rng.gamma(2.0, np.where(rng.random(size) < LASTING_SHARE, 80.0, np.where(bitter, 9.0, 5.0)))
    closed = at.astype("datetime64[D]") + days.astype(np.int64).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "place": place,
            "night": night,
            "at": at.astype("datetime64[us]"),
            "kind": choice(rng, KINDS, size, KIND_WEIGHTS),
            "origin": np.where(
                proactive, "主动排查", choice(rng, OTHER_ORIGINS, size, [0.45, 0.33, 0.22]).to_numpy()
            ).tolist(),
            "success": rng.random(size) < np.where(bitter, 0.4, 0.68 + 0.12 * far),
            "closed_on": closed,
            "told_night": told_on(world, closed + np.timedelta64(1, "D"), night),
            "minutes": (rng.gamma(2.2, 22.0 - 6.0 * far) + 3).astype(np.int64),
            "bitter": bitter,
        }
    )
    return frame.sort("night", "at", "place").with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
