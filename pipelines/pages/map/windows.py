"""The windows of a street: its patches of built-up ground, cut out of the map at one scale."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.pages.map.ground import Ground
from pipelines.pages.map.layout import Placed, arrange

SHEET_WIDTH, SHEET_HEIGHT = 700.0, 940.0
MARGIN_CELLS = 1
LEAST_COLUMNS, LEAST_ROWS = 7, 5
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Window:
    """One part of a street.

    Attributes:
        part, patch: which.
        left, top, columns, rows: what is cut out, in cells.
        communities: of its cells, the largest first, at most three.
        others: how many more communities there are.
        cells: how many cells of the street it shows.
        place: where it stands on the sheet, in pixels.
    """

    part: int
    patch: int
    left: int
    top: int
    columns: int
    rows: int
    communities: tuple[str, ...]
    others: int
    cells: int
    place: Placed


@dataclass(frozen=True)
class StreetSheet:
    """All windows of one street, the largest first, with the size in pixels and pixels per cell."""

    zone: int
    width: float
    height: float
    scale: float
    windows: tuple[Window, ...]


def sheets_of(ground: Ground) -> tuple[StreetSheet, ...]:
    """Cut every street into its windows, in the order of the streets."""
    counted = (
        ground.cells.filter(pl.col("community").is_not_null())
        .group_by("patch", "community")
        .len()
        .sort("patch", "len", "community", descending=[False, True, False])
        .group_by("patch", maintain_order=True)
        .agg(communities="community")
    )
    parts = (
        ground.cells.group_by("zone", "part", "patch")
        .agg(
            left=pl.col("col").min(),
            right=pl.col("col").max(),
            top=pl.col("row").min(),
            bottom=pl.col("row").max(),
            cells=pl.len(),
        )
        .join(counted, on="patch", how="left")
        .sort("zone", "cells", "patch", descending=[False, True, False])
    )
    return tuple(_sheet(rows) for rows in parts.partition_by("zone", maintain_order=True))


def _sheet(parts: pl.DataFrame) -> StreetSheet:
    cuts = [_cut(row["left"], row["right"], row["top"], row["bottom"]) for row in parts.to_dicts()]
    sheet = arrange([(columns, rows) for _, _, columns, rows in cuts], SHEET_WIDTH, SHEET_HEIGHT)
    places = sorted(sheet.placed, key=lambda placed: placed.index)
    windows = tuple(
        Window(
            row["part"],
            row["patch"],
            *cut,
            tuple((row["communities"] or [])[:NAMES_SHOWN]),
            max(0, len(row["communities"] or []) - NAMES_SHOWN),
            row["cells"],
            place,
        )
        for row, cut, place in zip(parts.to_dicts(), cuts, places, strict=True)
    )
    return StreetSheet(parts["zone"][0], sheet.width, sheet.height, sheet.scale, windows)


def _cut(left: int, right: int, top: int, bottom: int) -> tuple[int, int, int, int]:
    """Return left, top, columns and rows of a window with a margin, no smaller than a title needs."""
    columns, rows = right - left + 1 + 2 * MARGIN_CELLS, bottom - top + 1 + 2 * MARGIN_CELLS
    wide, high = max(columns, LEAST_COLUMNS), max(rows, LEAST_ROWS)
    return left - MARGIN_CELLS - (wide - columns) // 2, top - MARGIN_CELLS - (high - rows) // 2, wide, high
