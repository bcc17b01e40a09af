"""Every address that any feed mentions, in one frame; nothing is parsed here.

Which column of which feed is an address is said in the contracts (`address_mentions:`), nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import AddressMention, Contract

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
        feed: `<department>_<feed>`.
        role: of the address, unique within the feed.
        text: the main address column.
        beside: `hint_*`, `lon` or `lat` -> column that counts as evidence beside the text.
    """

    feed: str
    role: str
    text: str
    beside: Mapping[str, str]


def declared_sources(contracts: Mapping[str, Contract] | None = None) -> tuple[Source, ...]:
    """Return where the feeds mention addresses, by feed, in the order of their declarations.

    Args:
        contracts: by `<department>_<feed>`; default the checkout's, read once a process.
    """
    known = load_contracts() if contracts is None else contracts
    return tuple(
        Source(name, mention.role, mention.text, _beside(mention))
        for name, contract in sorted(known.items())
        for mention in contract.address_mentions
    )


def _beside(mention: AddressMention) -> dict[str, str]:
    named = {hint: getattr(mention, hint.removeprefix("hint_")) for hint in HINTS}
    return {part: column for part, column in {**named, "lon": mention.lon, "lat": mention.lat}.items() if column}


def _select(frame: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    columns = frame.collect_schema().names()
    if "is_current" in columns:
        frame = frame.filter(pl.col("is_current"))

    def column(name: str | None, dtype: pl.DataType) -> pl.Expr:
        return pl.col(name).cast(dtype) if name in columns and name is not None else pl.lit(None, dtype)

    return frame.select(
        pl.lit(source.feed).alias("feed"),
        pl.col("record_key").cast(pl.String),
        pl.lit(source.role).alias("address_role"),
        column(source.text, pl.String()).alias("address_text"),
        *(column(source.beside.get(hint), pl.String()).alias(hint) for hint in HINTS),
        column(source.beside.get("lon"), pl.Float64()).alias("lon"),
        column(source.beside.get("lat"), pl.Float64()).alias("lat"),
    )


def collect_address_mentions(
    raw: Mapping[str, pl.LazyFrame], contracts: Mapping[str, Contract] | None = None
) -> pl.DataFrame:
    """All address mentions of the current rows of the raw tables.

    Args:
        raw: raw table (`raw.police_residents` or `police_residents`) -> frame; a feed that is absent has no mentions.
        contracts: say which columns are addresses; default the checkout's.

    Returns:
        One row per (feed, record_key, address_role), sorted by it: address_text as delivered (null where the cell is),
        `hint_*` from other columns of the row (null where the feed has none), lon and lat in degrees.
    """
    by_name = {name.removeprefix("raw."): frame for name, frame in raw.items()}
    frames = [_select(by_name[source.feed], source) for source in declared_sources(contracts) if source.feed in by_name]
    if not frames:
        return SCHEMA.to_frame()
    keys = ["feed", "record_key", "address_role"]
    mentions = pl.concat(frames).filter(pl.col("record_key").is_not_null()).collect()
    return mentions.sort(*keys, "address_text", nulls_last=True).unique(keys, keep="first", maintain_order=True)
