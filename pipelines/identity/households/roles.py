"""Who heads a household, and what the others are to the head."""

from __future__ import annotations

import polars as pl

RELATION_ROLES = {
    "0": "head",
    "1": "spouse",
    "2": "child",
    "3": "child",
    "4": "grandchild",
    "5": "parent",
    "6": "grandparent",
    "7": "sibling",
    "8": "relative",
    "9": "non_relative",
}
"""First digit of GB/T 4761 (relation to the head of the household)."""


def with_heads(placed: pl.DataFrame) -> pl.DataFrame:
    """Mark one head per group: the registered head, else the oldest, else the first mentioned."""
    order = pl.col("relation").str.slice(0, 1).eq("0").fill_null(value=False)
    return (
        placed.with_columns(named=order)
        .sort(["group", "named", "birth_date", "person_rank"], descending=[False, True, False, False], nulls_last=True)
        .with_columns(is_head=pl.int_range(pl.len()).over("group") == 0)
    )


def role_expr() -> pl.Expr:
    """Role towards the head: the registered relation, ``member`` where none is known or a second head is named."""
    by_code = pl.col("relation").str.slice(0, 1).replace_strict(RELATION_ROLES, default="member")
    other = pl.when(by_code == "head").then(pl.lit("member")).otherwise(by_code).fill_null("member")
    return pl.when("is_head").then(pl.lit("head")).otherwise(other)
