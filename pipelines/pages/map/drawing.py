"""The map as markup: every part drawn once in cells, and shown by reference wherever a window or the overview needs it.

One unit is one cell. Colours that a layer switch changes are custom properties (`--t1`, `--e4`, `--heat`), because
those reach into referenced drawings in every browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from pipelines.pages.drawing.markup import element, hover, number
from pipelines.pages.map.ground import Ground
from pipelines.pages.map.layers import LARGEST_EDGE, UNITS, Layers, NamedBuilding, Outline
from pipelines.pages.map.paths import run_paths

NOTHING = Markup("")
HALF_DOWN = "translate(0 .5)"
"""Strokes run along row numbers; half a unit lower they cover their row."""


@dataclass(frozen=True)
class Paths:
    """The paths of cells.

    Attributes:
        studied: of all cells of a part, by part.
        bands: of the cells of one band, by class, part and band.
        borders: between streets, by part; a part within one street has none.
    """

    studied: Mapping[int, str]
    bands: Mapping[tuple[str, int, int], str]
    borders: Mapping[int, str]


def paths_of(ground: Ground, values: pl.DataFrame) -> Paths:
    """Write the cells of every part, and of every class and band, as paths."""
    studied = run_paths(ground.cells.select("part", "col", "row"), ["part"])
    known = values.filter(pl.col("band").is_not_null()).select("incident_class", "part", "band", "col", "row")
    bands = run_paths(known, ["incident_class", "part", "band"])
    return Paths(
        {row["part"]: row["d"] for row in studied.to_dicts()},
        {(row["incident_class"], row["part"], row["band"]): row["d"] for row in bands.to_dicts()},
        border_paths(ground.cells),
    )


def patterns() -> Markup:
    """The hatching of cells without history, and the thin lines between cells."""
    hatch = element(
        "pattern",
        element("rect", class_="unknown-paper", width=0.5, height=0.5),
        element("path", class_="unknown-line", d="M0 0V.5"),
        id="unknown",
        patternUnits="userSpaceOnUse",
        width=0.5,
        height=0.5,
        patternTransform="rotate(45)",
    )
    lines = element(
        "pattern",
        element("path", class_="grid-line", d="M0 0V1M0 .5H1"),
        id="grid",
        patternUnits="userSpaceOnUse",
        width=1,
        height=1,
    )
    return hatch + lines


def part_drawings(paths: Paths, layers: Layers, shown: str) -> Markup:
    """Draw each part's cells of the class `shown` with borders (`h<part>`), and what lies over them (`d<part>`)."""
    squares: dict[int, list[tuple[int, str]]] = {}
    for (part, tier), path in sorted(layers.squares.items()):
        squares.setdefault(part, []).append((tier, path))
    outlines: dict[int, list[Outline]] = {}
    for outline in layers.outlines:
        outlines.setdefault(outline.part, []).append(outline)
    named: dict[int, list[NamedBuilding]] = {}
    for building in layers.named:
        named.setdefault(building.part, []).append(building)
    parts = sorted(paths.studied)
    return Markup("").join(
        _cells(part, paths, shown) + _details(part, outlines.get(part, []), squares.get(part, []), named.get(part, []))
        for part in parts
    )


def _cells(part: int, paths: Paths, shown: str) -> Markup:
    bands = [
        element("path", class_=f"band-{band}", d=path)
        for (key, of, band), path in sorted(paths.bands.items())
        if (key, of) == (shown, part)
    ]
    studied, border = paths.studied[part], paths.borders.get(part)
    return element(
        "g",
        element("path", class_="studied", d=studied),
        element("g", *(bands or [NOTHING]), class_="heat", data_part=str(part)),
        element("path", class_="grid", d=studied),
        *([element("path", class_="border", d=border, transform="translate(0 -.5)")] if border else []),
        id=f"h{part}",
        transform=HALF_DOWN,
    )


def _details(
    part: int, outlines: Iterable[Outline], squares: Iterable[tuple[int, str]], named: Iterable[NamedBuilding]
) -> Markup:
    hulls = [
        element(
            "path",
            hover(f"{outline.estate} {outline.index}"),
            class_=f"estate e{'x' if outline.pressure is None else outline.pressure}",
            d=polygon(outline.corners),
        )
        for outline in outlines
    ]
    built = [element("path", class_=f"t{tier}", d=path) for tier, path in squares]
    edge = LARGEST_EDGE
    told = [
        element("rect", hover(f"{of.name} · 1"), x=of.x, y=of.y, width=edge, height=edge, class_="told") for of in named
    ]
    inside = (
        element("g", *built, *told, transform=f"scale({number(1 / UNITS)})", class_="buildings") if built else NOTHING
    )
    return element("g", *hulls, inside, id=f"d{part}")


def polygon(corners: Iterable[tuple[float, float]]) -> str:
    """Write corners as a closed path."""
    points = [f"{number(x)} {number(y)}" for x, y in corners]
    return f"M{'L'.join(points)}z"


def border_paths(cells: pl.DataFrame) -> Mapping[int, str]:
    """Return, by part, the lines between cells of different streets; a part within one street has none."""
    known = cells.select("part", "col", "row", "zone")
    sides = []
    for east, south, along in ((1, 0, ("col", "row")), (0, 1, ("row", "col"))):
        other = known.select(col=pl.col("col") - east, row=pl.col("row") - south, other="zone")
        met = known.join(other, on=["col", "row"]).filter(pl.col("zone") != pl.col("other"))
        across, down = along
        line = met.sort("part", across, down).with_columns(
            begins=(
                (pl.col(down) != pl.col(down).shift(1) + 1)
                | pl.any_horizontal(*(pl.col(name) != pl.col(name).shift(1) for name in ("part", across)))
            ).fill_null(value=True)
        )
        sides.append(
            line.with_columns(run=pl.col("begins").cum_sum())
            .group_by("part", "run", maintain_order=True)
            .agg(pl.col("col", "row").first(), length=pl.len())
            .select(
                "part",
                d=pl.concat_str(
                    pl.lit("M"),
                    pl.col("col") + east,
                    pl.lit(" "),
                    pl.col("row") + south,
                    pl.lit("v" if east else "h"),
                    "length",
                ),
            )
        )
    joined = pl.concat(sides).group_by("part", maintain_order=True).agg(pl.col("d").str.join(""))
    return dict(zip(joined["part"].to_list(), joined["d"].to_list(), strict=True))
