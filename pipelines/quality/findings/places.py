"""Standard texts of places, as a clerk would write them."""

from __future__ import annotations

import polars as pl

_SITE = ("district", "street", "community", "road", "house_number", "estate")
_DOOR = ("building", "unit", "room")


def standard_texts(register: pl.DataFrame) -> pl.DataFrame:
    """Return `address_code, standard_text, door_text, level, building, unit, room` of every row of the register.

    `standard_text` is from the district to the room (`临江区平安街道金星社区白云南街194号雅居小区4号楼2单元502室`),
    `door_text` its part inside the estate (`4号楼2单元502室`); empty where the row has none.
    """
    room = pl.col("room").cast(pl.String)
    named = register.with_columns(room=pl.when(room.str.contains(r"^\d+$")).then(room + "室").otherwise(room))
    parts = {
        name: pl.concat_str([pl.col(column).fill_null("") for column in columns])
        for name, columns in (("site_text", _SITE), ("door_text", _DOOR))
    }
    return (
        named.with_columns(**parts)
        .with_columns(standard_text=pl.concat_str("site_text", "door_text"))
        .select("address_code", "standard_text", "door_text", "site_text", "level", "status", *_DOOR, "lon", "lat")
        .unique("address_code", keep="first", maintain_order=True)
    )
