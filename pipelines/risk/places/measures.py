"""What a list of places was worth, once the horizon is over.

Where several places tie at the end of the list, each is on it by the same fraction: a measure must not depend on the
order in which cells happen to lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from pipelines.risk.places.grid import Floats


def memberships(expected: Floats, area_shares: Sequence[float]) -> list[Floats]:
    """Return, for each area share, by how much each place is on the list of that share of all places.

    Args:
        expected: what the places are ranked by.
        area_shares: lengths of the lists, in shares of all places.

    1 above the cut, 0 below it, and between for those that tie at the cut; the sum is the share times the places.
    """
    ascending = np.sort(expected)
    return [_membership(expected, ascending, share * len(expected)) for share in area_shares]


def _membership(expected: Floats, ascending: Floats, wanted: float) -> Floats:
    if wanted <= 0:
        return np.zeros(len(expected))
    cut = ascending[len(ascending) - min(int(np.ceil(wanted)), len(ascending))]
    above, tied = expected > cut, expected == cut
    return np.where(above, 1.0, np.where(tied, (wanted - above.sum()) / tied.sum(), 0.0))


def hits(listed: Floats, happened: Floats) -> float:
    """Return how many of the incidents fell on the list."""
    return float((listed * happened).sum())


def best_hits(happened: Floats, area_shares: Sequence[float]) -> tuple[float, ...]:
    """Return how many incidents the best lists of these lengths would have had."""
    return tuple(hits(listed, happened) for listed in memberships(happened, area_shares))


def jaccard(first: Floats, second: Floats) -> float:
    """Return how much two lists share: 1 the same, 0 nothing; partial members count by their fraction."""
    union = float(np.maximum(first, second).sum())
    return float(np.minimum(first, second).sum()) / union if union else float("nan")


def log_score(expected: Floats, happened: Floats) -> float:
    """Return the mean Poisson log likelihood per place; nearer to 0 is better."""
    return float(np.mean(happened * np.log(expected) - expected - gammaln(happened + 1.0)))
