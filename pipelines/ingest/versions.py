"""Which version of a record is current; pure.

A state is one row a version of a record: record_key, content, updated (Int64), scope, delivered_on,
last_delivered_on, batch_id, row_number, source, position.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract

STATE_SCHEMA: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "content": pl.UInt64(),
    "updated": pl.Int64(),
    "scope": pl.String(),
    "delivered_on": pl.Date(),
    "last_delivered_on": pl.Date(),
    "batch_id": pl.String(),
    "row_number": pl.Int64(),
    "source": pl.Int64(),
    "position": pl.Int64(),
}
"""`source` is the number of the file that holds the row (negative: a part of tonight's), `position` its row there."""

Marks = Mapping[str | None, date]
"""Date of the newest full by scope; the scope None is the whole feed."""


def add_versions(state: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the taken rows of one date to the state.

    A version that the state has already only gets a later `last_delivered_on`; of two equal rows in two files of the
    date the first is the version.

    Returns:
        The new state, and the rows that were no new version.
    """
    rows = rows.sort("batch_id", "row_number")
    first = rows.filter(pl.struct("record_key", "content").is_first_distinct())
    known = state.select("record_key", "content")
    added = first.join(known, on=["record_key", "content"], how="anti", maintain_order="left")
    repeats = rows.join(
        added.select("source", "position"), on=["source", "position"], how="anti", maintain_order="left"
    )
    seen = rows.group_by("record_key", "content").agg(pl.col("delivered_on").max().alias("seen"))
    grown = pl.concat([state, added.select(state.columns)])
    grown = grown.join(seen, on=["record_key", "content"], how="left", maintain_order="left")
    later = pl.max_horizontal("last_delivered_on", "seen").alias("last_delivered_on")
    return grown.with_columns(later).drop("seen"), repeats


def current_flags(state: pl.DataFrame, contract: Contract, marks: Marks) -> pl.Series:
    """Return for each row of a state whether it is current.

    Rule: feeds.md, "Full or increment", "Keys". Of the versions of a record the one updated last is current, without
    an update time the one delivered last; in a full feed what was delivered last, whatever its update time says. It
    is none where the newest full of its scope came after the record was last delivered.
    """
    if state.is_empty():
        return pl.Series("is_current", [], dtype=pl.Boolean)
    delivered = pl.col("last_delivered_on").cast(pl.Datetime("us")).cast(pl.Int64)
    updated = pl.col("updated")
    if contract.mode == "full":
        order = [delivered, updated]
    elif contract.mode == "append":
        order = [updated, delivered]
    else:
        order = [pl.coalesce(updated, delivered), delivered]
    numbered = state.with_row_index("number").with_columns(*(expr.alias(f"order_{i}") for i, expr in enumerate(order)))
    best = (
        numbered.sort("order_0", "order_1", "batch_id", "row_number", nulls_last=False)
        .group_by("record_key")
        .agg(pl.col("number").last(), pl.col("last_delivered_on").max().alias("seen"), pl.col("scope").last())
    )
    newest = best.filter(~_gone(best, marks))["number"]
    return numbered.select(pl.col("number").is_in(newest.implode()).alias("is_current")).to_series()


def _gone(best: pl.DataFrame, marks: Marks) -> pl.Series:
    if not marks:
        return pl.Series([False] * best.height, dtype=pl.Boolean)
    scopes = pl.DataFrame(
        {"scope": list(marks), "mark": list(marks.values())}, schema={"scope": pl.String, "mark": pl.Date}
    )
    marked = best.join(scopes, on="scope", how="left", nulls_equal=True, maintain_order="left")
    return marked.select((pl.col("seen") < pl.col("mark")).fill_null(value=False)).to_series()
