"""On which day a text was first delivered: what a text meant depends on the register of its day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from pipelines.addresses.mentions import declared_sources

_KEYS: Final = ["feed", "record_key", "address_role"]
SCHEMA: Final = {**dict.fromkeys(_KEYS, pl.String), "written_on": pl.Date}


def first_delivered(raw: Mapping[str, pl.LazyFrame], wanted: pl.DataFrame) -> pl.DataFrame:
    """The day on which each mention's present text was delivered first.

    Args:
        raw: raw table (`raw.police_residents` or `police_residents`) -> frame, with the versions that are not current.
        wanted: key and `address_text` of the mentions in question.

    Returns:
        Key and `written_on`, sorted by key; later versions of a record that repeat its text do not make it younger.
    """
    by_name = {name.removeprefix("raw."): frame for name, frame in raw.items()}
    found = [pl.DataFrame(schema=SCHEMA)]
    for source in declared_sources():
        mine = wanted.select(*_KEYS, "address_text").filter(
            (pl.col("feed") == source.feed) & (pl.col("address_role") == source.role)
        )
        frame = by_name.get(source.feed)
        if mine.is_empty() or frame is None:
            continue
        texts = frame.select(pl.col("record_key").cast(pl.String), address_text=source.text, day="delivered_on")
        told = texts.join(mine.lazy(), on=["record_key", "address_text"])
        days = told.group_by(_KEYS).agg(written_on=pl.col("day").min()).collect()
        found.append(days.select(list(SCHEMA)).cast(SCHEMA))  # type: ignore[arg-type]  # polars' stubs want a narrower key
    return pl.concat(found).sort(_KEYS)
