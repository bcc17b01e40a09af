"""Small charts for the pages of assets: an SVG inside the Markdown itself, so that no page asks another host for it.

Pure functions of counts. The alternative text of each picture says all that it shows.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH = 420
BARS_SHOWN = 12
REST = "(others)"
LINE_HEIGHT = 18
FONT_SIZE = 12
# Readable on the light and on the dark page.
INK = "#7a8194"
COLOUR = "#5b6ee1"
FACE = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"


def bars(counts: Mapping[str, int]) -> str:
    """Draw named counts as horizontal bars from zero, each with its number and its share, as Markdown.

    Args:
        counts: count by name, in the order to be drawn; what exceeds `BARS_SHOWN` is added up as `(others)`.

    Returns:
        A Markdown image; `none` when there is nothing to count.

    >>> bars({})
    'none'
    """
    shown = _shortened(counts)
    total = sum(shown.values())
    if not total:
        return "none"
    numbers = {name: f"{count:,}  {count / total:.1%}" for name, count in shown.items()}
    left = max(map(_text_width, shown)) + 8
    room = max(WIDTH - left - max(map(_text_width, numbers.values())) - 8, 60)
    top = max(shown.values())
    parts = []
    for row, (name, count) in enumerate(shown.items()):
        baseline, length = row * LINE_HEIGHT + 13, max(count / top * room, 1 if count else 0)
        parts += [
            _text(left - 8, baseline, name, "end"),
            f'<rect x="{left}" y="{baseline - 10}" width="{length:.1f}" height="12" rx="2" fill="{COLOUR}"/>',
            _text(left + length + 6, baseline, numbers[name]),
        ]
    return _picture("; ".join(f"{name} {count:,}" for name, count in shown.items()), len(shown) * LINE_HEIGHT, parts)


def course(counts: Sequence[int]) -> str:
    """Draw counts over the nights as a line between their least and their greatest, as Markdown.

    The scale does not begin at zero: of a register of twenty thousand, the hundred that came tonight are the news. Both
    ends of the scale stand beside it.

    Args:
        counts: one a night, oldest first.

    Returns:
        A Markdown image with the first and the last number in words below it; empty when there is no night.

    >>> course([])
    ''
    """
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    left = max(_text_width(f"{low:,}"), _text_width(f"{high:,}")) + 14
    across = (WIDTH - left - 10) / max(len(counts) - 1, 1)
    points = [
        (left + night * across, 58 - 48 * (count - low) / (high - low) if high > low else 34)
        for night, count in enumerate(counts)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [
        *_scale({10: high, 58: low} if high > low else {34: low}, left - 8),
        f'<polyline points="{line}" fill="none" stroke="{COLOUR}" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOUR}"/>' for x, y in points),
    ]
    told = f"{counts[0]:,} → {counts[-1]:,}, {_nights(len(counts))}"
    return f"{_picture('; '.join(f'{count:,}' for count in counts), 68, parts)}\n\n{told}"


def _shortened(counts: Mapping[str, int]) -> dict[str, int]:
    if len(counts) <= BARS_SHOWN:
        return dict(counts)
    named = list(counts.items())
    return {**dict(named[: BARS_SHOWN - 1]), REST: sum(count for _, count in named[BARS_SHOWN - 1 :])}


def _scale(marks: Mapping[int, int], right: int) -> list[str]:
    return [
        part
        for y, count in marks.items()
        for part in (
            _text(right, y + 4, f"{count:,}", "end"),
            f'<line x1="{right + 4}" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{INK}" stroke-width=".5" '
            'stroke-dasharray="2 4"/>',
        )
    ]


def _nights(number: int) -> str:
    return "1 night" if number == 1 else f"{number} nights"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _text_width(text: str) -> int:
    """Return about how many units a text takes: a Chinese character is as wide as the font is high."""
    return sum(FONT_SIZE if unicodedata.east_asian_width(sign) in "WF" else 7 for sign in text)


def _picture(told: str, height: int, parts: Sequence[str]) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="{FACE}" font-size="{FONT_SIZE}" fill="{INK}">{"".join(parts)}</svg>'
    )
    spoken = told.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("\n", " ")
    return f"![{spoken}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
