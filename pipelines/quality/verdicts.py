"""Rules about single rows as boolean columns: true holds, false is a breach, null is not judged.

Great Expectations then sees narrow frames of booleans and no value of a person: it copies the frame for every rule that
it evaluates, so a frame of a register's text columns costs five times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from pipelines.contracts.expectations import ExpectationSpec

# What a rule answers for a row whose own value is null: these judge it, all others pass it over.
JUDGE_NULLS = ("expect_column_values_to_not_be_null", "expect_column_values_to_be_null")
UNIQUE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")

Kwargs = Mapping[str, Any]


def verdict(spec: ExpectationSpec) -> pl.Expr | None:
    """Return the boolean column of a rule about single rows; None for a rule about the column or table as a whole.

    Means what Great Expectations means by the same name, which a test holds rule by rule.
    """
    build = _BUILDERS.get(spec.type)
    return None if build is None else build(spec.kwargs)


def columns_of(spec: ExpectationSpec) -> list[str]:
    """Return the columns that a rule reads."""
    single = [spec.kwargs[key] for key in ("column", "column_A", "column_B") if key in spec.kwargs]
    return [*single, *spec.kwargs.get("column_list", [])]


def _not_null(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_not_null()


def _null(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_null()


def _unique(kwargs: Kwargs) -> pl.Expr:
    column = pl.col(kwargs["column"])
    return pl.when(column.is_not_null()).then(column.is_unique())


def _compound_unique(kwargs: Kwargs) -> pl.Expr:
    columns = kwargs["column_list"]
    filled = pl.any_horizontal(pl.col(name).is_not_null() for name in columns)
    return pl.when(filled).then(pl.struct(columns).is_unique())


def _in_set(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).is_in(list(kwargs["value_set"]))


def _not_in_set(kwargs: Kwargs) -> pl.Expr:
    return ~_in_set(kwargs)


def _between(kwargs: Kwargs) -> pl.Expr:
    return _within(pl.col(kwargs["column"]), kwargs)


def _length(kwargs: Kwargs) -> pl.Expr:
    return _within(pl.col(kwargs["column"]).str.len_chars(), kwargs)


def _within(value: pl.Expr, kwargs: Kwargs) -> pl.Expr:
    bounds = [value.is_not_null()]
    if kwargs.get("min_value") is not None:
        bounds.append(value >= kwargs["min_value"])
    if kwargs.get("max_value") is not None:
        bounds.append(value <= kwargs["max_value"])
    return pl.when(value.is_not_null()).then(pl.all_horizontal(bounds))


def _regex(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column"]).str.contains(kwargs["regex"])


def _greater(kwargs: Kwargs) -> pl.Expr:
    first, second = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    return first >= second if kwargs.get("or_equal") else first > second


def _equal(kwargs: Kwargs) -> pl.Expr:
    return pl.col(kwargs["column_A"]) == pl.col(kwargs["column_B"])


_BUILDERS: Mapping[str, Callable[[Kwargs], pl.Expr]] = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _compound_unique,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _length,
    "expect_column_values_to_match_regex": _regex,
    "expect_column_pair_values_a_to_be_greater_than_b": _greater,
    "expect_column_pair_values_to_be_equal": _equal,
}
