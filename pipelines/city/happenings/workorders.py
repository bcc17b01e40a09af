"""Repairs and complaints as they are: where in an estate, of what kind, and how long they take."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.happenings.haunts import draw_places
from pipelines.city.happenings.moments import (
    YEAR_DAYS,
    Rhythm,
    draw_instants,
    draw_nights,
    history_days,
    told_on,
)
from pipelines.city.world import World
from pipelines.city.writing.draws import choice

PER_RESIDENT_YEAR = 0.06
_KINDS: tuple[tuple[str, float, float], ...] = (
    ("消防通道占用", 0.12, 14.0),
    ("电梯故障", 0.14, 16.0),
    ("漏水", 0.16, 45.0),
    ("噪音", 0.16, 20.0),
    ("高空抛物", 0.04, 30.0),
    ("门禁损坏", 0.1, 40.0),
    ("物业费纠纷", 0.08, 80.0),
    ("其他", 0.2, 35.0),
)
"""Kind, share, and mean hours until it is closed, divided by the shape of the gamma distribution."""
_SHAPE = 1.3
_RHYTHMS = (Rhythm(17.0, 5.0),)


def draw_workorders(world: World) -> pl.DataFrame:
    """Return all work orders, in the order in which they were reported; a pure function of the world.

    Returns:
        record, place, night (of the first delivery that can tell), reported, closed (naive local), told_night (of the
        delivery that tells the closing), kind.
    """
    rng = world.rng("happenings/workorders")
    past = history_days(world, YEAR_DAYS)
    night = draw_nights(world, rng, PER_RESIDENT_YEAR, past)
    size = len(night)
    at = draw_instants(world, rng, night, np.zeros(size, dtype=np.int64), _RHYTHMS, past)
    place = draw_places(world, rng, size)
    kind = choice(rng, [name for name, _, _ in _KINDS], size, [weight for _, weight, _ in _KINDS])
    scale = kind.replace_strict({name: hours for name, _, hours in _KINDS}, return_dtype=pl.Float64).to_numpy()
    hours = rng.gamma(_SHAPE, scale).astype(np.int64) + 1
    closed = at + hours.astype("timedelta64[h]")
    frame = pl.DataFrame(
        {
            "place": place,
            "night": night,
            "reported": at.astype("datetime64[us]"),
            "closed": closed.astype("datetime64[us]"),
            "told_night": told_on(world, closed, night),
            "kind": kind,
        }
    )
    managed = world.places.register["kind"][place].is_in(["estate", "shop"])
    frame = frame.filter(managed).sort("night", "reported", "place")
    return frame.with_row_index("record").with_columns(pl.col("record").cast(pl.Int64))
