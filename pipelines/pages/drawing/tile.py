"""The course of an indicator in a tile: as wide as the tile, without axes, with its target as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, number, picture
from pipelines.pages.drawing.scale import Scale, scale_for
from pipelines.pages.indicators.readings import Point

WIDTH, HEIGHT, MARGIN, MARK = 236.0, 46.0, 6.0, 9.0


def tile_course(points: Sequence[Point], target: float | None, unit: str, shown: str) -> Markup:
    """Draw a course, oldest month first, with the light of the month `shown` as its shape; gaps stay gaps.

    Returns:
        The picture; empty markup where no month has a value.
    """
    known = [point.value for point in points if point.value is not None]
    if not known:
        return Markup("")
    upright = scale_for([*known, target], unit, HEIGHT - MARGIN, MARGIN)
    step = (WIDTH - 2 * MARGIN) / max(len(points) - 1, 1)
    places = [(MARGIN + step * place, point) for place, point in enumerate(points)]
    parts = [element("path", d=_path(places, upright), class_="tile-line")]
    if target is not None:
        y = upright.at(target)
        parts.insert(0, element("line", x1=0, x2=WIDTH, y1=y, y2=y, class_="level-target"))
    parts.extend(_mark(x, point, upright) for x, point in places if point.month == shown and point.value is not None)
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


def _mark(x: float, point: Point, upright: Scale) -> Markup:
    y = upright.at(point.value or 0.0)
    kind = f"is-{point.light.name} on-paper"
    box = {"x": x - MARK / 2, "y": y - MARK / 2, "width": MARK, "height": MARK}
    return element("use", href=f"#light-{point.light.name}", class_=kind, **box)
