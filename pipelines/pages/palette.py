"""The colours of all pages, in one place, so that their contrast can be computed."""

from __future__ import annotations

PAPER = "#ffffff"
PANEL = "#f5f6f8"
INK = "#1a2330"
SOFT = "#56616f"
LINE = "#d6dbe2"
ACCENT = "#1d5687"
LATE = "#c2571a"

GREEN = "#2b9370"
YELLOW = "#e3a50b"
YELLOW_EDGE = "#8c6200"
RED = "#a8182b"
GREY = "#6a7480"

HEAT = ("#ebeff4", "#f8cf9f", "#f2a663", "#d4652a", "#8c2b10")
"""Share of rows that break a rule, from none to many: one hue, ever darker, so that it reads without colour vision."""

EARLY = (ACCENT, "#4c7aa3")
LATER = ("#d17a45", LATE, "#a84812", "#8f3a0c", "#762f08", "#5c2305")
"""Days from a change to its delivery: in time in one hue, late in the other, ever darker."""

OPEN, CLOSED = "#d17a45", ACCENT
"""Entries of a return list."""

VARIABLES = {
    "paper": PAPER,
    "panel": PANEL,
    "ink": INK,
    "soft": SOFT,
    "line": LINE,
    "accent": ACCENT,
    "late": LATE,
    "green": GREEN,
    "yellow": YELLOW,
    "yellow-edge": YELLOW_EDGE,
    "red": RED,
    "grey": GREY,
    "open": OPEN,
    "closed": CLOSED,
    **{f"heat-{level}": colour for level, colour in enumerate(HEAT)},
    **{f"early-{place}": colour for place, colour in enumerate(EARLY)},
    **{f"later-{place}": colour for place, colour in enumerate(LATER)},
}
"""What the style sheet knows as `var(--<name>)`."""
