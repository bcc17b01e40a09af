"""The deliveries of one feed, a square a day: taken, refused, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number, picture
from pipelines.pages.numbers import count

SQUARE, GAP, HEIGHT = 6.5, 1.5, 16.0
BAR_WIDTH, PERIODS = 90.0, 3.0


@dataclass(frozen=True)
class Day:
    """One day: files taken and refused, and rows read."""

    day: date
    taken: int = 0
    refused: int = 0
    rows: int = 0

    @property
    def words(self) -> str:
        """The day in numbers, for a pointer."""
        return f"{self.day.isoformat()} ✓{self.taken} ✗{self.refused} · {count(self.rows)}"


def delivery_days(days: Sequence[Day]) -> Markup:
    """Draw one square a day, oldest first: filled where a file was taken, crossed where all were refused."""
    squares = [_square(place * (SQUARE + GAP), day) for place, day in enumerate(days)]
    return picture(len(days) * (SQUARE + GAP), HEIGHT, *squares, name="days")


def day_axis(days: Sequence[Day]) -> Markup:
    """Write the day of every second Monday above the squares."""
    labels = [
        element("text", f"{day.day:%m-%d}", x=place * (SQUARE + GAP) + SQUARE / 2, y=11, class_="axis-label at-start")
        for place, day in enumerate(days)
        if day.day.weekday() == 0 and day.day.isocalendar().week % 2 == 0 and place < len(days) - 3
    ]
    return picture(len(days) * (SQUARE + GAP), HEIGHT, *labels, name="days")


def age_bar(periods: float | None) -> Markup:
    """Draw an age as a bar in agreed periods, with a line where the first one ends; three periods fill it.

    Args:
        periods: null before the first delivery, which is an empty frame.
    """
    agreed = BAR_WIDTH / PERIODS
    frame = element("rect", x=0.5, y=4, width=BAR_WIDTH - 1, height=8, class_="age-frame")
    parts = [frame]
    if periods is not None:
        width = min(periods, PERIODS) * agreed
        kind = "age-late" if periods > 1 else "age-in-time"
        parts.append(element("rect", x=0, y=4, width=max(width, 1.5), height=8, class_=kind))
    parts.append(element("line", x1=agreed, x2=agreed, y1=0, y2=HEIGHT, class_="axis"))
    return picture(BAR_WIDTH, HEIGHT, *parts, name="age")


def _square(x: float, day: Day) -> Markup:
    box = {"x": x, "y": 4.0, "width": SQUARE, "height": SQUARE}
    if day.taken:
        return element("rect", hover(day.words), class_="day-taken", **box)
    if day.refused:
        cross = f"M{number(x + 0.5)} 4.5l5.5 5.5m0-5.5l-5.5 5.5"
        return element("g", hover(day.words), element("path", d=cross, class_="day-refused"))
    return element("rect", class_="day-none", **box)
