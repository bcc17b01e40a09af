"""`master.address` from the register's rows: each row with the codes of its ancestors-or-self."""

from __future__ import annotations

import polars as pl

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.register.rows import PARTS
from pipelines.addresses.register.sites import site_rows


def building_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that stand for a building, in order of address_code."""
    below = (pl.col("unit_k") == "") & (pl.col("room_k") == "") & (pl.col("level") != "floor")
    return rows.filter((pl.col("building_k") != "") & below)


def unit_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The row that stands for each unit (site, building_k, unit_k), the first by address_code."""
    found = rows.filter((pl.col("unit_k") != "") & (pl.col("room_k") == "") & (pl.col("level") != "floor"))
    return found.unique(["site", "building_k", "unit_k"], keep="first", maintain_order=True)


def with_ancestors(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds estate_code, building_code, unit_code, room_code and parent_code; null where the register has no such row.

    Args:
        rows: the frame of `prepare_register` with `index`, sorted by address_code.
    """
    standing = site_rows(rows)
    sites = standing.with_columns(rows["address_code"].gather(standing["site_row"]).alias("estate_code"))
    key = ["site", "building_k"]
    best = building_rows(rows).sort("rank", "index").unique(key, keep="first", maintain_order=True)
    units = unit_rows(rows).select(*key, "unit_k", unit_code="address_code")
    joined = (
        rows.join(sites, on="site", how="left", maintain_order="left")
        .join(best.select(*key, building_code="address_code"), on=key, how="left", maintain_order="left")
        .join(units, on=[*key, "unit_k"], how="left", maintain_order="left")
    )
    code = pl.col("address_code")
    above = [pl.when(pl.col(name) != code).then(name) for name in ("unit_code", "building_code", "estate_code")]
    return joined.with_columns(
        building_code=pl.when(pl.col("level") == "building").then(code).otherwise("building_code"),
        room_code=pl.when(pl.col("room_k") != "").then(code),
    ).with_columns(parent_code=pl.when(pl.col("index") != pl.col("site_row").fill_null(-1)).then(pl.coalesce(above)))


def _with_division_code(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `division_code` by the national table; null where the city is not in it."""
    names = ["province_n", "city_n", "district_n"]
    distinct = frame.select(names).unique().sort(names)
    codes = [national_divisions().find(*(name or None for name in row)) for row in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("division_code", codes, pl.String))
    return frame.join(known, on=names, how="left", maintain_order="left")


def address_table(rows: pl.DataFrame) -> pl.DataFrame:
    """`master.address`: the register's columns with the codes of each row's ancestors-or-self, by address_code.

    Args:
        rows: the frame of `with_ancestors`.
    """
    return _with_division_code(rows).select(
        "address_code", "level", *PARTS[:10], "floor", "room",
        pl.col("lon").cast(pl.Float64), pl.col("lat").cast(pl.Float64), "status", "division_code",
        "estate_code", "building_code", "unit_code", "room_code", "parent_code",
    )  # fmt: skip
