"""Colour bands of expected incidents: round numbers, the same in legend and map, and none for what is unknown."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

COLOURS = ("#fdeedb", "#f9d2a2", "#f1a766", "#dc7638", "#ae451c", "#6d1f0b")
"""From few to many: one hue, ever darker, so that the order reads without colour vision."""
UNKNOWN_PAPER, UNKNOWN_LINE = "#f3f4f6", "#bdc4cc"
"""Hatching of cells without any history: grey, never a colour of the scale."""

TIER_COLOURS = ("#6d1f0b", "#dc7638", "#f7cf9d", "#e4e8ec")
"""Tiers of buildings, the highest first."""
PRESSURE_COLOURS = ("#e6eef6", "#bdd3e8", "#86add3", "#4a7eb4", "#1c4a7e")
"""Pressure on estates by fifths: another hue, so that it is not taken for the heat of cells."""

BREAKS = len(COLOURS) - 1
COARSE, FINE = (
    tuple(round(step * 10.0**power, 6) for power in range(-4, 5) for step in steps)
    for steps in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7))
)
TOP_SHARE = 0.75
"""The highest band begins at or below this share of the largest value, so that it is never empty."""


@dataclass(frozen=True)
class Scale:
    """Five limits between six bands, rising: band 0 lies below the first."""

    limits: tuple[float, ...]

    def band(self, expected: pl.Expr) -> pl.Expr:
        """Return the band 0 to 5 of a value; null for null."""
        return pl.sum_horizontal([(expected >= limit).cast(pl.Int64) for limit in self.limits], ignore_nulls=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The bands in numbers, for the legend: `<0.1`, `0.1–0.2`, …, `≥2`."""
        written = [f"{limit:g}" for limit in self.limits]
        between = [f"{low}–{high}" for low, high in itertools.pairwise(written)]
        return (f"<{written[0]}", *between, f"≥{written[-1]}")


def scale_of(expected: Sequence[float]) -> Scale:
    """Choose limits for the values of one class: five round steps that end near the largest value.

    Steps of 1-2-5 where the values span so many, else finer ones, so that no band is wasted below the smallest value.
    """
    low, top = min(expected, default=0.0), max(expected, default=1.0) * TOP_SHARE
    spanned = [step for step in COARSE if low < step <= top]
    if len(spanned) < BREAKS:
        spanned = [step for step in FINE if step <= top] or list(FINE)
    return Scale(tuple(spanned[-BREAKS:] if len(spanned) >= BREAKS else FINE[:BREAKS]))
