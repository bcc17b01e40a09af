"""Which rows of a raw table a delivery contained.

A row that a later delivery repeats unchanged is no new version: only its `last_delivered_on` moves. So what a delivery
contained is more than its own versions.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract


def contained(
    rows: pl.LazyFrame, contract: Contract, on: date, *, is_full: bool, is_newest: bool, scopes: Collection[str] | None
) -> pl.LazyFrame:
    """Return the rows of a raw table that the delivery of a day contained.

    Args:
        rows: the raw table, all versions.
        contract: of the feed.
        on: the delivery date.
        is_full: whether it was a full list.
        is_newest: whether nothing was delivered later; then the answer is exact. Of an earlier full list a version is
            taken that was delivered before and after it, unless the record came in another version that day; of an
            earlier increment a row is lost that was repeated then and once more later.
        scopes: what a scoped full covers (values of `contract.full_scope`); None for the whole feed.
    """
    first, last = pl.col("delivered_on"), pl.col("last_delivered_on")
    named = (first == on) | (last == on)
    if is_newest or not is_full:
        return rows.filter(named)
    standing = (first <= on) & (last >= on)
    if contract.full_scope is not None and scopes is not None:
        standing = named | (standing & pl.col(contract.full_scope).is_in(sorted(scopes)))
    return rows.filter(standing).filter(first == first.max().over("record_key"))
