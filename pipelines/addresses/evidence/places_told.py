"""The columns of an answer that follow from its code, for answers that evidence gives after the text was decided."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.register.index import Register

PLACE: Final = (
    "matched_level", "district", "street", "community", "estate", "estate_code", "building_code", "unit_code",
    "unit_key", "room_code",
)  # fmt: skip


def places_told(register: Register, codes: pl.Series) -> pl.DataFrame:
    """`address_code` and the columns of `PLACE`, one row for each distinct code, sorted by it.

    Args:
        register: the register that the codes are of; others are left out.
        codes: address codes; null is left out.
    """
    wanted = codes.drop_nulls().unique().sort().to_frame("address_code").cast(pl.String)
    rows = wanted.join(register.frame, on="address_code", how="inner", maintain_order="left")
    sites = [register.sites[site] for site in rows["site"].to_list()]
    names = {
        name: pl.Series(name, [getattr(site, name) or None for site in sites], pl.String)
        for name in ("district", "street", "community", "estate")
    }
    keys = []
    for site, building, unit, level in rows.select("site", "building", "unit", "level").iter_rows():
        place = register.sites[site]
        road, house = min(place.addresses) if place.addresses and not place.estate else ("", "")
        parts = (place.district, place.street, place.community, place.estate, road, house, building, unit)
        keys.append("|".join(parts) if level in ("room", "floor", "unit") else None)
    return rows.select(
        "address_code", "estate_code", "building_code", "unit_code", "room_code", matched_level="level",
    ).with_columns(*names.values(), pl.Series("unit_key", keys, pl.String)).select("address_code", *PLACE)  # fmt: skip
