"""Where the built-up parts of a street stand on the page: all at one scale, row by row, whatever lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LARGEST_SCALE, SMALLEST_SCALE = 34, 5
"""Pixels per cell; below the smallest, a part that is too wide for the page is shrunk with all others."""
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
    """Arrange windows (columns, rows) on a sheet: the largest scale at which they stay below `height`.

    Windows stand in rows from high to low; where even the smallest scale needs more height, the sheet grows.
    """
    if not sizes:
        return Sheet(1.0, width, 0.0, ())
    widest = max(columns for columns, _ in sizes)
    fitting = min(float(LARGEST_SCALE), width / widest)
    scales = [float(scale) for scale in range(LARGEST_SCALE, SMALLEST_SCALE - 1, -1) if scale <= fitting]
    sheets = (_shelves(sizes, width, scale) for scale in (fitting, *scales))
    low = next((sheet for sheet in sheets if sheet.height <= height), None)
    return low or _shelves(sizes, width, min(fitting, float(SMALLEST_SCALE)))


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
