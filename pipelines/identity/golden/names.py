"""Which of two spellings is the slip: one that nobody uses in names, or one that lacks a character.

A wrong character typed or read is mostly one that hardly occurs in given names (停 for 婷, 果 for 国); the city's own
names tell which those are. And characters get lost far more often than they are invented (林慧 for 林慧红).
"""

from __future__ import annotations

import polars as pl

UNUSUAL = 5.0
"""How many times rarer in given names a character must be before it counts against a spelling."""

USAGE_TRUST = 0.6
"""What the usual spelling gains, in units of trust: it decides between two departments about equally trusted, and never
outweighs a third."""

LOST_TRUST = 0.6
"""What the longer of two spellings gains where the shorter only lacks one of its characters."""


def ranked_by_usage(ranked: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rank the spellings of each person again.

    Args:
        ranked: ``ranked_claims`` of names.
        rows: all mentions: ``name, given``.

    Returns:
        The same rows with ``place`` (0 wins) by trust and usage; ties keep their order.
    """
    several = ranked.filter(pl.len().over("person_id") > 1)
    pairs = several.select("person_id", "value").join(several.select("person_id", other="value"), on="person_id")
    pairs = pairs.filter(pl.col("value") != pl.col("other")).select("value", "other").unique()
    gained = _gained(pairs, _uses(rows))
    best = (
        several.select("person_id", "value")
        .join(several.select("person_id", other="value"), on="person_id")
        .join(gained, on=["value", "other"])
        .group_by("person_id", "value")
        .agg(gain=pl.col("gain").max())
    )
    return (
        ranked.join(best, on=["person_id", "value"], how="left", maintain_order="left")
        .with_columns(total=pl.col("score") + pl.col("gain").fill_null(0.0))
        .sort(["person_id", "total", "place"], descending=[False, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("person_id"))
        .drop("gain", "total")
    )


def _uses(rows: pl.DataFrame) -> pl.DataFrame:
    """``sign, uses``: in how many different names of the night a character stands behind the surname."""
    names = rows.select("name", "given").drop_nulls().unique()
    signs = names.select(sign=pl.col("given").str.split("")).explode("sign").filter(pl.col("sign") != "")
    return signs.group_by("sign").agg(uses=pl.len().cast(pl.Float64))


def _gained(pairs: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    """``value, other, gain``: what a spelling gains on another one of the same person."""
    length, other_length = pl.col("value").str.len_chars(), pl.col("other").str.len_chars()
    signs = (
        pairs.filter(length == other_length)
        .with_columns(sign=pl.col("value").str.split(""), other_sign=pl.col("other").str.split(""))
        .explode("sign", "other_sign")
        .filter(pl.col("sign") != pl.col("other_sign"))
        .join(uses, on="sign", how="left")
        .join(uses.rename({"sign": "other_sign", "uses": "other_uses"}), on="other_sign", how="left")
    )
    # One use more than seen: a character that only this spelling has was seen once, in this very spelling.
    usual = pl.col("uses").fill_null(0.0) >= UNUSUAL * pl.col("other_uses").fill_null(0.0).clip(lower_bound=1.0)
    swapped = signs.group_by("value", "other").agg(gain=pl.when(usual.any()).then(USAGE_TRUST).otherwise(0.0))
    longer = pairs.filter((length == other_length + 1) & _lacks_one()).select("value", "other", gain=pl.lit(LOST_TRUST))
    return pl.concat([swapped, longer])


def _lacks_one() -> pl.Expr:
    """Every character of the shorter spelling stands in the longer one, beginning with the surname."""
    short, long = pl.col("other").str.split(""), pl.col("value").str.split("")
    return (short.list.set_difference(long).list.len() == 0) & (
        pl.col("other").str.slice(0, 1) == pl.col("value").str.slice(0, 1)
    )
