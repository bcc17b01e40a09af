"""The light of one indicator in one area as a table cell; short, because a matrix has thousands of them."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.pages.drawing.markup import element
from pipelines.pages.indicators.readings import Reading
from pipelines.pages.numbers import tick


def light_cell(reading: Reading | None, theme: str) -> Markup:
    """Return the cell; its name for screen readers is the element `word-<light>` of the page.

    Args:
        reading: null for an area whose level the indicator is not told for.
        theme: of the column, for the filter.
    """
    if reading is None:
        return element("td", Markup(""), data_theme=theme)
    use = element("use", href=f"#light-{reading.light.name}")
    name = reading.light.name
    mark = element("svg", use, class_=f"light is-{name}", role="img", aria_labelledby=f"word-{name}")
    value = "–" if reading.number is None else tick(reading.number, reading.indicator.unit)
    return element("td", mark, data_theme=theme, title=f"{value} · {reading.month}")
