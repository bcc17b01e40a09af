"""Rows of a feed, with the truth beside each cell.

A frame of rows has the delivered headers as columns (String), and columns whose name begins with `_`:
`_from`, `_to` (the nights on which the row stands in a full delivery; an increment is delivered on `_from`),
`_record` (identity of the record over its versions), `_m.<role>.<seq>` (the true person, null for none),
`_n.<role>.<seq>` (true where the mention is a name and nothing else), `_i.<role>.<seq>` (the damage of the ID number),
`_d.<role>.<seq>` (the damage of all cells, as `told` writes it),
`_o.<role>.<seq>` (true where an organisation stands for the person), and `_a.<role>.<place|level|target|damage>`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.city.life import FOREVER

ABSENT_UNTIL = 2


@dataclass(frozen=True)
class FeedRows:
    """All versions of all records of one feed.

    Attributes:
        department, feed: folder names.
        frame: see module; row order is the order within a file.
        full: a delivery holds all rows of its night, not only the new ones.
    """

    department: str
    feed: str
    frame: pl.DataFrame
    full: bool

    @property
    def name(self) -> str:
        """`<department>_<feed>`."""
        return f"{self.department}_{self.feed}"

    def at(self, night: int) -> pl.DataFrame:
        """Return the rows that a delivery of `night` holds."""
        if self.full:
            return self.frame.filter((pl.col("_from") <= night) & (pl.col("_to") > night))
        return self.frame.filter(pl.col("_from") == night)

    def since(self, night: int, before: int) -> pl.DataFrame:
        """Return the rows of a delivery of `night` after one of night `before`: of a record only its last version."""
        if self.full:
            return self.at(night)
        rows = self.frame.filter((pl.col("_from") > before) & (pl.col("_from") <= night))
        return rows.filter(pl.col("_from") == pl.col("_from").max().over("_record"))


def address_truth(role: str, written: pl.DataFrame) -> list[pl.Series]:
    """Return the truth columns of an address written by `write_addresses`."""
    return [
        written["place"].alias(f"_a.{role}.place"),
        written["supported_level"].alias(f"_a.{role}.level"),
        written["supported_place"].alias(f"_a.{role}.target"),
        written["damage"].alias(f"_a.{role}.damage"),
    ]


def mention(
    role: str,
    people: pl.Series,
    seq: int = 1,
    name_only: pl.Series | None = None,
    number_damage: pl.Series | None = None,
    damage: pl.Series | None = None,
) -> list[pl.Series]:
    """Return the truth columns of one person mention; null people are no mention.

    `number_damage` is what became of the ID number; null where the feed has no number for this role. `damage` is what
    became of every cell (see `told`).
    """
    flags = name_only if name_only is not None else pl.Series([False]).new_from_index(0, len(people))
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(people))
    return [
        people.alias(f"_m.{role}.{seq}"),
        flags.alias(f"_n.{role}.{seq}"),
        (number_damage if number_damage is not None else empty).alias(f"_i.{role}.{seq}"),
        (damage if damage is not None else empty).alias(f"_d.{role}.{seq}"),
    ]


def told(**damages: pl.Series | None) -> pl.Series:
    """Join the damages of a mention's cells: `name:homophone|phone:stale`, `none` where all cells are whole."""
    given = {cell: damage for cell, damage in damages.items() if damage is not None}
    parts = [
        pl.when(pl.col(cell) != "none").then(pl.concat_str(pl.lit(f"{cell}:"), pl.col(cell))).alias(cell)
        for cell in given
    ]
    joined = pl.DataFrame(given).select(pl.concat_str(parts, separator="|", ignore_nulls=True).alias("d"))["d"]
    return joined.replace("", "none")


def come_and_go(rng: np.random.Generator, frame: pl.DataFrame, share: float) -> pl.DataFrame:
    """Let a share of the rows of a full list be missing on the second night and come back on the third."""
    if share <= 0:
        return frame
    gone = pl.Series(rng.random(len(frame)) < share) & (frame["_from"] == 0) & (frame["_to"] > ABSENT_UNTIL)
    back = frame.filter(gone).with_columns(pl.lit(ABSENT_UNTIL, dtype=pl.Int64).alias("_from"))
    first = pl.when(gone).then(ABSENT_UNTIL - 1).otherwise("_to").cast(pl.Int64).alias("_to")
    return pl.concat([frame.with_columns(first), back])


def lifetime(size: int, begin: int | pl.Series = 0, end: int | pl.Series = FOREVER) -> list[pl.Series]:
    """Return `_from` and `_to`."""
    columns = []
    for name, value in (("_from", begin), ("_to", end)):
        series = value if isinstance(value, pl.Series) else pl.Series(np.full(size, value))
        columns.append(series.cast(pl.Int64).alias(name))
    return columns


def tell_ends(told: pl.DataFrame, nights: int, while_open: dict[str, str | None]) -> pl.DataFrame:
    """Let what ended after its first delivery stand open there, and come again on the night that knows its end.

    Args:
        told: one row a record as it ended, with `night` (first told) and `told_night` (its end is told).
        nights: of the city; an end that is told later is not told.
        while_open: texts of the cells while there is no end.

    Returns:
        The rows of all deliveries, with `_from` and `_to` in place of the two nights.
    """
    is_open = pl.col("told_night") > pl.col("night")
    first = told.with_columns(
        *(
            pl.when(is_open).then(pl.lit(text, dtype=pl.String)).otherwise(cell).alias(cell)
            for cell, text in while_open.items()
        ),
        pl.col("night").alias("_from"),
    )
    later = told.filter(is_open & (pl.col("told_night") < nights)).with_columns(pl.col("told_night").alias("_from"))
    rows = pl.concat([first, later]).drop("night", "told_night").sort("_from", "_record", maintain_order=True)
    return rows.with_columns(lifetime(len(rows), rows["_from"]))


def repeat_some(
    rng: np.random.Generator, frame: pl.DataFrame, share: float, changed: dict[str, str] | None = None
) -> pl.DataFrame:
    """Let a share of rows stand twice, the second time at the end.

    With `changed` every third of them comes with other texts in these columns: a conflict under one key.
    """
    again = frame[np.flatnonzero(rng.random(len(frame)) < share)]
    if changed:
        third = pl.int_range(pl.len()) % 3 == 0
        again = again.with_columns(
            pl.when(third).then(pl.lit(text)).otherwise(pl.col(name)).alias(name) for name, text in changed.items()
        )
    return pl.concat([frame, again])


def lose_some_keys(rng: np.random.Generator, frame: pl.DataFrame, key: str, share: float) -> pl.DataFrame:
    """Leave the key of a share of rows empty."""
    lost = pl.Series(rng.random(len(frame)) < share)
    return frame.with_columns(pl.when(~lost).then(pl.col(key)).alias(key))
