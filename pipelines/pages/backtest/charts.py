"""The charts of the tests: hits at three shares of the area, hits over time, and whether the sums come true."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from pipelines.pages.backtest.results import ClassResult, ModelResult
from pipelines.pages.drawing.markup import element, hover, number, picture
from pipelines.pages.numbers import share
from pipelines.pages.text import Text

WIDTH, HEIGHT = 520.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 12.0, 22.0, 30.0
GOOD_CALIBRATION = (0.95, 1.10)
CALIBRATION_TICKS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
ROW = 32.0
NAMES = 168.0


def role(kind: ClassResult, model: ModelResult) -> str:
    """Return the style of a model: what the map shows, the bar of past counts, or another that was tested."""
    if model.published:
        return "shown"
    return "bar" if model == kind.counts else "other"


def share_chart(kind: ClassResult) -> Markup:
    """Draw the hit rate of every model at each share of the area, with its interval over the origins."""
    tested = sorted({score.area_share for model in kind.models for score in model.scores})
    top = _top([score.high or score.hit_rate for model in kind.models for score in model.scores])
    band = (WIDTH - LEFT - RIGHT) / max(len(tested), 1)
    models = sorted(kind.models, key=lambda model: role(kind, model) == "other")
    parts = [*_grid(top)]
    for column, area in enumerate(tested):
        middle = LEFT + band * (column + 0.5)
        parts.append(element("text", f"{area * 100:g}%", x=middle, y=HEIGHT - 10, class_="axis-label"))
        for place, model in enumerate(models):
            x = middle + (place - (len(models) - 1) / 2) * min(24.0, band * 0.8 / max(len(models), 1))
            parts.extend(_whisker(kind, model, area, x, top))
    return picture(WIDTH, HEIGHT, *parts, name="chart")


def origin_chart(kind: ClassResult) -> Markup:
    """Draw the hit rate at 5 % of the area from test to test: past counts and what the map shows."""
    lines = [model for model in (kind.counts, kind.shown) if model is not None and len(model.origins) > 1]
    if not lines:
        return Markup("")
    top = _top([hit for model in lines for _, hit, _ in model.origins])
    days = sorted({origin for model in lines for origin, _, _ in model.origins})
    step = (WIDTH - LEFT - RIGHT - 20) / max(len(days) - 1, 1)
    places = {day: LEFT + 10 + index * step for index, day in enumerate(days)}
    parts = [*_grid(top)]
    parts.extend(
        element("text", day[2:], x=places[day], y=HEIGHT - 10, class_="axis-label")
        for index, day in enumerate(days)
        if index % max(1, math.ceil(len(days) / 7)) == 0
    )
    for model in lines:
        known = [(places[day], _y(hit, top), hit, day) for day, hit, _ in model.origins if hit is not None]
        path = "L".join(f"{number(x)} {number(y)}" for x, y, _, _ in known)
        parts.append(element("path", d=f"M{path}", class_=f"line {role(kind, model)}"))
        parts.extend(
            element("circle", hover(f"{day}: {share(hit)}"), cx=x, cy=y, r=3.2, class_=f"dot {role(kind, model)}")
            for x, y, hit, day in known
        )
    return picture(WIDTH, HEIGHT, *parts, name="chart")


def calibration_chart(kind: ClassResult) -> Markup:
    """Draw expected over happened in the top tenth of cells: each test as a tick, all together as a dot."""
    rows = [model for model in kind.models if model.decisive and model.decisive.calibration]
    if not rows:
        return Markup("")
    height = TOP + len(rows) * ROW + BOTTOM
    low, high = CALIBRATION_TICKS[0], CALIBRATION_TICKS[-1]

    def x_of(value: float) -> float:
        inside = min(max(value, low), high)
        return NAMES + (WIDTH - LEFT - RIGHT) * math.log(inside / low) / math.log(high / low)

    band = element(
        "rect",
        x=x_of(GOOD_CALIBRATION[0]),
        y=TOP,
        width=x_of(GOOD_CALIBRATION[1]) - x_of(GOOD_CALIBRATION[0]),
        height=len(rows) * ROW,
        class_="good-band",
    )
    parts = [band]
    for tick in CALIBRATION_TICKS:
        end = height - BOTTOM
        parts.append(
            element("line", x1=x_of(tick), x2=x_of(tick), y1=TOP, y2=end, class_="one" if tick == 1 else "grid-rule")
        )
        parts.append(element("text", f"{tick:g}", x=x_of(tick), y=height - 12, class_="axis-label"))
    for place, model in enumerate(rows):
        y = TOP + (place + 0.5) * ROW
        parts.append(_named(model.title, NAMES - 14, y + 4))
        parts.extend(
            _upright(f"{day}: {value:.2f}", x_of(value), (y - 6, y + 6), "tick")
            for day, _, value in model.origins
            if value
        )
        value = (model.decisive.calibration if model.decisive else None) or 1.0
        parts.append(
            element("circle", hover(f"{value:.2f}"), cx=x_of(value), cy=y, r=5.5, class_=f"dot {role(kind, model)}")
        )
    return picture(NAMES + WIDTH - LEFT, height, *parts, name="chart calibration")


def _named(title: Text, x: float, y: float) -> Markup:
    """Write a name in both languages, of which the style sheet shows one."""
    written = (("zh", "zh-Hans", title.zh), ("en", "en", title.en))
    words = [element("text", name, x=x, y=y, class_=key, lang=language) for key, language, name in written]
    return element("g", *words, class_="row-name")


def _whisker(kind: ClassResult, model: ModelResult, area: float, x: float, top: float) -> list[Markup]:
    score = next((score for score in model.scores if math.isclose(score.area_share, area)), None)
    if score is None or score.hit_rate is None:
        return []
    parts = []
    style = role(kind, model)
    if score.low is not None and score.high is not None:
        parts.append(_upright("", x, (_y(score.low, top), _y(score.high, top)), f"whisker {style}"))
    words = f"{share(score.hit_rate)} ({share(score.low)}–{share(score.high)})"
    above = _y(score.high or score.hit_rate, top) - 8
    parts.append(element("text", str(kind.models.index(model) + 1), x=x, y=above, class_="which"))
    parts.append(element("circle", hover(words), cx=x, cy=_y(score.hit_rate, top), r=4.6, class_=f"dot {style}"))
    return parts


def _upright(words: str, x: float, ends: tuple[float, float], style: str) -> Markup:
    told = [hover(words)] if words else []
    return element("line", *told, x1=x, x2=x, y1=ends[0], y2=ends[1], class_=style)


def _grid(top: float) -> list[Markup]:
    step = 0.25 if top > 0.5 else 0.1 if top > 0.2 else 0.05
    parts = []
    for index in range(round(top / step) + 1):
        level = index * step
        if level > top + 1e-9:
            break
        y = _y(level, top)
        parts.append(element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid-rule"))
        parts.append(element("text", f"{level * 100:.0f}%", x=LEFT - 6, y=y + 4, class_="axis-label at-end"))
    return parts


def _top(values: Sequence[float | None]) -> float:
    largest = max((value for value in values if value is not None), default=1.0)
    return min(1.0, max(0.1, math.ceil(largest * 10) / 10))


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - min(max(value, 0.0), top) / top * (HEIGHT - TOP - BOTTOM)
