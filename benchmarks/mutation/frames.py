"""Corruptions of rows and cells: they take one table, and are applied to all files of a delivery or to one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import polars as pl

from mutation.case import Case, Corrupt, Damage, Rng, changed_share, family
from mutation.export import Export, files_of

LEAST_CHANGED = 0.03
ONE_FILE_SHARE = 0.3
FEWEST_ROWS = 6

Corrupted = tuple[pl.DataFrame, str]
CorruptFrame = Callable[[Case, pl.DataFrame, Rng], Corrupted | None]


def frame_corruption(corrupt: CorruptFrame) -> Corrupt:
    """Make a corruption of a delivery out of one of a table, under the same name.

    All files of the delivery are damaged, or in three of ten cases one of several. A file that the corruption leaves
    as it was (under three of a hundred rows changed) does not count.
    """

    @wraps(corrupt)
    def whole(case: Case, rng: Rng) -> Damage | None:
        large = [i for i, export in enumerate(case.exports) if len(export.frame) >= FEWEST_ROWS]
        if not large:
            return None
        chosen = set(large)
        if len(large) > 1 and rng.random() < ONE_FILE_SHARE:
            chosen = {large[int(rng.integers(0, len(large)))]}
        done, notes = _apply(case, corrupt, chosen, rng)
        if not notes:
            return None
        where = "" if len(case.exports) == 1 else f" in {len(notes)} of {len(case.exports)} files"
        return Damage(files_of(done), f"{notes[0]}{where}")

    return family(whole)


def _apply(case: Case, corrupt: CorruptFrame, chosen: set[int], rng: Rng) -> tuple[list[Export], list[str]]:
    done, notes = [], []
    start = rng.bit_generator.state
    for number, export in enumerate(case.exports):
        if number in chosen:
            rng.bit_generator.state = start  # the same column and share in every file
            result = corrupt(case, export.frame, rng)
            if result and changed_share(export.frame, result[0]) >= LEAST_CHANGED:
                notes.append(result[1])
                done.append(export.with_frame(result[0]))
                continue
        done.append(export)
    return done, notes
