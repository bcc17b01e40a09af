"""Coarse steps for the counts of a night, so that a night which changes little changes few of them.

A weight that moved with every new row would make every pair of the city another pair each night. Frequencies are
therefore told in quarters of an octave (at most 9 % off, .125 bits in a weight) and shares in steps of .02. A full run
takes the same steps as a night that reuses the scores of the last one, and no state is carried: equal rows give equal
steps.
"""

from __future__ import annotations

import math
from typing import Final

import polars as pl

STEPS_PER_OCTAVE: Final = 4
SHARE_STEP: Final = 0.02


def stepped(value: float) -> float:
    """The nearest quarter of an octave to a positive number; 0 stays 0."""
    if value <= 0:
        return 0.0
    return float(2.0 ** (round(math.log2(value) * STEPS_PER_OCTAVE) / STEPS_PER_OCTAVE))


def stepped_column(column: pl.Expr) -> pl.Expr:
    """`stepped` for a column of positive numbers; null stays null."""
    return pl.lit(2.0).pow((column.log(2) * STEPS_PER_OCTAVE).round() / STEPS_PER_OCTAVE)


def stepped_share(column: pl.Expr) -> pl.Expr:
    """The nearest multiple of `SHARE_STEP`."""
    return (column / SHARE_STEP).round() * SHARE_STEP
