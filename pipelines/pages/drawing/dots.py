"""One area in a ranking: its value as the shape of its light, its interval as a line, the target across all rows."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, picture
from pipelines.pages.drawing.scale import Scale, ticks_of
from pipelines.pages.lights import Light
from pipelines.pages.numbers import tick

WIDTH, HEIGHT, MARGIN, MARK = 300.0, 20.0, 16.0, 10.0


def dot_row(
    value: float | None, low: float | None, high: float | None, target: float | None, light: Light, scale: Scale
) -> Markup:
    """Draw one row; without a value only the target.

    Args:
        value: null where not told.
        low: lower end of its interval; null where not told.
        high: upper end of it.
        target: null where none is set.
        light: its shape is the mark.
        scale: the same for all rows, from `MARGIN` to `WIDTH - MARGIN`.
    """
    middle = HEIGHT / 2
    parts = [element("line", x1=scale.start, x2=scale.end, y1=middle, y2=middle, class_="grid")]
    if target is not None:
        x = scale.at(target)
        parts.append(element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="level-target"))
    if low is not None and high is not None:
        parts.append(element("line", x1=scale.at(low), x2=scale.at(high), y1=middle, y2=middle, class_="whisker"))
    if value is not None:
        shape = f"is-{light.name} on-paper"
        at = {"x": scale.at(value) - MARK / 2, "y": middle - MARK / 2, "width": MARK, "height": MARK}
        parts.append(element("use", href=f"#light-{light.name}", class_=shape, **at))
    return picture(WIDTH, HEIGHT, *parts, name="dots")


def dot_axis(scale: Scale, unit: str) -> Markup:
    """Write the round numbers of the scale, for the head of the column."""
    labels = [
        element("text", tick(value, unit), x=scale.at(value), y=13, class_="axis-label") for value in ticks_of(scale)
    ]
    return picture(WIDTH, 16, *labels, name="dots")
