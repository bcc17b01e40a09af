"""What a contract expects of the current rows of its raw table, as plain data.

The quality room turns these into Great Expectations suites; nothing here imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipelines.contracts.model import Column, Contract
from pipelines.contracts.schema import PRECISION_SUFFIX, polars_schema

Severity = Literal["critical", "warning", "info"]
Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy"]

# A single odd value is a department's typing, a percent of them is an export that went wrong.
MOSTLY_VALID = 0.99
PRECISIONS = ("day", "month", "year")


@dataclass(frozen=True)
class ExpectationSpec:
    """One expectation.

    Attributes:
        type: name in Great Expectations, such as `expect_column_values_to_not_be_null`.
        kwargs: its arguments, JSON-ready.
        severity: `critical` blocks publication, `warning` colours a light, `info` is only counted.
        dimension: of data quality.
        title_zh, title_en: what is expected, for the scorecard.
    """

    type: str
    severity: Severity
    dimension: Dimension
    title_zh: str
    title_en: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> str | None:
        """The column it is about; null for the table as a whole."""
        name = self.kwargs.get("column", self.kwargs.get("column_B"))
        return str(name) if name is not None else None


def expectations_of(contract: Contract) -> list[ExpectationSpec]:
    """Return the expectations of a feed, for the `is_current` rows of `raw.<department>_<feed>`.

    In the order: table, key, then column by column as in the contract. Nulls are no breach of validity.
    """
    specs = [*_of_table(contract), *_of_key(contract)]
    for column in contract.columns:
        specs += [*_of_filling(contract, column), *_of_values(column)]
    return specs


def _of_table(contract: Contract) -> Iterator[ExpectationSpec]:
    yield ExpectationSpec(
        "expect_table_columns_to_match_set",
        "critical",
        "consistency",
        "表结构与数据契约一致",
        "The table has the columns of its contract",
        {"column_set": list(polars_schema(contract)), "exact_match": True},
    )
    yield ExpectationSpec(
        "expect_table_row_count_to_be_between",
        "warning",
        "completeness",
        f"现行记录不少于 {contract.min_rows} 条",
        f"At least {contract.min_rows} current rows",
        {"min_value": contract.min_rows},
    )


def _of_key(contract: Contract) -> Iterator[ExpectationSpec]:
    yield _filled("record_key", "记录标识", "record key", "critical", None)
    yield _unique("record_key", "记录标识", "record key")
    if len(contract.key) == 1:
        column = contract.column(contract.key[0])
        yield _unique(column.name, column.headers[0], column.name)
    elif contract.key:
        yield ExpectationSpec(
            "expect_compound_columns_to_be_unique",
            "critical",
            "uniqueness",
            "主键组合唯一",
            "The key is unique",
            {"column_list": list(contract.key)},
        )


def _unique(name: str, title_zh: str, title_en: str) -> ExpectationSpec:
    return ExpectationSpec(
        "expect_column_values_to_be_unique",
        "critical",
        "uniqueness",
        f"{title_zh}唯一",
        f"{title_en} is unique",
        {"column": name},
    )


def _filled(name: str, title_zh: str, title_en: str, severity: Severity, share: float | None) -> ExpectationSpec:
    return ExpectationSpec(
        "expect_column_values_to_not_be_null",
        severity,
        "completeness",
        f"{title_zh}必填" if share is None else f"{title_zh}填报率不低于 {share:.1%}",
        f"{title_en} is never null" if share is None else f"{title_en} is filled in {share:.1%} of rows or more",
        {"column": name} if share is None else {"column": name, "mostly": share},
    )


def _of_filling(contract: Contract, column: Column) -> Iterator[ExpectationSpec]:
    if column.required or column.name in contract.key:
        yield _filled(column.name, column.headers[0], column.name, "critical", None)
    elif column.min_filled_ratio is not None:
        yield _filled(column.name, column.headers[0], column.name, "warning", column.min_filled_ratio)


def _of_values(column: Column) -> Iterator[ExpectationSpec]:
    zh = column.headers[0]
    if column.type == "code":
        title_zh, title_en = f"{zh}在代码表内", f"{column.name} is in its code list"
        yield _valid("be_in_set", column.name, title_zh, title_en, {"value_set": list(column.codes)})
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": column.minimum, "max_value": column.maximum}
        title_zh, title_en = f"{zh}在合理范围内", f"{column.name} is within its plausible range"
        yield _valid("be_between", column.name, title_zh, title_en, {k: v for k, v in bounds.items() if v is not None})
    if column.pattern is not None:
        title_zh, title_en = f"{zh}格式正确", f"{column.name} is well-formed"
        yield _valid("match_regex", column.name, title_zh, title_en, {"regex": column.pattern})
    if column.with_precision:
        name, title_en = column.name + PRECISION_SUFFIX, f"The precision of {column.name} is day, month or year"
        yield _valid("be_in_set", name, f"{zh}精度为日、月或年", title_en, {"value_set": list(PRECISIONS)})
    if column.not_after_delivery:
        yield _in_the_past(column)


def _valid(check: str, name: str, title_zh: str, title_en: str, kwargs: dict[str, Any]) -> ExpectationSpec:
    return ExpectationSpec(
        f"expect_column_values_to_{check}",
        "warning",
        "validity",
        title_zh,
        title_en,
        {"column": name, **kwargs, "mostly": MOSTLY_VALID},
    )


def _in_the_past(column: Column) -> ExpectationSpec:
    return ExpectationSpec(
        "expect_column_pair_values_a_to_be_greater_than_b",
        "warning",
        "accuracy",
        f"{column.headers[0]}不晚于交付日期",
        f"{column.name} is not after the delivery",
        {
            "column_A": "last_delivered_on",
            "column_B": column.name,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
            "mostly": MOSTLY_VALID,
        },
    )
