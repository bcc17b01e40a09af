"""One street as a picture: its windows, the names of estates in them, and the numbered cells of its list."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number
from pipelines.pages.map.labels import Box, Wanted, place_labels
from pipelines.pages.map.layers import Outline
from pipelines.pages.map.layout import TITLE
from pipelines.pages.map.lists import ListedCell
from pipelines.pages.map.marks import arrow_north, metre_bar
from pipelines.pages.map.windows import StreetSheet, Window

NAME_PIXELS, NUMBER_PIXELS, TITLE_PIXELS = 12.0, 12.5, 13.0
FOOT = 34.0


def street_picture(
    sheet: StreetSheet,
    listed: Sequence[ListedCell],
    outlines: Sequence[Outline],
    cell_metres: float,
) -> Markup:
    """Draw the windows of a street with a scale bar below; `listed` are the cells of its list for the class shown."""
    windows = [
        _window(window, sheet, [cell for cell in listed if cell.patch == window.patch], outlines)
        for window in sheet.windows
    ]
    foot = element("g", metre_bar(sheet.scale, cell_metres), transform=f"translate(2 {number(sheet.height + 14)})")
    width = max(sheet.width, 200.0)
    north = element("g", arrow_north(), transform=f"translate({number(width - 14)} {number(sheet.height + 6)})")
    return element(
        "svg",
        *windows,
        foot,
        north,
        class_="picture street-map",
        viewBox=f"0 0 {number(width)} {number(sheet.height + FOOT)}",
        width=width,
        height=sheet.height + FOOT,
        role="group",
        aria_labelledby=f"street-{sheet.zone}-title",
    )


def _window(
    window: Window,
    sheet: StreetSheet,
    listed: Sequence[ListedCell],
    outlines: Sequence[Outline],
) -> Markup:
    place, unit = window.place, 1 / sheet.scale
    box = (window.left, window.top, window.left + window.columns, window.top + window.rows)
    inside = element(
        "svg",
        element("rect", class_="ground", x=box[0], y=box[1], width=window.columns, height=window.rows),
        element("use", href=f"#h{window.part}"),
        element("use", href=f"#d{window.part}"),
        element("g", *(mark(cell, unit) for cell in listed), class_="marks"),
        _names(window, listed, [outline for outline in outlines if outline.zone == sheet.zone], unit),
        x=place.x,
        y=place.y,
        width=place.width,
        height=place.height,
        viewBox=" ".join(number(edge) for edge in (box[0], box[1], window.columns, window.rows)),
        class_="window",
        data_part=str(window.part),
        data_patch=str(window.patch),
        data_unit=f"{unit:.4f}",
    )
    frame = element("rect", class_="frame", x=place.x, y=place.y, width=place.width, height=place.height)
    title = element(
        "text",
        _title(window, place.width),
        class_="window-title name",
        lang="zh-Hans",
        x=place.x,
        y=place.y - TITLE + 17,
    )
    return title + inside + frame


def mark(cell: ListedCell, unit: float) -> Markup:
    """Draw a numbered cell, which leads to its row of the list; `unit` is one pixel in cells."""
    middle = f"{cell.col + 0.5:g}", cell.row + 0.5 + NUMBER_PIXELS * 0.36 * unit
    return element(
        "a",
        hover(cell.words),
        element("rect", x=cell.col, y=cell.row, width=1, height=1, stroke_width=f"{2.4 * unit:.3f}"),
        element(
            "text",
            str(cell.number),
            x=middle[0],
            y=f"{middle[1]:.2f}",
            font_size=f"{NUMBER_PIXELS * unit:.3f}",
            stroke_width=f"{3 * unit:.3f}",
        ),
        href=f"#row-{cell.zone}-{cell.number}",
        id=f"mark-{cell.zone}-{cell.number}",
        class_="mark",
        tabindex="-1",
    )


def _names(window: Window, listed: Sequence[ListedCell], outlines: Sequence[Outline], unit: float) -> Markup:
    frame: Box = (window.left, window.top, window.left + window.columns, window.top + window.rows)
    here = [outline for outline in outlines if outline.part == window.part]
    wanted = [_wish(outline) for outline in sorted(here, key=_area, reverse=True)]
    taken: list[Box] = [(cell.col, cell.row, cell.col + 1, cell.row + 1) for cell in listed]
    labels = place_labels(wanted, NAME_PIXELS * unit, frame, taken)
    texts = [element("text", label.name, x=f"{label.x:.2f}", y=f"{label.y:.2f}") for label in labels]
    if not texts:
        return Markup("")
    style = {"font_size": f"{NAME_PIXELS * unit:.3f}", "stroke_width": f"{3.2 * unit:.3f}"}
    return element("g", *texts, class_="names name", lang="zh-Hans", **style)


def _wish(outline: Outline) -> Wanted:
    corners = outline.corners
    middle = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
    by_height = sorted(corners, key=lambda corner: (corner[1], corner[0]))
    return Wanted(outline.estate, by_height[0], middle, by_height[-1])


def _bounds(outline: Outline) -> Box:
    xs, ys = [x for x, _ in outline.corners], [y for _, y in outline.corners]
    return (min(xs), min(ys), max(xs), max(ys))


def _area(outline: Outline) -> tuple[float, str]:
    left, top, right, bottom = _bounds(outline)
    return (right - left) * (bottom - top), outline.estate


def _title(window: Window, width: float) -> str:
    """Write as many communities as the width holds; `+2` says how many are left out."""
    names, left_out = list(window.communities), window.others
    while len(names) > 1 and sum(map(len, names)) * TITLE_PIXELS > width:
        names.pop()
        left_out += 1
    written = "、".join(names) or "–"
    return f"{written} +{left_out}" if left_out else written
