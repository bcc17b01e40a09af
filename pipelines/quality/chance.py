"""How many breaches chance alone explains, so that a small delivery raises no alarm over one typing error."""

from __future__ import annotations

from math import exp

# A city judges some three hundred rules with a `mostly` a night, nearly all of them far from it, so that one delivery
# in a hundred that lies right at its limit may pass for chance.
CHANCE = 0.01
# Above this many expected breaches the share itself decides: chance is then small against it.
FEW = 10.0


def allowed_breaches(judged: int, mostly: float) -> int:
    """Return how many of `judged` rows may break a rule that holds for `mostly` of the rows.

    Where many breaches are expected, the share decides. Where few are, as many pass as chance brings in all but one
    of a hundred such deliveries (Poisson).

    >>> allowed_breaches(100, 0.98), allowed_breaches(8, 0.98), allowed_breaches(100_000, 0.98)
    (6, 2, 2000)
    """
    expected = judged * (1 - mostly)
    by_share = int(expected + 1e-9)
    if expected >= FEW or expected <= 0:
        return by_share
    count, term = 0, exp(-expected)
    total = term
    while 1 - total > CHANCE:
        count += 1
        term *= expected / count
        total += term
    return max(by_share, min(count, judged))
