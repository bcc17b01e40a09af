"""A loop that closes: entries still open above the line, entries closed in that week below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, picture
from pipelines.pages.numbers import count

BAR, GAP, ABOVE, BELOW = 19.0, 5.0, 60.0, 32.0
AXIS = 14.0


@dataclass(frozen=True)
class ReturnWeek:
    """One week of a department's return list.

    Attributes:
        name: `2026-W09`.
        opened, corrected, removed: entries that appeared, were put right, or whose row went away, in that week.
        open: entries open at its end.
    """

    name: str
    opened: int
    corrected: int
    removed: int
    open: int

    @property
    def closed(self) -> int:
        """Entries closed by the department in that week."""
        return self.corrected + self.removed

    @property
    def words(self) -> str:
        """The week in numbers: open at its end, opened, closed."""
        return f"{self.name}: {count(self.open)} · +{count(self.opened)} · −{count(self.closed)}"


def return_weeks(weeks: Sequence[ReturnWeek]) -> Markup:
    """Draw the weeks; both directions share one scale, so that bars can be compared."""
    largest = max((max(week.open, week.closed) for week in weeks), default=0) or 1
    most_closed = max((week.closed for week in weeks), default=0)
    scale = min(ABOVE / largest, BELOW / most_closed if most_closed else ABOVE / largest)
    bars = [_bars(place * (BAR + GAP), week, scale) for place, week in enumerate(weeks)]
    width = len(weeks) * (BAR + GAP)
    base = element("line", x1=0, x2=width, y1=ABOVE + 0.5, y2=ABOVE + 0.5, class_="axis")
    labels = [
        element("text", week.name.partition("-")[2], x=x, y=ABOVE + BELOW + 11, class_=f"axis-label {side}")
        for week, x, side in _ends(weeks, width)
    ]
    return picture(width, ABOVE + BELOW + AXIS, *bars, base, *labels, name="returns")


def _ends(weeks: Sequence[ReturnWeek], width: float) -> list[tuple[ReturnWeek, float, str]]:
    if not weeks:
        return []
    first = [(weeks[0], 0.0, "at-start")] if len(weeks) > 3 else []
    return [*first, (weeks[-1], width, "at-end")]


def _bars(x: float, week: ReturnWeek, scale: float) -> Markup:
    up, down = week.open * scale, week.closed * scale
    return element(
        "g",
        hover(week.words),
        element("rect", x=x, y=ABOVE - up, width=BAR, height=up, class_="bar-open"),
        element("rect", x=x, y=ABOVE + 1, width=BAR, height=down, class_="bar-closed"),
    )
