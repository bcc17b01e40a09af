"""Rules that look into another table: each answer is a boolean column, found by a semi-join."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from pipelines.errors import LakeError
from pipelines.quality.specs import Reference, Suite

Scan = Callable[[str], pl.LazyFrame]


def with_references(rows: pl.LazyFrame, suite: Suite, scan: Scan) -> pl.LazyFrame:
    """Add the boolean columns that a suite's conditions take from other tables.

    Args:
        rows: rows of the suite's table; their order and number stay.
        suite: names the references.
        scan: returns a table by its name; LakeError for one that does not exist.

    Returns:
        The rows with a column for each reference whose own columns are there: true where the row's value is among the
        other table's keys, null where it has no value, and null everywhere where the other table does not exist, for
        then nothing can be said.
    """
    present = set(rows.collect_schema().names())
    for reference in suite.references:
        if set(pl.sql_expr(reference.value).meta.root_names()) <= present:
            rows = _with_reference(rows, reference, scan)
    return rows


def reference_columns(references: Sequence[Reference]) -> list[str]:
    """Return the names of the columns that references add."""
    return [reference.column for reference in references]


def _with_reference(rows: pl.LazyFrame, reference: Reference, scan: Scan) -> pl.LazyFrame:
    try:
        others = scan(reference.table)
    except LakeError:
        return rows.with_columns(pl.lit(None, pl.Boolean).alias(reference.column))
    if reference.where is not None:
        others = others.filter(pl.sql_expr(reference.where))
    value, found = f"value_of_{reference.column}", reference.column
    keys = others.select(pl.sql_expr(reference.key).alias(value)).drop_nulls().unique()
    joined = rows.with_columns(pl.sql_expr(reference.value).alias(value)).join(
        keys.with_columns(pl.lit(value=True).alias(found)), on=value, how="left", maintain_order="left"
    )
    known = pl.when(pl.col(value).is_not_null()).then(pl.col(found).fill_null(value=False))
    return joined.with_columns(known.alias(found)).drop(value)
