"""The course of an indicator over months: interval as a band, lights as shapes, target and baseline as lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number, picture
from pipelines.pages.drawing.scale import Scale, ends_worth_room, scale_for, ticks_of
from pipelines.pages.indicators.readings import Point
from pipelines.pages.numbers import tick

WIDE = (1080.0, 260.0)
NARROW = (300.0, 130.0)
LEFT, RIGHT, TOP, FOOT = 46.0, 14.0, 12.0, 22.0
MARK = 9.0
LABEL_WIDTH = 52.0
FEWEST_MONTHS = 6

Place = tuple[float, Point]


def trend_chart(
    points: Sequence[Point],
    target: float | None,
    baseline: float | None,
    unit: str,
    size: tuple[float, float] = WIDE,
) -> Markup:
    """Draw a course from its first value on, oldest month first; a month without a value is a gap.

    Returns:
        The picture; empty markup where no month has a value.
    """
    shown = _since_first_value(points)
    if not shown:
        return Markup("")
    width, height = size
    held = [*(point.value for point in shown), target, baseline]
    ends = ends_worth_room(held, [end for point in shown for end in (point.low, point.high)], unit)
    upright = scale_for([*held, *ends], unit, height - FOOT, TOP)
    places = _places(shown, width)
    return picture(
        width,
        height,
        *_grid(upright, unit, width),
        *_months(places, width, height),
        *[_band(run, upright) for run in _runs(places)],
        *[_level(level, name, upright, width) for level, name in ((baseline, "baseline"), (target, "target"))],
        *[_line(run, upright) for run in _runs(places)],
        *[_mark(x, point, upright, unit) for x, point in places],
        name="trend",
    )


def small_trend(points: Sequence[Point], target: float | None, unit: str) -> Markup:
    """Draw a course as one of several side by side."""
    return trend_chart(points, target, None, unit, NARROW)


def _since_first_value(points: Sequence[Point]) -> Sequence[Point]:
    first = next((place for place, point in enumerate(points) if point.value is not None), None)
    return () if first is None else points[max(0, min(first, len(points) - FEWEST_MONTHS)) :]


def _places(points: Sequence[Point], width: float) -> list[Place]:
    room = width - LEFT - RIGHT - MARK
    step = room / max(len(points) - 1, 1)
    return [(LEFT + MARK / 2 + step * place, point) for place, point in enumerate(points)]


def _grid(upright: Scale, unit: str, width: float) -> list[Markup]:
    lines: list[Markup] = []
    for value in ticks_of(upright):
        y = upright.at(value)
        lines.append(element("line", x1=LEFT, x2=width - RIGHT, y1=y, y2=y, class_="grid"))
        lines.append(element("text", tick(value, unit), x=LEFT - 7, y=y + 4, class_="axis-label at-end"))
    return lines


def _months(places: Sequence[Place], width: float, height: float) -> list[Markup]:
    fit = max(1, int((width - LEFT - RIGHT) // LABEL_WIDTH))
    every = -(-len(places) // fit)
    newest = len(places) - 1
    return [
        element("text", point.month, x=min(x, width - LABEL_WIDTH / 2 + 4), y=height - 5, class_="axis-label")
        for place, (x, point) in enumerate(places)
        if (newest - place) % every == 0
    ]


def _runs(places: Sequence[Place]) -> list[list[Place]]:
    """Return the stretches of months that all have a value."""
    split = groupby(places, key=lambda place: place[1].value is not None)
    return [list(run) for known, run in split if known]


def _line(run: Sequence[Place], upright: Scale) -> Markup:
    path = "L".join(f"{number(x)} {number(upright.at(point.value))}" for x, point in run if point.value is not None)
    return element("path", d=f"M{path}", class_="trend-line")


def _band(run: Sequence[Place], upright: Scale) -> Markup:
    held = [(x, point.low, point.high) for x, point in run if point.low is not None and point.high is not None]
    if not held:
        return Markup("")
    if len(held) == 1:
        x, low, high = held[0]
        return element("line", x1=x, x2=x, y1=upright.at(low), y2=upright.at(high), class_="whisker")
    upper = [f"{number(x)} {number(upright.at(high))}" for x, _, high in held]
    lower = [f"{number(x)} {number(upright.at(low))}" for x, low, _ in reversed(held)]
    return element("path", d=f"M{'L'.join([*upper, *lower])}Z", class_="band")


def _level(value: float | None, name: str, upright: Scale, width: float) -> Markup:
    if value is None:
        return Markup("")
    y = upright.at(value)
    return element("line", x1=LEFT, x2=width - RIGHT, y1=y, y2=y, class_=f"level-{name}")


def _mark(x: float, point: Point, upright: Scale, unit: str) -> Markup:
    if point.value is None:
        return Markup("")
    y = upright.at(point.value)
    shape = element(
        "use",
        href=f"#light-{point.light.name}",
        x=x - MARK / 2,
        y=y - MARK / 2,
        width=MARK,
        height=MARK,
        class_=f"is-{point.light.name} on-paper",
    )
    return element("g", hover(f"{point.month} {tick(point.value, unit)}"), shape)
