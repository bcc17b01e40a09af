"""The course of an indicator in a tile: as wide as the tile, without axes, with its target as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, number, picture
from pipelines.pages.drawing.scale import Scale, scale_for
from pipelines.pages.indicators.readings import Point, Reading
from pipelines.pages.lights import Light

WIDTH, HEIGHT, MARGIN, MARK = 236.0, 46.0, 6.0, 9.0


def tile_course(reading: Reading) -> Markup:
    """Draw the course of a reading, with its light as a shape at the month that is shown; gaps stay gaps.

    Returns:
        The picture; empty markup where no month has a value.
    """
    known = [value for value in reading.values if value is not None]
    if not known:
        return Markup("")
    target = reading.indicator.target_value
    upright = scale_for([*known, target], reading.indicator.unit, HEIGHT - MARGIN, MARGIN)
    step = (WIDTH - 2 * MARGIN) / max(len(reading.course) - 1, 1)
    places = [(MARGIN + step * place, point) for place, point in enumerate(reading.course)]
    parts = [element("path", d=_path(places, upright), class_="tile-line")]
    if target is not None:
        y = upright.at(target)
        parts.insert(0, element("line", x1=0, x2=WIDTH, y1=y, y2=y, class_="level-target"))
    shown = [(x, point.value) for x, point in places if point.month == reading.month and point.value is not None]
    parts.extend(_mark(x, upright.at(value), reading.light) for x, value in shown)
    return picture(WIDTH, HEIGHT, *parts, name="tile-course")


def _path(places: Sequence[tuple[float, Point]], upright: Scale) -> str:
    """Return the moves; a month between two gaps is a line of no length, which its round ends show as a dot."""
    moves: list[str] = []
    pen_down = False
    for x, point in places:
        if point.value is not None:
            at = f"{number(x)} {number(upright.at(point.value))}"
            moves.append(f"L{at}" if pen_down else f"M{at}h0")
        pen_down = point.value is not None
    return "".join(moves)


def _mark(x: float, y: float, light: Light) -> Markup:
    box = {"x": x - MARK / 2, "y": y - MARK / 2, "width": MARK, "height": MARK}
    return element("use", href=f"#light-{light.name}", class_=f"is-{light.name} on-paper", **box)
