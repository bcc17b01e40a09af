"""A strip of weeks, one square each: how large a share of the rows broke a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number, picture
from pipelines.pages.numbers import count, share

SQUARE, GAP, HEIGHT = 15.0, 2.0, 16.0
LEVEL_ENDS = (0.001, 0.01, 0.05)
"""Upper ends of the levels 1 to 3; level 0 is no row at all, level 4 more than one row in twenty."""
LEVELS = len(LEVEL_ENDS) + 2
LABEL_EVERY = 4


@dataclass(frozen=True)
class Week:
    """What one week says of one rule.

    Attributes:
        name: `2026-W09`.
        rows: rows looked at; null when the rule was not evaluated.
        broken: rows that break it.
        passed: the verdict on a rule about a table as a whole, which has no rows to count; null when not evaluated.
    """

    name: str
    rows: int | None = None
    broken: int | None = None
    passed: bool | None = None

    @property
    def counted(self) -> bool:
        """Whether rows were looked at one by one."""
        return self.rows is not None and self.broken is not None

    @property
    def share(self) -> float | None:
        """The share of rows that break the rule; null when not evaluated, 0 or 1 for a table as a whole."""
        if self.rows is not None and self.broken is not None:
            return self.broken / self.rows if self.rows else float(self.broken > 0)
        return None if self.passed is None else float(not self.passed)

    @property
    def words(self) -> str:
        """The week in numbers, for a pointer and a screen reader."""
        if self.share is None:
            return f"{self.name} –"
        if not self.counted:
            return f"{self.name} {'✓' if self.passed else '✗'}"
        return f"{self.name} {share(self.share)} ({count(self.broken)}/{count(self.rows)})"


def level_of(broken_share: float) -> int:
    """Return the level 0 to 4 of a share of rows that break a rule."""
    if broken_share <= 0:
        return 0
    return 1 + sum(broken_share > end for end in LEVEL_ENDS)


def strip_width(weeks: int) -> float:
    """Return the width of a strip of that many weeks."""
    return weeks * (SQUARE + GAP)


def heat_strip(weeks: Sequence[Week]) -> Markup:
    """Draw one square a week: empty with a dash where the rule was not evaluated."""
    squares = [_square(place * (SQUARE + GAP), week) for place, week in enumerate(weeks)]
    return picture(strip_width(len(weeks)), HEIGHT, *squares, name="heat")


def week_axis(names: Sequence[str]) -> Markup:
    """Write the number of every fourth week above a strip, the newest among them."""
    newest = len(names) - 1
    labels = [
        element("text", name.partition("-")[2], x=place * (SQUARE + GAP) + SQUARE / 2, y=11, class_="axis-label")
        for place, name in enumerate(names)
        if (newest - place) % LABEL_EVERY == 0
    ]
    return picture(strip_width(len(names)), HEIGHT, *labels, name="heat-axis")


def legend_square(level: int | None) -> Markup:
    """Draw one square of the legend; level None is not evaluated."""
    return picture(SQUARE, HEIGHT, _unknown(0) if level is None else _filled(0, level), name="heat-key")


def _square(x: float, week: Week) -> Markup:
    mark = _unknown(x) if week.share is None else _filled(x, level_of(week.share))
    return element("g", hover(week.words), mark)


def _filled(x: float, level: int) -> Markup:
    return element("rect", x=x, y=0.5, width=SQUARE, height=SQUARE, class_=f"heat-{level}")


def _unknown(x: float) -> Markup:
    dash = f"M{number(x + 4)} {number(HEIGHT / 2)}H{number(x + SQUARE - 4)}"
    frame = element("rect", x=x + 0.5, y=1, width=SQUARE - 1, height=SQUARE - 1, class_="heat-none")
    return frame + element("path", d=dash, class_="heat-none-mark")
