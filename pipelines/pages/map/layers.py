"""What lies over the cells: buildings as squares by size and tier, estates as outlines by their pressure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.pages.map.ground import Ground
from pipelines.pages.map.hulls import ESTATE, hulls_of
from pipelines.pages.map.paths import square_paths

UNITS = 50
"""Buildings are placed to a fiftieth of a cell, two metres on a grid of 100 m."""
EDGES = ((6, 10), (30, 14), (90, 19))
"""Up to so many dwellings, a square of so many units; more than the last, or a tower, is `LARGEST_EDGE`."""
LARGEST_EDGE, TOWER_STOREYS = 25, 18
NAMED = 400
"""So many buildings of the highest tier tell their names to the pointer; the page has to stay small."""
PRESSURE_STEPS = (20.0, 40.0, 60.0, 80.0)


@dataclass(frozen=True)
class Outline:
    """An estate on the ground.

    Attributes:
        estate: its name.
        zone: its street; null when the study area has no such street.
        part: the built-up part that it lies in.
        corners: in cells, in turn.
        pressure: 0 to 4 by fifths of the index; null when the mart does not tell one.
        index: 0 to 100, as text; a dash when not told.
    """

    estate: str
    zone: int | None
    part: int
    corners: tuple[tuple[float, float], ...]
    pressure: int | None
    index: str


@dataclass(frozen=True)
class NamedBuilding:
    """A building of the highest tier: its part, its place in units, and its name for the pointer."""

    part: int
    x: int
    y: int
    name: str


@dataclass(frozen=True)
class Layers:
    """What lies over the cells.

    Attributes:
        squares: the buildings' paths by part and tier; 0 is no tier.
        named: the first buildings of the highest tier, which tell their names.
        outlines: of the estates.
        drawn, unplaced: how many buildings have a place on the map, and how many have none.
    """

    squares: Mapping[tuple[int, int], str]
    named: tuple[NamedBuilding, ...]
    outlines: tuple[Outline, ...]
    drawn: int
    unplaced: int


NO_LAYERS = Layers({}, (), (), 0, 0)


def layers_of(buildings: pl.DataFrame, pressures: pl.DataFrame | None, ground: Ground) -> Layers:
    """Place buildings (`marts.risk_building`) on the ground and colour their estates by `marts.estate_pressure`."""
    placed = ground.nearest_part(ground.place(buildings))
    edge = pl.lit(LARGEST_EDGE)
    for most, units in reversed(EDGES):
        edge = pl.when(pl.col("dwellings").fill_null(0) <= most).then(units).otherwise(edge)
    tower = pl.col("storeys").fill_null(0) >= TOWER_STOREYS
    squares = square_paths(
        placed.with_columns(
            tier=pl.col("tier").fill_null(0), edge=pl.when(tower).then(LARGEST_EDGE).otherwise(edge).cast(pl.Int64)
        ).select(
            "part",
            "tier",
            "edge",
            x=(pl.col("gx") * UNITS - pl.col("edge") / 2).round().cast(pl.Int64),
            y=(pl.col("gy") * UNITS - pl.col("edge") / 2).round().cast(pl.Int64),
        ),
        ["part", "tier"],
    )
    paths = {(row["part"], row["tier"]): row["d"] for row in squares.to_dicts()}
    return Layers(
        paths,
        _named(placed),
        _outlines(placed, pressures, ground.zones),
        placed.height,
        buildings.height - placed.height,
    )


def _named(placed: pl.DataFrame) -> tuple[NamedBuilding, ...]:
    first = placed.filter(pl.col("tier") == 1).sort("rank", "address_code", nulls_last=True).head(NAMED)
    corners = first.select(
        "part",
        x=(pl.col("gx") * UNITS - LARGEST_EDGE / 2).round().cast(pl.Int64),
        y=(pl.col("gy") * UNITS - LARGEST_EDGE / 2).round().cast(pl.Int64),
        name=pl.coalesce("name_zh", "address_code"),
    )
    return tuple(NamedBuilding(**row) for row in corners.to_dicts())


def newest_pressures(pressures: pl.DataFrame) -> pl.DataFrame:
    """Keep the newest month of every estate."""
    return pressures.sort("estate_code", "month").unique("estate_code", keep="last", maintain_order=True)


def _outlines(placed: pl.DataFrame, pressures: pl.DataFrame | None, zones: pl.DataFrame) -> tuple[Outline, ...]:
    hulls = hulls_of(placed).join(zones, on=["district", "street"], how="left", nulls_equal=True, maintain_order="left")
    if pressures is None:
        told = hulls.with_columns(index=pl.lit(None, pl.Float64))
    else:
        newest = newest_pressures(pressures).group_by(ESTATE).agg(pl.col("index").max())
        told = hulls.join(newest, on=ESTATE, how="left", nulls_equal=True, maintain_order="left")
    return tuple(
        Outline(
            estate=row["estate"],
            zone=row["zone"],
            part=row["part"],
            corners=tuple(zip(row["corners"][::2], row["corners"][1::2], strict=True)),
            pressure=_step(row["index"]),
            index="–" if row["index"] is None else f"{row['index']:.0f}",
        )
        for row in told.to_dicts()
    )


def _step(index: float | None) -> int | None:
    return None if index is None else sum(index >= step for step in PRESSURE_STEPS)
