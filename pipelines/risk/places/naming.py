"""What a cell is called and to which community it belongs: by the addresses in it, else by the nearest one."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from pipelines.risk.places.grid import Floats, Grid, cells_of

AREA = ("district", "street", "community")


def name_cells(cells: pl.DataFrame, points: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """Return district, street, community, place_name_zh, buildings and addresses of each cell, in the cells' order.

    Args:
        cells: column, row.
        points: `register_points` in use; at least one.
        grid: of the cells.

    A cell belongs to the community of most of its addresses and is named after its commonest estate, else its
    commonest road; without an address it takes both from the nearest one, and is called 近… (near …).
    """
    x, y = grid.project(points["lon"].to_numpy(), points["lat"].to_numpy())
    column, row = cells_of(x, y, grid.cell_metres)
    placed = points.with_columns(column=pl.Series(column), row=pl.Series(row), called=_called())
    found = cells.join(_by_cell(placed), on=["column", "row"], how="left", maintain_order="left")
    near = placed.select(*AREA, "called")[_nearest(cells, x, y, grid)]
    near = near.select(pl.all().name.prefix("near_"))
    inside = pl.col("addresses").is_not_null()
    return pl.concat([found, near], how="horizontal").select(
        *(pl.when(inside).then(pl.col(name)).otherwise(pl.col(f"near_{name}")).alias(name) for name in AREA),
        place_name_zh=pl.when(inside).then("called").otherwise(pl.format("近{}", "near_called")),
        buildings=pl.col("buildings").fill_null(0).cast(pl.Int64),
        addresses=pl.col("addresses").fill_null(0).cast(pl.Int64),
    )


def _called() -> pl.Expr:
    """Return the name of an address for people: its estate, else its road, else its community."""
    blank = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in ("estate", "road", "community")]
    return pl.coalesce(*blank, pl.lit("无名地点"))


def _by_cell(placed: pl.DataFrame) -> pl.DataFrame:
    """Return one row per cell with addresses; the commonest community and name, ties by the text."""
    where = ["column", "row"]
    buildings = pl.when(pl.col("level") == "building").then("address_code").otherwise("building_code")
    counts = placed.group_by(where).agg(buildings=buildings.drop_nulls().n_unique(), addresses=pl.len())
    area = _commonest(placed, where, list(AREA))
    return counts.join(area, on=where).join(_commonest(placed, where, ["called"]), on=where)


def _commonest(placed: pl.DataFrame, where: list[str], what: list[str]) -> pl.DataFrame:
    counted = (
        placed.group_by(where + what)
        .len()
        .sort(*where, "len", *what, descending=[False, False, True] + [False] * len(what))
    )
    return counted.unique(where, keep="first", maintain_order=True).drop("len")


def _nearest(cells: pl.DataFrame, x: Floats, y: Floats, grid: Grid) -> pl.Series:
    centres = (cells.select("column", "row").to_numpy() + 0.5) * grid.cell_metres
    _, index = KDTree(np.stack([x, y], axis=1)).query(centres)
    return pl.Series(np.atleast_1d(index).astype(np.uint32))
