"""The light of one indicator in one area as a table cell; short, because a matrix has thousands of them."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.pages.drawing.markup import element
from pipelines.pages.indicators.readings import Reading
from pipelines.pages.numbers import tick


def light_cell(reading: Reading | None) -> Markup:
    """Return the cell; its name for screen readers is the element `word-<light>` of the page.

    Args:
        reading: null for an area whose level the indicator is not told for.
    """
    if reading is None:
        return element("td", Markup(""))
    name = reading.light.name
    use = element("use", href=f"#light-{name}")
    mark = element("svg", use, class_="light", role="img", aria_labelledby=f"word-{name}")
    return element("td", mark, title="–" if reading.number is None else tick(reading.number, reading.indicator.unit))
