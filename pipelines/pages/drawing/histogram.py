"""How long updates take to arrive: columns by days, and the same as one bar for a row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, picture
from pipelines.pages.numbers import share
from pipelines.pages.palette import EARLY, LATER

COLUMN, GAP, HEIGHT, FOOT, HEAD = 34.0, 4.0, 104.0, 18.0, 16.0
BAR_WIDTH, BAR_HEIGHT = 180.0, 14.0


@dataclass(frozen=True)
class Bucket:
    """Updates that took between two numbers of days.

    Attributes:
        first, last: in days, both inclusive; `last` null for an open end.
        share: of all updates of that department or estate, 0..1.
        late: whether the bucket lies beyond what was agreed.
    """

    first: int
    last: int | None
    share: float
    late: bool

    @property
    def label(self) -> str:
        """The days in numbers: `0`, `2–3`, `31+`."""
        if self.last is None:
            return f"{self.first}+"
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def words(self) -> str:
        """The bucket in numbers, for a pointer and a screen reader."""
        return f"{self.label}: {share(self.share)}"


def lag_columns(buckets: Sequence[Bucket]) -> Markup:
    """Draw one column a bucket, the share above it and the days below; the tallest fills the height."""
    tallest = max((bucket.share for bucket in buckets), default=0.0) or 1.0
    columns = [_column(place, bucket, tallest) for place, bucket in enumerate(buckets)]
    width = len(buckets) * (COLUMN + GAP)
    floor = HEIGHT - FOOT + 0.5
    base = element("line", x1=0, x2=width, y1=floor, y2=floor, class_="axis")
    return picture(width, HEIGHT, *columns, base, name="lag")


def lag_bar(buckets: Sequence[Bucket]) -> Markup:
    """Draw the buckets side by side as parts of one bar; the late ones in another hue, the later, the darker."""
    parts, x, early, late = [], 0.0, 0, 0
    for bucket in buckets:
        width = bucket.share * BAR_WIDTH
        shade = f"later-{min(late, len(LATER) - 1)}" if bucket.late else f"early-{min(early, len(EARLY) - 1)}"
        early, late = early + (not bucket.late), late + bucket.late
        if width > 0:
            parts.append(element("rect", hover(bucket.words), x=x, y=0, width=width, height=BAR_HEIGHT, class_=shade))
        x += width
    return picture(BAR_WIDTH, BAR_HEIGHT, *parts, name="lag-bar")


def _rounded(value: float) -> str:
    return f"{value * 100:.0f}%" if value >= 0.005 else "<1%"


def _column(place: int, bucket: Bucket, tallest: float) -> Markup:
    x, middle = place * (COLUMN + GAP) + GAP / 2, place * (COLUMN + GAP) + (COLUMN + GAP) / 2
    height = bucket.share / tallest * (HEIGHT - FOOT - HEAD)
    top = HEIGHT - FOOT - height
    kind = "lag-late" if bucket.late else "lag-early"
    shown = element("text", _rounded(bucket.share), x=middle, y=top - 4, class_="column-label")
    return element(
        "g",
        element("rect", x=x, y=top, width=COLUMN, height=height, class_=kind),
        shown if bucket.share > 0 else Markup(""),
        element("text", bucket.label, x=middle, y=HEIGHT - 5, class_="axis-label"),
    )
