"""Coordinates of a whole feed that are off by one and the same step.

Chinese web maps give coordinates in a shifted system (GCJ-02, 300 to 600 m off; BD-09, about 1 km), registers in
CGCS2000. A feed that copies from such a map is off by the same step everywhere in a district, and looks right on its
own. Against the addresses of the same calls the step shows.
"""

from __future__ import annotations

import numpy as np

from pipelines.risk.places.grid import Floats

FEWEST_PAIRS = 30
LEAST_STEP_M = 100.0
FARTHEST_M = 2_000.0
MOST_SCATTER = 0.5
"""Half of the pairs must lie nearer to the common step than this share of its length: else it is no common step."""


def common_step(east_m: Floats, north_m: Floats) -> tuple[float, float]:
    """Return by how many metres all coordinates are off, east and north; 0, 0 unless the pairs agree on it.

    Args:
        east_m: coordinates less those of the call's own building, NaN without a pair.
        north_m: the same to the north.
    """
    paired = np.hypot(east_m, north_m) <= FARTHEST_M
    if paired.sum() < FEWEST_PAIRS:
        return 0.0, 0.0
    east, north = float(np.median(east_m[paired])), float(np.median(north_m[paired]))
    step = float(np.hypot(east, north))
    scatter = float(np.median(np.hypot(east_m[paired] - east, north_m[paired] - north)))
    return (east, north) if step >= LEAST_STEP_M and scatter <= MOST_SCATTER * step else (0.0, 0.0)
