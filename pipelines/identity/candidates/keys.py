"""What a blocking key is made of: columns of the node features, side by side."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.identity.candidates.features import SLOTS
from pipelines.normalise.id_repair import repair_candidates

Keys = Callable[[pl.DataFrame], pl.DataFrame]
"""Features to `node, key`; a node may have several keys, and has none where a part is missing."""


def columns(*names: str | pl.Expr) -> Keys:
    """Keys that are the values of columns side by side."""

    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return features.select("node", key=pl.concat_str(*names, separator="|"))

    return keys


def slotted(slot: str, *parts: pl.Expr) -> Keys:
    """Keys of every slot of a kind, together with other parts."""

    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(
            features.select("node", key=pl.concat_str([pl.col(f"{slot}_{place + 1}"), *parts], separator="|"))
            for place in range(SLOTS[slot])
        )

    return keys


def either(*several: Keys) -> Keys:
    """The keys of several makers together: two nodes meet when a key of one is any key of the other."""

    def keys(features: pl.DataFrame) -> pl.DataFrame:
        return pl.concat(make(features) for make in several)

    return keys


def with_names(*parts: pl.Expr) -> Keys:
    """The name, and the former name, each with other parts: a former name meets the name it was."""
    return either(columns("name", *parts), columns("former_name", *parts))


def repaired(features: pl.DataFrame) -> pl.DataFrame:
    """The own number, and for a number with a slip every number that one slip turns it into.

    Candidates that contradict the node's own birth date or sex are left out.
    """
    whole = features.select("node", "birth", "sex", number="id_pattern").filter(features["id_number"].is_null())
    born = pl.col("birth").str.replace_all("-", "")
    inside = pl.col("candidate").str.slice(6, born.str.len_chars())
    odd = pl.col("candidate").str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1
    candidates = (
        whole.join(repair_candidates(whole["number"]), on="number")
        .filter((inside == born).fill_null(value=True), (odd == (pl.col("sex") == "1")).fill_null(value=True))
        .select("node", key="candidate")
    )
    return pl.concat([features.select("node", key="id_number"), candidates])


month = pl.when(pl.col("birth").str.len_chars() >= 7).then(pl.col("birth").str.head(7))
day = pl.when(pl.col("birth").str.len_chars() == 10).then(pl.col("birth"))
year = pl.col("birth").str.head(4)
head = pl.coalesce("surname", pl.col("name").str.head(2))
"""The surname; of a name that has none, its first two signs."""
last = pl.col("name").str.tail(1)
second = pl.when(pl.col("name").str.len_chars() >= 2).then(pl.col("name").str.slice(1, 1))
long_given = pl.when(pl.col("given").str.len_chars() >= 2).then(pl.col("given"))
_tail = pl.col("id_pattern").str.tail(4)
known_tail = pl.when(~_tail.str.contains("*", literal=True)).then(_tail)
_inner = pl.col("id_pattern").str.slice(6, 8)
known_birth = pl.when(~_inner.str.contains("*", literal=True)).then(_inner)
_start = pl.col("id_pattern").str.head(14)
known_start = pl.when(~_start.str.contains("*", literal=True)).then(_start)
