"""Truth against measured values: one small panel an indicator, one dot a cell."""

from __future__ import annotations

from html import escape

import polars as pl

COLUMNS, PANEL, GAP, MARGIN = 6, 150, 46, 30
DOTS = {"district": ("#1b4f72", 3.0), "community": ("#e67e22", 1.6)}


def scatter(cells: pl.DataFrame) -> str:
    """Return an SVG; on the diagonal, what is published is true."""
    shown = cells.filter(pl.col("difference").is_not_null() & pl.col("area_level").is_in(list(DOTS)))
    names = sorted(shown["indicator"].unique())
    rows = -(-len(names) // COLUMNS)
    width = MARGIN * 2 + COLUMNS * (PANEL + GAP)
    height = MARGIN * 2 + rows * (PANEL + GAP) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{MARGIN}" y="18" font-size="13">Truth (across) against published value (up): '
        "large dots districts, small dots communities, one a month</text>",
    ]
    for number, name in enumerate(names):
        left = MARGIN + number % COLUMNS * (PANEL + GAP)
        top = MARGIN + 20 + number // COLUMNS * (PANEL + GAP)
        parts += _panel(name, shown.filter(pl.col("indicator") == name), left, top)
    return "\n".join([*parts, "</svg>", ""])


def _panel(name: str, cells: pl.DataFrame, left: int, top: int) -> list[str]:
    low = min(float(cells[c].min()) for c in ("value", "value_true"))  # type: ignore[arg-type]
    high = max(float(cells[c].max()) for c in ("value", "value_true"))  # type: ignore[arg-type]
    span = (high - low) or 1.0
    low, span = low - span * 0.05, span * 1.1
    parts = [
        f'<rect x="{left}" y="{top}" width="{PANEL}" height="{PANEL}" fill="none" stroke="#999"/>',
        f'<line x1="{left}" y1="{top + PANEL}" x2="{left + PANEL}" y2="{top}" stroke="#bbb"/>',
        f'<text x="{left}" y="{top - 4}" font-size="8.5">{escape(name)}</text>',
        f'<text x="{left}" y="{top + PANEL + 11}" font-size="8" fill="#555">{low:.3g}</text>',
        f'<text x="{left + PANEL}" y="{top + PANEL + 11}" font-size="8" fill="#555" text-anchor="end">'
        f"{low + span:.3g}</text>",
    ]
    for level in reversed(DOTS):
        colour, radius = DOTS[level]
        for true, value in cells.filter(pl.col("area_level") == level).select("value_true", "value").iter_rows():
            x, y = left + (true - low) / span * PANEL, top + PANEL - (value - low) / span * PANEL
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" fill-opacity="0.55"/>')
    return parts
