"""The templates: everything is escaped, and a name that is not given is an error, not an empty space."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.pages import lights, palette
from pipelines.pages.drawing.circles import overlap_circles
from pipelines.pages.drawing.delivery_days import age_bar, day_axis, delivery_days
from pipelines.pages.drawing.dots import dot_axis, dot_row
from pipelines.pages.drawing.heat_strip import LEVELS, heat_strip, legend_square, week_axis
from pipelines.pages.drawing.histogram import lag_bar, lag_columns
from pipelines.pages.drawing.lights import light_cell
from pipelines.pages.drawing.shapes import light_mark, light_symbols
from pipelines.pages.drawing.sparkline import sparkline
from pipelines.pages.drawing.tile import tile_course
from pipelines.pages.drawing.trend import small_trend, trend_chart
from pipelines.pages.drawing.weeks import return_weeks
from pipelines.pages.marts import Missing
from pipelines.pages.numbers import count, share
from pipelines.pages.overview.tiles import trend_words
from pipelines.pages.text import Text, both, same

TEMPLATES = Path(__file__).resolve().parent / "templates"

PICTURES = (
    age_bar,
    day_axis,
    delivery_days,
    dot_axis,
    dot_row,
    heat_strip,
    lag_bar,
    lag_columns,
    legend_square,
    light_cell,
    light_mark,
    light_symbols,
    overlap_circles,
    return_weeks,
    small_trend,
    sparkline,
    tile_course,
    trend_chart,
    week_axis,
)
"""What templates may draw, by the names of the functions."""


@cache
def environment() -> Environment:
    """Return the environment of all pages: pictures as functions, `both(zh, en)`, the palette and the lights."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update({picture.__name__: picture for picture in PICTURES})
    made.globals.update(
        both=both,
        grey=lights.GREY,
        trend_words=trend_words,
        percent=share,
        counted=count,
        lights=lights.LIGHTS,
        heat_levels=LEVELS,
        palette=palette.VARIABLES,
    )
    made.filters["named"] = same
    made.tests["missing"] = lambda value: isinstance(value, Missing)
    made.tests["text"] = lambda value: isinstance(value, Text)
    return made
