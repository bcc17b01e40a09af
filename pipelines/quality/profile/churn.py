"""Which records a delivery changed: what was known before tonight, and in which columns it differs now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.model import Contract

NO_CHURN: dict[str, int | None] = {"keys_new": None, "keys_gone": None, "copies": None}


def count_changes(rows: pl.LazyFrame, contract: Contract, on: date) -> dict[str, int]:
    """Return for each column how many records that were known before the delivery differ in it now.

    Reads the new versions of the day and, of the same records alone, the newest earlier ones. Events are compared with
    those of the last deliveries, which the caller chooses: a year of them is too much to read every night.

    Args:
        rows: the raw table, all versions.
        contract: of the feed.
        on: the delivery date; something was delivered before.
    """
    columns = _columns(rows, contract)
    fresh = rows.filter(pl.col("delivered_on") == on).unique("record_key", keep="last", maintain_order=True)
    fresh = fresh.select("record_key", *columns)
    before = rows.filter(pl.col("delivered_on") < on).select("record_key", "delivered_on", *columns)
    known = before.join(fresh.select("record_key"), on="record_key", how="semi")
    newest = known.sort("delivered_on").unique("record_key", keep="last", maintain_order=True)
    pairs = fresh.join(newest, on="record_key", suffix="/before")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}/before")).sum().alias(name) for name in columns]
    counted = pairs.select(differs).collect().row(0, named=True)
    return {name: int(count or 0) for name, count in counted.items()}


def count_keys(
    rows: pl.LazyFrame, inside: pl.LazyFrame, before: pl.LazyFrame | None, contract: Contract, on: date
) -> dict[str, Any]:
    """Return how many records a delivery names for the first time, how many it lost, and how many rows are copies.

    Args:
        rows: the raw table, all versions.
        inside: what the delivery contained.
        before: what the full list before contained; None for an increment, which neither loses nor renumbers.
        contract: of the feed.
        on: the delivery date; something was delivered before.

    Returns:
        `keys_new` and `keys_gone`, null for an increment, and `copies`: rows of the day alike in everything but their
        own key (null for a feed without a key of its own).
    """
    fresh = rows.filter(pl.col("delivered_on") == on)
    counts: dict[str, Any] = NO_CHURN | {"copies": _copies(fresh, contract)}
    if before is None:
        return counts
    ever = rows.filter(pl.col("delivered_on") < on).select("record_key")
    lost = before.select("record_key").unique().join(inside.select("record_key"), on="record_key", how="anti")
    new = fresh.select("record_key").unique().join(ever, on="record_key", how="anti")
    return counts | {"keys_new": _height(new), "keys_gone": _height(lost)}


def _copies(fresh: pl.LazyFrame, contract: Contract) -> int | None:
    """Count rows that repeat another one of the day under another key, beyond the first of each."""
    others = [name for name in _columns(fresh, contract) if name not in contract.key]
    if not contract.key or not others:
        return None
    alike = fresh.group_by(others).agg(pl.len().alias("rows")).select((pl.col("rows") - 1).sum())
    return int(alike.collect().item() or 0)


def _columns(rows: pl.LazyFrame, contract: Contract) -> Sequence[str]:
    present = set(rows.collect_schema().names())
    return [column.name for column in contract.columns if column.name in present]


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())
