"""Refused rows that told no key: the same row delivered later, with its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.model import Contract
from pipelines.ingest.cast import cast_chunk
from pipelines.ingest.table import positions
from pipelines.quality.returns.successors import came_later, compared_columns, likeness
from pipelines.quality.returns.versions import aligned


def came_with_key(rows: pl.DataFrame, raw: pl.LazyFrame, contract: Contract) -> pl.DataFrame:
    """Find refused rows without a key that were delivered later and agree in everything but the key.

    Args:
        rows: row_identity, delivered_on, headers, cells (two lists) of refused rows without a key.
        raw: the feed's raw table.
        contract: of a feed with a key of its own; for others nothing is found.

    Returns:
        row_identity, came_on: the first delivery of the one row that agrees, where it is the one for both.
    """
    nothing = pl.DataFrame(schema={"row_identity": pl.String, "came_on": pl.Date})
    compared = compared_columns(contract, contract.key)
    if rows.is_empty() or not contract.key or not compared:
        return nothing
    told = pl.concat([_typed(part, contract) for part in _by_headers(rows)], how="vertical_relaxed")
    left = likeness(told.lazy(), contract, compared).select("row_identity", "delivered_on", "match").collect()
    slim = likeness(aligned(raw, contract), contract, compared)
    came = came_later(slim.select("record_key", "delivered_on", "is_current", "match"), left["delivered_on"].min())
    pairs = left.join(came, on="match").filter(pl.col("successor_on") > pl.col("delivered_on"))
    alone = (pl.len().over("row_identity") == 1) & (pl.len().over("successor_key") == 1)
    return pairs.filter(alone).select("row_identity", pl.col("successor_on").alias("came_on"))


def _by_headers(rows: pl.DataFrame) -> list[Sequence[Mapping[str, Any]]]:
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        groups.setdefault(tuple(row["headers"]), []).append(row)
    return list(groups.values())


def _typed(rows: Sequence[Mapping[str, Any]], contract: Contract) -> pl.DataFrame:
    """Cast rows of one form as their file would have been cast."""
    headers = list(rows[0]["headers"])
    names = positions(len(headers))
    texts = pl.DataFrame([row["cells"] for row in rows], schema=dict.fromkeys(names, pl.String), orient="row")
    numbered = texts.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"))
    typed = cast_chunk(numbered, contract, resolve_headers(contract, headers)).frame
    return typed.with_columns(
        pl.Series("row_identity", [row["row_identity"] for row in rows], dtype=pl.String),
        pl.Series("delivered_on", [row["delivered_on"] for row in rows], dtype=pl.Date),
    )
