"""The name of an entry: the same problem of the same cell of the same row has it in every load."""

from __future__ import annotations

import duckdb
import polars as pl

# 80 bits of SHA-256: no two of 10^7 entries share one by chance, and a person can still compare two of them.
ID_CHARACTERS = 20
_PART = "\x1f"
_NAMED_BY = ("department", "feed", "row_identity", "column", "problem")


def entry_ids(entries: pl.DataFrame) -> pl.Series:
    """Return the `entry_id` of each row: a hash of department, feed, row identity, column and problem.

    Args:
        entries: has those columns; `row_identity` as told by `row_identity`, a null column stands for the whole row.
    """
    parts = [pl.col(name).fill_null("") for name in _NAMED_BY]
    return sha256(entries.select(pl.concat_str(parts, separator=_PART)).to_series(), ID_CHARACTERS).alias("entry_id")


def sha256(texts: pl.Series, characters: int) -> pl.Series:
    """Return the first characters of the SHA-256 of each text, in hexadecimal."""
    with duckdb.connect() as connection:
        connection.register("texts", texts.alias("text").to_frame().to_arrow())
        relation = connection.sql(f"SELECT substr(sha256(text), 1, {characters}) AS hash FROM texts")  # noqa: S608
        return pl.Series("hash", relation.pl()["hash"], dtype=pl.String)
