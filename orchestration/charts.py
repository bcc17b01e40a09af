"""Small charts for the pages of assets: an SVG inside the Markdown itself, so that no page asks another host for it.

Pure functions of counts. The alternative text of each picture says all that it shows. Dagster shows Markdown of 1,000
characters and more behind a link only, so the drawings are terse: bars are thick lines, and nothing is encoded that may
stand as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

SHOWN_AT_ONCE = 999  # characters of Markdown; more than these hide behind a link
WIDTH = 420
BARS_SHOWN = 12
REST = "(others)"
LINE_HEIGHT = 18
FONT_SIZE = 12
# Readable on the light and on the dark page.
INK = "gray"
COLOUR = "slateblue"
PLAIN = "<>='/,;:.+!$@"  # may stand in the address of a Markdown image as they are


def bars(counts: Mapping[str, int]) -> str:
    """Draw named counts as horizontal bars from zero, each with its number and its share, as Markdown.

    Args:
        counts: count by name, in the order to be drawn; what does not fit is added up as `(others)`.

    Returns:
        A Markdown image; `none` when there is nothing to count.

    >>> bars({})
    'none'
    """
    if not sum(counts.values()):
        return "none"
    drawn = ""
    for shown in range(min(len(counts), BARS_SHOWN), 1, -1):
        drawn = _bars(_shortened(counts, shown))
        if len(drawn) <= SHOWN_AT_ONCE:
            return drawn
    return drawn or _bars(counts)


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
    left = max(_text_width(f"{low:,}"), _text_width(f"{high:,}")) + 8
    across = (WIDTH - left - 6) / max(len(counts) - 1, 1)
    points = [
        (round(left + night * across), round(58 - 48 * (count - low) / (high - low)) if high > low else 34)
        for night, count in enumerate(counts)
    ]
    marks = {10: high, 58: low} if high > low else {34: low}
    parts = [
        *(f"<text y='{y + 4}'>{count:,}</text>" for y, count in marks.items()),
        f"<path d='M{' '.join(f'{x},{y}' for x, y in points)}' fill='none' stroke='{COLOUR}' stroke-width='2'/>",
        f"<circle cx='{points[-1][0]}' cy='{points[-1][1]}' r='4' fill='{COLOUR}'/>",
    ]
    nights = "1 night" if len(counts) == 1 else f"{len(counts)} nights"
    picture = _picture("; ".join(f"{count:,}" for count in counts), 68, "".join(parts))
    return f"{picture}\n\n{counts[0]:,} → {counts[-1]:,}, {nights}"


def _bars(shown: Mapping[str, int]) -> str:
    total, top = sum(shown.values()), max(shown.values())
    told = {name: f"{name} {count:,} / {count / total:.1%}" for name, count in shown.items()}
    left = min(max(map(_text_width, told.values())) + 8, WIDTH - 60)
    lines = [
        f"M{left},{row * LINE_HEIGHT + 9}h{round(count / top * (WIDTH - left), 1):g}"
        for row, count in enumerate(shown.values())
    ]
    texts = [f"<text y='{row * LINE_HEIGHT + 13}'>{escape(text)}</text>" for row, text in enumerate(told.values())]
    drawing = f"{''.join(texts)}<path d='{''.join(lines)}' stroke='{COLOUR}' stroke-width='11'/>"
    return _picture("; ".join(f"{name} {count:,}" for name, count in shown.items()), len(shown) * LINE_HEIGHT, drawing)


def _shortened(counts: Mapping[str, int], shown: int) -> Mapping[str, int]:
    if len(counts) <= shown:
        return counts
    named = list(counts.items())
    return {**dict(named[: shown - 1]), REST: sum(count for _, count in named[shown - 1 :])}


def _text_width(text: str) -> int:
    """Return about how many units a text takes: a Chinese character is as wide as the font is high."""
    return sum(FONT_SIZE if unicodedata.east_asian_width(sign) in "WF" else 7 for sign in text)


def _picture(told: str, height: int, drawing: str) -> str:
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' "
        f"font-family='sans-serif' font-size='{FONT_SIZE}' fill='{INK}'>{drawing}</svg>"
    )
    spoken = told.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("\n", " ")
    return f"![{spoken}](data:image/svg+xml,{quote(svg, safe=PLAIN)})"
