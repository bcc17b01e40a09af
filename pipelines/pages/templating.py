"""The templates: everything is escaped, and a name that is not given is an error, not an empty space."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.pages import lights, palette
from pipelines.pages.drawing.circles import overlap_circles
from pipelines.pages.drawing.heat_strip import LEVELS, heat_strip, legend_square, week_axis
from pipelines.pages.drawing.histogram import lag_bar, lag_columns
from pipelines.pages.drawing.shapes import light_mark, light_symbols
from pipelines.pages.drawing.sparkline import sparkline
from pipelines.pages.drawing.weeks import return_weeks
from pipelines.pages.marts import Missing
from pipelines.pages.numbers import count, share
from pipelines.pages.text import Text, both

TEMPLATES = Path(__file__).resolve().parent / "templates"


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
    drawing = (heat_strip, lag_bar, lag_columns, legend_square, light_mark, light_symbols, overlap_circles)
    made.globals.update({picture.__name__: picture for picture in (*drawing, return_weeks, sparkline, week_axis)})
    made.globals.update(
        both=both, percent=share, counted=count, lights=lights.LIGHTS, heat_levels=LEVELS, palette=palette.VARIABLES
    )
    made.tests["missing"] = lambda value: isinstance(value, Missing)
    made.tests["text"] = lambda value: isinstance(value, Text)
    return made
