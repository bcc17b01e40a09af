"""What a record says beside its persons: the event of a certificate, the role on a roll, when somebody last looked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

FACT_SCHEMA: Final = pl.Schema(
    {
        "feed": pl.String(),
        "record_key": pl.String(),
        "fact": pl.String(),
        "seen_on": pl.Date(),
        "people": pl.Int64(),
    }
)

_TOLD: Final[Mapping[str, Mapping[str, str]]] = {
    "civil_affairs_benefits": {"fact": "benefit", "seen_on": "approved_on", "people": "household_size"},
    "civil_affairs_elderly": {"fact": "living", "seen_on": "visited_on"},
    "civil_affairs_marriages": {"fact": "event", "seen_on": "registered_on"},
    "housing_leases": {"seen_on": "starts_on", "people": "occupants"},
    "housing_properties": {"fact": "status", "seen_on": "registered_on"},
    "property_occupants": {"fact": "role", "seen_on": "updated_on"},
}
"""Raw columns by feed; a feed that is not named says nothing beyond its persons."""


def record_facts(raw: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Collect what current records say of their persons together.

    Args:
        raw: raw tables by name (``raw.property_occupants`` or ``property_occupants``); absent feeds say nothing.

    Returns:
        Rows of ``FACT_SCHEMA``, one per feed and record_key, sorted. ``fact`` is the word that qualifies the row (event
        of a certificate, role on a roll, benefit, way of living, state of a title), ``seen_on`` the day on which
        somebody looked (visit, approval, update), ``people`` how many persons the record says live there. Null where
        the record does not say.
    """
    frames = [pl.DataFrame(schema=FACT_SCHEMA)]
    for feed, told in _TOLD.items():
        table = raw.get(f"raw.{feed}", raw.get(feed))
        if table is not None:
            frames.append(_facts_of(table, feed, told))
    return pl.concat(frames).sort("feed", "record_key")


def _facts_of(table: pl.LazyFrame, feed: str, told: Mapping[str, str]) -> pl.DataFrame:
    """The current version of each record, the one delivered last where two are current at once."""
    columns = table.collect_schema().names()
    rows = table.filter("is_current").sort("record_key", "delivered_on", "row_number", "batch_id")
    newest = rows.unique("record_key", keep="last", maintain_order=True)
    return newest.select(
        pl.lit(feed).alias("feed"),
        pl.col("record_key").cast(pl.String),
        *(
            (pl.col(told[name]).cast(kind) if told.get(name) in columns else pl.lit(None, dtype=kind)).alias(name)
            for name, kind in list(FACT_SCHEMA.items())[2:]
        ),
    ).collect()


def complete_facts(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts with every column of ``FACT_SCHEMA``; what a caller does not know is null."""
    return pl.concat([pl.DataFrame(schema=FACT_SCHEMA), facts], how="diagonal").select(FACT_SCHEMA.names())
