"""The register as the fast path joins it: sites, buildings, units and doors, each with the columns of an answer."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.register.index import Register, Site

NAMES: Final = ("district", "street", "community", "estate")
_CODES: Final = ("estate_code", "building_code", "unit_code", "unit_key", "room_code")
_NONE: Final = pl.lit(None, pl.String)


def _site_key(site: Site) -> str:
    road, house = min(site.addresses) if site.addresses and not site.estate else ("", "")
    return "|".join((site.district, site.street, site.community, site.estate, road, house))


def _about_sites(register: Register) -> pl.DataFrame:
    """One row a site: its names, the beginning of its unit keys, and whether it has buildings, or many of them."""
    sites = register.sites
    return pl.DataFrame(
        {
            "site": range(len(sites)),
            "site_key": [_site_key(site) for site in sites],
            **{name: [getattr(site, name) or None for site in sites] for name in NAMES},
            "many": [len(site.buildings) > 1 for site in sites],
            "has_buildings": [any(site.buildings) for site in sites],
        },
        schema={"site": pl.UInt32, "site_key": pl.String, **dict.fromkeys(NAMES, pl.String)}
        | {"many": pl.Boolean, "has_buildings": pl.Boolean},
    )


def door_table(register: Register) -> pl.DataFrame:
    """Rooms, one row each: site and keys, how many rows share the door or the building, and the answer's columns."""
    rooms = register.frame.filter(pl.col("room") != "").select(
        "address_code", "estate_code", "building_code", "unit_code", "room_code", "site", "building", "unit", "room",
        "full_text", row_floor="floor",
    )  # fmt: skip
    in_building = ["site", "building", "room"]
    return (
        rooms.join(_about_sites(register), on="site")
        .with_columns(
            pl.len().over(*in_building, "unit").alias("at_door"),
            pl.len().over(in_building).alias("in_building"),
            (pl.col("unit") == "").any().over(in_building).alias("without_unit"),
            pl.concat_str("site_key", "building", "unit", separator="|").alias("unit_key"),
        )
        .drop("site_key")
    )


def site_table(register: Register) -> pl.DataFrame:
    """Sites, one row each, with the row of the register that stands for each, null where there is none."""
    rows = register.frame.select("index", "address_code", "full_text", "level")
    standing = pl.Series("row", [site.row for site in register.sites], pl.UInt32)
    empty = pl.when(pl.col("estate").is_null()).then(pl.lit("house_number")).otherwise(pl.lit("estate"))
    about = _about_sites(register).with_columns(standing)
    joined = about.join(rows, left_on="row", right_on="index", how="left", maintain_order="left")
    return joined.select(
        "site", *NAMES, "address_code", "full_text", pl.col("level").fill_null(empty), estate_code="address_code",
        **dict.fromkeys(_CODES[1:], _NONE),
    )  # fmt: skip


def _standing_codes(register: Register) -> pl.DataFrame:
    codes = register.frame.select("site", "estate_code").unique("site", keep="first")
    return _about_sites(register).join(codes, on="site")


def building_table(register: Register) -> pl.DataFrame:
    """Buildings that the register writes in one way only: site, building, and the answer's columns."""
    rows = register.frame.filter(pl.col("building") != "")
    alone = (pl.col("unit") == "") & (pl.col("room") == "") & (pl.col("level") != "floor")
    standing = rows.filter(alone).group_by("site", "building").agg(
        pl.len().alias("size"), *(pl.col(name).first() for name in ("address_code", "full_text"))
    )  # fmt: skip
    buildings = rows.select("site", "building").unique().join(standing, on=["site", "building"], how="left")
    once = buildings.filter(pl.col("size").fill_null(1) == 1).join(_standing_codes(register), on="site")
    return once.select(
        "site", "building", *NAMES, "address_code", "full_text", "estate_code", level=pl.lit("building"),
        building_code="address_code", unit_code=_NONE, unit_key=_NONE, room_code=_NONE,
    )  # fmt: skip


def unit_table(register: Register) -> pl.DataFrame:
    """Units of buildings: site, building, unit, and the answer's columns; the code is null where only rooms stand."""
    key = ["site", "building", "unit"]
    rows = register.frame.filter((pl.col("building") != "") & (pl.col("unit") != ""))
    standing = rows.filter((pl.col("room") == "") & (pl.col("level") != "floor"))
    standing = standing.unique(key, keep="first", maintain_order=True).select(*key, "address_code", "full_text")
    units = rows.sort("index").unique(key, keep="first", maintain_order=True).select(*key, "building_code")
    joined = units.join(standing, on=key, how="left").join(_standing_codes(register), on="site")
    return joined.select(
        *key, *NAMES, "address_code", "full_text", "estate_code", "building_code",
        unit_key=pl.concat_str("site_key", "building", "unit", separator="|"),
        level=pl.lit("unit"), unit_code="address_code", room_code=_NONE,
    )  # fmt: skip
