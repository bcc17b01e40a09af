"""The four lights as shapes: each can be told from the others without its colour."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.pages.drawing.markup import element
from pipelines.pages.lights import LIGHTS, Light

SHAPES: dict[str, Markup] = {
    "green": element("circle", cx=8, cy=8, r=6.6),
    "yellow": element("path", d="M8 1.6 15 14.2H1z"),
    "red": element("rect", x=2, y=2, width=12, height=12),
    "grey": element("circle", cx=8, cy=8, r=5.6),
}


def light_symbols() -> Markup:
    """Return the shapes once, for `light_mark` to refer to within the same page."""
    symbols = [
        element("symbol", SHAPES[light.name], id=f"light-{light.name}", viewBox="0 0 16 16", class_=f"is-{light.name}")
        for light in LIGHTS
    ]
    return element("svg", *symbols, class_="symbols", width=0, height=0, aria_hidden="true", focusable="false")


def light_mark(light: Light) -> Markup:
    """Return the shape of a light; the word beside it is the template's business."""
    use = element("use", href=f"#light-{light.name}")
    return element("svg", use, class_=f"light is-{light.name}", width=16, height=16, aria_hidden="true")
