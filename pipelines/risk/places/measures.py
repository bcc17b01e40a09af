"""What a list of places was worth, once the horizon is over.

Where several places tie at the end of the list, each is on it by the same fraction: a measure must not depend on the
order in which cells happen to lie.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from pipelines.risk.places.grid import Floats


def membership(expected: Floats, area_share: float) -> Floats:
    """Return by how much each place is on the list of the `area_share` of all places with the highest values.

    1 above the cut, 0 below it, and between for those that tie at the cut; the sum is `area_share` times the places.
    """
    wanted = area_share * len(expected)
    if wanted <= 0:
        return np.zeros(len(expected))
    cut = np.sort(expected)[::-1][min(int(np.ceil(wanted)), len(expected)) - 1]
    above, tied = expected > cut, expected == cut
    return np.where(above, 1.0, np.where(tied, (wanted - above.sum()) / tied.sum(), 0.0))


def hits(listed: Floats, happened: Floats) -> float:
    """Return how many of the incidents fell on the list."""
    return float(np.dot(listed, happened))


def best_hits(happened: Floats, area_share: float) -> float:
    """Return how many incidents the best list of that size would have had."""
    return hits(membership(happened, area_share), happened)


def jaccard(first: Floats, second: Floats) -> float:
    """Return how much two lists share: 1 the same, 0 nothing; partial members count by their fraction."""
    union = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum()) / union if union else float("nan")


def log_score(expected: Floats, happened: Floats) -> float:
    """Return the mean Poisson log likelihood per place; nearer to 0 is better."""
    return float(np.mean(happened * np.log(expected) - expected - gammaln(happened + 1.0)))
