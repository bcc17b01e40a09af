"""A line as small as a word: the course of one value over months."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, number, picture

WIDTH, HEIGHT, MARGIN = 84.0, 22.0, 3.0


def sparkline(values: Sequence[float | None], target: float | None = None) -> Markup:
    """Draw `values` in order, a gap where one is null, the last as a dot, and the target as a dashed line.

    Returns:
        The picture; empty markup for less than two values, because a line needs two.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Markup("")
    bounds = [*known, *([] if target is None else [target])]
    points = _places(values, min(bounds), max(bounds))
    parts = [element("path", d=_path(points), class_="spark-line")]
    if target is not None:
        level = _height(target, min(bounds), max(bounds))
        parts.insert(0, element("line", x1=0, x2=WIDTH, y1=level, y2=level, class_="spark-target"))
    last = next(point for point in reversed(points) if point is not None)
    parts.append(element("circle", cx=last[0], cy=last[1], r=2.2, class_="spark-last"))
    return picture(WIDTH, HEIGHT, *parts, name="spark")


def _places(values: Sequence[float | None], low: float, high: float) -> list[tuple[float, float] | None]:
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    return [
        None if value is None else (MARGIN + place * step, _height(value, low, high))
        for place, value in enumerate(values)
    ]


def _height(value: float, low: float, high: float) -> float:
    if high == low:
        return HEIGHT / 2
    return HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - 2 * MARGIN)


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    moves: list[str] = []
    pen_down = False
    for point in points:
        if point is not None:
            moves.append(f"{'L' if pen_down else 'M'}{number(point[0])} {number(point[1])}")
        pen_down = point is not None
    return "".join(moves)
