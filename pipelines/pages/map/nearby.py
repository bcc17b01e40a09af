"""Which buildings stand in a cell: a number in a grid says nothing to a grid worker, `3号楼、5号楼` does."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.pages.map.ground import Ground

SHOWN = 3


def buildings_in_cells(buildings: pl.DataFrame, ground: Ground) -> Mapping[tuple[int, int], str]:
    """Name up to three buildings of every cell that has some, those with most dwellings first.

    Args:
        buildings: `marts.risk_building`; the estate's name is left out of a building's where both are told.
        ground: the study area.

    Returns:
        By column and row; cells without a building are not there.
    """
    estate, name = pl.col("estate").fill_null(""), pl.col("name_zh")
    short = pl.when((estate != "") & name.str.starts_with(estate)).then(name.str.slice(estate.str.len_chars()))
    placed = (
        ground.place(buildings.filter(name.is_not_null()))
        .with_columns(
            col=pl.col("gx").floor().cast(pl.Int64),
            row=pl.col("gy").floor().cast(pl.Int64),
            short=pl.when(short.str.len_chars() > 0).then(short).otherwise(name),
        )
        .sort("col", "row", -pl.col("dwellings").fill_null(0), "short", "address_code")
        .unique(["col", "row", "short"], keep="first", maintain_order=True)
    )
    named = placed.group_by("col", "row", maintain_order=True).agg(
        names=pl.col("short").head(SHOWN).str.join("、"), more=pl.len() > SHOWN
    )
    return {(row["col"], row["row"]): row["names"] + ("等" if row["more"] else "") for row in named.to_dicts()}
