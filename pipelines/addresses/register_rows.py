"""The register's rows with the normal form and the comparison key of every part, worked out once per distinct value."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.addresses.keys import building_key, house_key, room_key, unit_key
from pipelines.normalise.text import normalise_text

PARTS: Final = (
    "province", "city", "district", "street", "community", "road", "house_number", "estate", "building", "unit", "room",
)  # fmt: skip
KEY_OF: Final = {"house_number": house_key, "building": building_key, "unit": unit_key, "room": room_key}


def _distinct_map(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Adds `<column>_n` (normal form, empty for null) and, for numbered parts, its key `<column>_k`."""
    distinct = frame.select(pl.col(column).cast(pl.String)).unique().drop_nulls().sort(column)
    values = [normalise_text(text) for text in distinct[column].to_list()]
    added = {column: distinct[column], f"{column}_n": pl.Series(values, dtype=pl.String)}
    key = KEY_OF.get(column)
    if key is not None:
        added[f"{column}_k"] = pl.Series([key(value) if value else "" for value in values], dtype=pl.String)
    names = [name for name in added if name != column]
    joined = frame.join(pl.DataFrame(added), on=column, how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null("") for name in names)


def prepare_register(police_addresses: pl.DataFrame) -> pl.DataFrame:
    """Current register rows, one per address_code and sorted by it, with `<part>_n` and `<part>_k` beside each part.

    `_n` is the normal form (empty for null), `_k` the key of a numbered part. Missing columns are filled with null.
    """
    frame = police_addresses
    if "is_current" in frame.columns:
        frame = frame.filter(pl.col("is_current"))
    missing = [c for c in (*PARTS, "aliases", "status") if c not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in missing)
    missing = [c for c in ("lon", "lat", "floor") if c not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.Float64).alias(c) for c in missing)
    frame = frame.with_columns(pl.col("floor").cast(pl.Int64, strict=False))
    if frame.schema["aliases"] == pl.List(pl.String):
        frame = frame.with_columns(pl.col("aliases").list.join("、"))
    frame = frame.filter(pl.col("address_code").is_not_null()).unique("address_code", keep="first", maintain_order=True)
    frame = frame.sort("address_code")
    for part in PARTS:
        frame = _distinct_map(frame.with_columns(pl.col(part).cast(pl.String)), part)
    return frame
