"""The whole district in one picture: where its built-up parts truly lie, and how warm they are."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number
from pipelines.pages.map.ground import Ground
from pipelines.pages.map.labels import Wanted, place_labels
from pipelines.pages.map.marks import arrow_north, metre_bar

WIDTH, HEIGHT, FOOT = 640.0, 520.0, 30.0
MARGIN_CELLS = 3
NAME_PIXELS = 13.0


def overview_picture(ground: Ground, names: Mapping[int, str]) -> Markup:
    """Draw all parts by reference; each leads to its street, whose name stands at its largest part."""
    columns, rows = ground.columns + 2 * MARGIN_CELLS, ground.rows + 2 * MARGIN_CELLS
    scale = min(WIDTH / columns, HEIGHT / rows, 30.0)
    unit = 1 / scale
    width, height = columns * scale, rows * scale
    boxes = _boxes(ground)
    heat = [element("use", href=f"#h{part}") for part in sorted(set(boxes["part"].to_list()))]
    inside = element(
        "svg",
        element("rect", class_="sea", x=-MARGIN_CELLS, y=-MARGIN_CELLS, width=columns, height=rows),
        *heat,
        *_links(boxes, names),
        _labels(boxes, names, unit, (columns, rows)),
        width=width,
        height=height,
        viewBox=f"{-MARGIN_CELLS} {-MARGIN_CELLS} {columns} {rows}",
        class_="whole",
    )
    return element(
        "svg",
        inside,
        element("g", metre_bar(scale, ground.size_m), transform=f"translate(4 {number(height + 18)})"),
        element("g", arrow_north(), transform=f"translate({number(width - 14)} {number(height)})"),
        class_="picture overview",
        viewBox=f"0 0 {number(width)} {number(height + FOOT)}",
        width=width,
        height=height + FOOT,
        role="group",
        aria_labelledby="overview-title",
        data_metres=ground.size_m,
    )


def _boxes(ground: Ground) -> pl.DataFrame:
    return (
        ground.cells.group_by("zone", "part")
        .agg(
            left=pl.col("col").min(),
            right=pl.col("col").max() + 1,
            top=pl.col("row").min(),
            bottom=pl.col("row").max() + 1,
            cells=pl.len(),
        )
        .sort("cells", "zone", "part", descending=[True, False, False])
    )


def _links(boxes: pl.DataFrame, names: Mapping[int, str]) -> list[Markup]:
    return [
        element(
            "a",
            hover(names[row["zone"]]),
            element(
                "rect", x=row["left"], y=row["top"], width=row["right"] - row["left"], height=row["bottom"] - row["top"]
            ),
            href=f"#street-{row['zone']}",
            class_="to-street",
            tabindex="-1",
            data_zone=str(row["zone"]),
        )
        for row in boxes.to_dicts()
    ]


def _labels(boxes: pl.DataFrame, names: Mapping[int, str], unit: float, size: tuple[int, int]) -> Markup:
    largest = boxes.unique("zone", keep="first", maintain_order=True).to_dicts()
    wanted = [Wanted(names[row["zone"]], (row["left"], row["top"], row["right"], row["bottom"])) for row in largest]
    edges = (-MARGIN_CELLS, -MARGIN_CELLS, size[0] - MARGIN_CELLS, size[1] - MARGIN_CELLS)
    taken = [(row["left"], row["top"], row["right"], row["bottom"]) for row in boxes.to_dicts()]
    free = place_labels(wanted, NAME_PIXELS * unit, edges, taken)
    missing = [want for want in wanted if want.name not in {label.name for label in free}]
    covered = [(label.x - 4, label.y - 1, label.x + 4, label.y) for label in free]
    forced = place_labels(missing, NAME_PIXELS * unit, edges, covered)
    texts = [element("text", label.name, x=f"{label.x:.2f}", y=f"{label.y:.2f}") for label in (*free, *forced)]
    style = {"font_size": f"{NAME_PIXELS * unit:.3f}", "stroke_width": f"{3.5 * unit:.3f}"}
    return element("g", *texts, class_="names street-names name", lang="zh-Hans", **style)
