"""Rules that look into another table: whether a value stands in it (a semi-join), or one number of it."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.errors import LakeError
from pipelines.quality.specs import Measure, Reference, Suite

Scan = Callable[[str], pl.LazyFrame]


def with_references(rows: pl.LazyFrame, suite: Suite, scan: Scan) -> pl.LazyFrame:
    """Add the columns that a suite's conditions take from other tables.

    Args:
        rows: rows of the suite's table; their order and number stay.
        suite: names the references.
        scan: returns a table by its name; LakeError for one that does not exist.

    Returns:
        The rows with a column for each reference whose own columns are there: true where the row's value is among the
        other table's keys, null where it has no value; and one for each measure. Both are null everywhere where the
        other table does not exist or is empty, for then nothing can be said.
    """
    present = set(rows.collect_schema().names())
    for reference in suite.references:
        if set(pl.sql_expr(reference.value).meta.root_names()) <= present:
            rows = _with_reference(rows, reference, scan)
    for measure in suite.measures:
        rows = _with_measure(rows, measure, scan)
    return rows


def _with_measure(rows: pl.LazyFrame, measure: Measure, scan: Scan) -> pl.LazyFrame:
    others = _others(measure.table, scan)
    if others is None:
        return rows.with_columns(pl.lit(None, pl.Float64).alias(measure.column))
    chosen = others if measure.where is None else others.filter(pl.sql_expr(measure.where))
    value = chosen.select(pl.sql_expr(measure.value).cast(pl.Float64).alias(measure.column))
    return rows.join(value, how="cross", maintain_order="left")


def _with_reference(rows: pl.LazyFrame, reference: Reference, scan: Scan) -> pl.LazyFrame:
    found = reference.column
    others = _others(reference.table, scan)
    if others is None:
        return rows.with_columns(pl.lit(None, pl.Boolean).alias(found))
    chosen = others if reference.where is None else others.filter(pl.sql_expr(reference.where))
    value, is_told = f"value_of_{found}", f"is_told_{found}"
    keys = chosen.select(pl.sql_expr(reference.key).alias(value)).drop_nulls().unique()
    # An empty table was never delivered: that nothing is found in it says nothing.
    told = others.select((pl.len() > 0).alias(is_told))
    joined = (
        rows.with_columns(pl.sql_expr(reference.value).alias(value))
        .join(keys.with_columns(pl.lit(value=True).alias(found)), on=value, how="left", maintain_order="left")
        .join(told, how="cross", maintain_order="left")
    )
    known = pl.when(pl.col(value).is_not_null() & pl.col(is_told)).then(pl.col(found).fill_null(value=False))
    return joined.with_columns(known.alias(found)).drop(value, is_told)


def _others(table: str, scan: Scan) -> pl.LazyFrame | None:
    """Return the other table; None where it does not exist."""
    try:
        return scan(table)
    except LakeError:
        return None
