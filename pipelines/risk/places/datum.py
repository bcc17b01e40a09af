"""Coordinates of a whole feed that are off by one and the same step.

Chinese web maps give coordinates in a shifted system (GCJ-02, 300 to 600 m off; BD-09, about 1 km), registers in
CGCS2000. A feed that copies from such a map is off by the same step everywhere in a district, and looks right on its
own. Against the addresses of the same calls the step shows.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.risk.places.grid import Floats

FEWEST_PAIRS = 30
"""Places with a call that has both coordinates and an address."""
LEAST_STEP_M = 100.0
FARTHEST_M = 2_000.0
MOST_SCATTER = 0.5
"""Half of the pairs must lie nearer to the common step than this share of its length: else it is no common step."""


def common_step(east_m: Floats, north_m: Floats, places: tuple[Floats, Floats]) -> tuple[float, float]:
    """Return by how many metres all coordinates are off, east and north; 0, 0 unless the pairs agree on it.

    A place counts once, however many calls it has: one busy house beside its mast is not a shifted feed.

    Args:
        east_m: coordinates less those of the call's own building, NaN without a pair.
        north_m: the same to the north.
        places: metres east and north of that building.
    """
    pairs = _one_per_place(east_m, north_m, places)
    east_of, north_of = pairs["east"].to_numpy(), pairs["north"].to_numpy()
    paired = np.hypot(east_of, north_of) <= FARTHEST_M
    if paired.sum() < FEWEST_PAIRS:
        return 0.0, 0.0
    east, north = float(np.median(east_of[paired])), float(np.median(north_of[paired]))
    step = float(np.hypot(east, north))
    scatter = float(np.median(np.hypot(east_of[paired] - east, north_of[paired] - north)))
    return (east, north) if step >= LEAST_STEP_M and scatter <= MOST_SCATTER * step else (0.0, 0.0)


def _one_per_place(east_m: Floats, north_m: Floats, places: tuple[Floats, Floats]) -> pl.DataFrame:
    """Return the median of the steps of each place: x, y, east, north."""
    pairs = pl.DataFrame({"x": places[0], "y": places[1], "east": east_m, "north": north_m})
    return pairs.filter(pl.all_horizontal(pl.all().is_finite())).group_by("x", "y").median()
