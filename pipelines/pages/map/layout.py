"""Where the built-up parts of a street stand on the page: all at one scale, row by row, whatever lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_SCALE, SMALLEST_SCALE = 34, 5
"""Pixels per cell; below the smallest, a part that is too wide for the page is shrunk with all others."""
SMALLER = 0.8
GAP, TITLE = 14.0, 24.0


@dataclass(frozen=True)
class Placed:
    """One window: its index in the order given, and its place and size in pixels, without its title above."""

    index: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Sheet:
    """All windows of a street, the scale in pixels per cell, and the size of the whole."""

    scale: float
    width: float
    height: float
    placed: tuple[Placed, ...]


def arrange(sizes: Sequence[tuple[int, int]], width: float, height: float) -> Sheet:
    """Arrange windows (columns, rows) in rows from high to low, at one scale.

    Of the scales at which the sheet stays below `height`, the largest counts most; one down to a fifth smaller is
    taken when it makes the sheet lower, because then windows stand beside each other. Where even the smallest scale
    needs more height, the sheet grows.
    """
    if not sizes:
        return Sheet(1.0, width, 0.0, ())
    fitting = min(float(LARGEST_SCALE), width / max(columns for columns, _ in sizes))
    halves = (half / 2 for half in range(2 * LARGEST_SCALE, 2 * SMALLEST_SCALE - 1, -1))
    scales = [fitting, *(scale for scale in halves if scale < fitting)]
    low = [sheet for scale in scales if (sheet := _shelves(sizes, width, scale)).height <= height]
    if not low:
        return _shelves(sizes, width, scales[-1])
    worthy = [sheet for sheet in low if sheet.scale >= low[0].scale * SMALLER]
    return min(worthy, key=lambda sheet: (round(sheet.height / sheet.scale), -sheet.scale))


def _shelves(sizes: Sequence[tuple[int, int]], width: float, scale: float) -> Sheet:
    order = sorted(range(len(sizes)), key=lambda index: (-sizes[index][1], -sizes[index][0], index))
    placed: list[Placed] = []
    x, top, shelf = 0.0, 0.0, 0.0
    for index in order:
        wide, high = (edge * scale for edge in sizes[index])
        if placed and x + wide > width + 0.01:
            x, top, shelf = 0.0, top + shelf + TITLE + GAP, 0.0
        placed.append(Placed(index, x, top + TITLE, wide, high))
        x, shelf = x + wide + GAP, max(shelf, high)
    used = max(window.x + window.width for window in placed)
    return Sheet(scale, used, top + TITLE + shelf, tuple(placed))
