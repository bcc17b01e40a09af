"""Whether the codes of a column are used as often as they usually are."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import polars as pl

# As for the parts of the city: standard deviations that chance explains of rows that come by chance.
CHANCE = 5.0
LEAST_HISTORY = 3
LEAST = 3
# What the share of a code moves from night to night without any reason.
SLACK = 0.02
# Of a full list: rows of one code that change between two deliveries, of that code's and of all rows.
FULL_SLACK = 5
FULL_SHARE = 0.1
FULL_ROWS = 0.01


def codes_moved(rows: pl.DataFrame) -> pl.Series:
    """Return `codes_moved`: how many codes are used far more or less often than before; null without a history.

    Args:
        rows: a row a column of a delivery: `is_full`, `is_scoped` (other parts of the city than before: not compared),
            `code_counts`, and `codes/earlier`, the counts of earlier
            deliveries, newest first.
    """
    told = rows.select("is_full", "is_scoped", "code_counts", "codes/earlier").iter_rows()
    moved = [None if part else _moved(now, before or [], is_full=bool(full)) for full, part, now, before in told]
    return pl.Series("codes_moved", moved, dtype=pl.Int64)


def _moved(now: Sequence[int] | None, before: Sequence[Sequence[int]], *, is_full: bool) -> int | None:
    # A contract whose code list changed is another measure: its counts cannot be compared.
    alike = [counts for counts in before if now is not None and len(counts) == len(now)]
    if now is None or len(alike) < LEAST_HISTORY or not sum(now):
        return None
    return _moved_in_full(now, alike) if is_full else _moved_by_chance(now, alike)


def _moved_in_full(now: Sequence[int], before: Sequence[Sequence[int]]) -> int:
    total, last = sum(now), before[0]
    widest = [max(column) - min(column) for column in zip(*before, strict=True)]
    room = [FULL_SLACK + FULL_SHARE * old + FULL_ROWS * total + moved for old, moved in zip(last, widest, strict=True)]
    return sum(abs(new - old) > slack for new, old, slack in zip(now, last, room, strict=True))


def _moved_by_chance(now: Sequence[int], before: Sequence[Sequence[int]]) -> int:
    total, pooled = sum(now), [sum(column) for column in zip(*before, strict=True)]
    rows = sum(pooled)
    moved = 0
    for new, old in zip(now, pooled, strict=True):
        share = (old + 1) / (rows + len(now))
        spread = sqrt(total * share * (1 - share) * (1 + total / max(rows, 1)))
        moved += abs(new - total * share) > CHANCE * spread + LEAST + SLACK * total
    return moved
