"""What every map needs to be read: a bar in metres and an arrow to the north."""

from __future__ import annotations

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, number

LONGEST_PIXELS = 150.0
STEPS = tuple(step * 10**power for power in range(1, 6) for step in (1, 2, 5))


def metre_bar(scale: float, cell_metres: float) -> Markup:
    """Draw the longest round distance that fits; `scale` is pixels per cell, `cell_metres` the edge of a cell."""
    per_metre = scale / cell_metres
    metres = max((step for step in STEPS if step * per_metre <= LONGEST_PIXELS), default=STEPS[0])
    length = metres * per_metre
    written = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    bar = element("path", class_="metre-bar", d=f"M0 -5V0H{number(length)}V-5M{number(length / 2)} -3V0")
    return bar + element("text", written, class_="metre-text", x=length + 7, y=1)


def arrow_north() -> Markup:
    """Draw an arrow to the north; the grid's rows run from north to south."""
    return element("path", class_="north", d="M0 0L5 14L0 10.5L-5 14Z") + element(
        "text", "N", class_="metre-text north-text", x=0, y=25
    )
