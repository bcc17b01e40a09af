"""How an expectation reads on an asset's page: a short name that begins with its column, and who asks for it and why.

The list of an asset's checks shows two dozen signs of each name and cuts out the middle, so the names of Great
Expectations' own types, which all begin alike, would all read alike. Tables and messages keep the full name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipelines.contracts.expectations import ExpectationSpec

SAID = {
    "expect_column_to_exist": "exists",
    "expect_column_values_to_not_be_null": "is_filled",
    "expect_column_values_to_be_null": "is_empty",
    "expect_column_values_to_be_unique": "is_unique",
    "expect_column_values_to_be_in_set": "in_list",
    "expect_column_values_to_not_be_in_set": "not_in_list",
    "expect_column_values_to_be_between": "is_in_range",
    "expect_column_values_to_match_regex": "has_its_form",
    "expect_column_value_lengths_to_be_between": "has_its_length",
    "expect_column_mean_to_be_between": "mean_is_plausible",
    "expect_column_proportion_of_unique_values_to_be_between": "varies_enough",
    "expect_column_pair_values_a_to_be_greater_than_b": "is_in_time",
    "expect_column_pair_values_to_be_equal": "agrees",
    "expect_compound_columns_to_be_unique": "one_row_a_key",
    "expect_table_row_count_to_be_between": "enough_rows",
    "expect_table_columns_to_match_set": "columns_as_agreed",
}


def display_names(specs: Sequence[ExpectationSpec], names: Sequence[str]) -> list[str]:
    """Return a short name for each expectation, unique among them.

    Args:
        specs: the expectations of one table.
        names: their full names; one that its file gave to a rule stays as it is.
    """
    seen: Counter[str] = Counter()
    shown: list[str] = []
    for spec, name in zip(specs, names, strict=True):
        generic = name.startswith(spec.type.removeprefix("expect_")) and spec.type in SAID
        short = "_".join(filter(None, [spec.column, SAID[spec.type]])) if generic else name
        seen[short] += 1
        shown.append(short if seen[short] == 1 else f"{short}_{seen[short]}")
    return shown


def described(spec: ExpectationSpec) -> str:
    """Return what is expected in both languages, and why where the expectation says so."""
    reason = getattr(spec, "reason", None)
    return f"{spec.title_en} · {spec.title_zh}" + (f"\n\n{reason}" if reason else "")


def told_of(spec: ExpectationSpec) -> dict[str, Any]:
    """Return what an expectation says of itself: severity, dimension, and whose it is where it has an owner."""
    owner = getattr(spec, "owner", None)
    return {"severity": spec.severity, "dimension": spec.dimension, **({"owner": owner} if owner else {})}
