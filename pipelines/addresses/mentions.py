"""Every address that any feed mentions, in one frame; nothing is parsed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

HINTS: Final = ("hint_estate", "hint_building", "hint_unit", "hint_room", "hint_community")
# What departments write for nothing, after normalisation.
NULL_TOKENS: Final = ("", "无", "不详", "NULL", "-", "/", "暂无", "未知")
SCHEMA: Final = pl.Schema(
    {"feed": pl.String, "record_key": pl.String, "address_role": pl.String, "address_text": pl.String}
    | dict.fromkeys(HINTS, pl.String)
    | {"lon": pl.Float64, "lat": pl.Float64}
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a feed mentions an address.

    Attributes:
        text: the main address column; hints: hint name -> column that counts as evidence beside it.
    """

    feed: str
    role: str
    text: str
    hints: Mapping[str, str]


SOURCES: Final = (
    Source("police_residents", "residence", "residence_address", {}),
    Source("police_residents", "hukou", "hukou_address", {}),
    Source("police_incidents", "location", "address", {}),
    Source("civil_affairs_benefits", "residence", "address", {}),
    Source("civil_affairs_elderly", "residence", "address", {}),
    Source(
        "housing_properties",
        "dwelling",
        "address",
        {"hint_building": "building", "hint_unit": "unit", "hint_room": "room"},
    ),
    Source("housing_leases", "dwelling", "address", {}),
    Source("property_occupants", "dwelling", "room_text", {"hint_estate": "estate"}),
    Source("property_workorders", "location", "location", {"hint_estate": "estate"}),
    Source("sensors_devices", "location", "location", {}),
    Source("street_office_disputes", "location", "address", {}),
    Source("market_regulation_enterprises", "location", "address", {}),
)


def _select(frame: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    columns = frame.collect_schema().names()
    if "is_current" in columns:
        frame = frame.filter(pl.col("is_current"))

    def column(name: str | None, dtype: pl.DataType) -> pl.Expr:
        return pl.col(name).cast(dtype) if name in columns and name is not None else pl.lit(None, dtype)

    chosen = [
        pl.lit(source.feed).alias("feed"),
        pl.col("record_key").cast(pl.String),
        pl.lit(source.role).alias("address_role"),
        column(source.text, pl.String()).alias("address_text"),
        *(column(source.hints.get(hint), pl.String()).alias(hint) for hint in HINTS),
        column("lon", pl.Float64()).alias("lon"),
        column("lat", pl.Float64()).alias("lat"),
    ]
    return frame.select(chosen)


def collect_address_mentions(raw: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """All address mentions of the current rows of the raw tables.

    Args:
        raw: raw table (`raw.police_residents` or `police_residents`) -> frame; a feed that is absent has no mentions.

    Returns:
        One row per (feed, record_key, address_role), sorted by it: address_text as delivered (null where the cell is),
        `hint_*` from other columns of the row (null where the feed has none), lon and lat in degrees.
    """
    by_name = {name.removeprefix("raw."): frame for name, frame in raw.items()}
    frames = [_select(by_name[source.feed], source) for source in SOURCES if source.feed in by_name]
    if not frames:
        return SCHEMA.to_frame()
    keys = ["feed", "record_key", "address_role"]
    mentions = pl.concat(frames).filter(pl.col("record_key").is_not_null()).collect()
    return mentions.sort(*keys, "address_text", nulls_last=True).unique(keys, keep="first", maintain_order=True)
