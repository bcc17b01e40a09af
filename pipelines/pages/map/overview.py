"""The whole district in one picture: where its built-up parts truly lie, and how warm they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number
from pipelines.pages.map.ground import Ground
from pipelines.pages.map.labels import around_box, place_labels
from pipelines.pages.map.marks import arrow_north, metre_bar

WIDTH, HEIGHT, FOOT = 640.0, 520.0, 30.0
MARGIN_CELLS = 3
LEAST_REACH = 20
NAME_PIXELS = 13.0


@dataclass(frozen=True)
class Bounds:
    """What the overview shows, in cells, and how many cells lie beyond it."""

    left: int
    top: int
    columns: int
    rows: int
    beyond: int


def bounds_of(ground: Ground) -> Bounds:
    """Take in all cells but those so far away that the others would shrink to dots.

    A point of the register with wrong digits lies a hundred kilometres off: what is farther from the middle 98 % of the
    cells than once their extent (and twenty cells) is left out of the overview; it is drawn in its street all the same.
    """
    ends = {}
    for name in ("col", "row"):
        low, high = ground.cells.select(
            pl.col(name).quantile(0.01, "nearest").alias("low"), pl.col(name).quantile(0.99, "nearest").alias("high")
        ).row(0)
        reach = max(high - low, LEAST_REACH)
        ends[name] = (low - reach, high + reach)
    inside = pl.all_horizontal(*(pl.col(name).is_between(*ends[name]) for name in ends))
    shown = ground.cells.filter(inside)
    left, right, top, bottom = shown.select(
        pl.col("col").min().alias("left"),
        pl.col("col").max().alias("right"),
        pl.col("row").min(),
        pl.col("row").max().alias("bottom"),
    ).row(0)
    return Bounds(
        int(left) - MARGIN_CELLS,
        int(top) - MARGIN_CELLS,
        int(right - left) + 1 + 2 * MARGIN_CELLS,
        int(bottom - top) + 1 + 2 * MARGIN_CELLS,
        ground.cells.height - shown.height,
    )


def overview_picture(ground: Ground, names: Mapping[int, str], bounds: Bounds) -> Markup:
    """Draw all parts by reference; each leads to its street, whose name stands at its largest part."""
    columns, rows = bounds.columns, bounds.rows
    scale = min(WIDTH / columns, HEIGHT / rows, 30.0)
    unit = 1 / scale
    width, height = columns * scale, rows * scale
    boxes = _boxes(ground)
    heat = [element("use", href=f"#h{part}") for part in sorted(set(boxes["part"].to_list()))]
    inside = element(
        "svg",
        element("rect", class_="sea", x=bounds.left, y=bounds.top, width=columns, height=rows),
        *heat,
        *_links(boxes, names),
        _labels(boxes, names, unit, bounds),
        width=width,
        height=height,
        viewBox=f"{bounds.left} {bounds.top} {columns} {rows}",
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


def _labels(boxes: pl.DataFrame, names: Mapping[int, str], unit: float, bounds: Bounds) -> Markup:
    largest = boxes.unique("zone", keep="first", maintain_order=True).to_dicts()
    wanted = [around_box(names[row["zone"]], (row["left"], row["top"], row["right"], row["bottom"])) for row in largest]
    edges = (bounds.left, bounds.top, bounds.left + bounds.columns, bounds.top + bounds.rows)
    taken = [(row["left"], row["top"], row["right"], row["bottom"]) for row in boxes.to_dicts()]
    free = place_labels(wanted, NAME_PIXELS * unit, edges, taken)
    missing = [want for want in wanted if want.name not in {label.name for label in free}]
    covered = [(label.x - 4, label.y - 1, label.x + 4, label.y) for label in free]
    forced = place_labels(missing, NAME_PIXELS * unit, edges, covered)
    texts = [element("text", label.name, x=f"{label.x:.2f}", y=f"{label.y:.2f}") for label in (*free, *forced)]
    style = {"font_size": f"{NAME_PIXELS * unit:.3f}", "stroke_width": f"{3.5 * unit:.3f}"}
    return element("g", *texts, class_="names street-names name", lang="zh-Hans", **style)
