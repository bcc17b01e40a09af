"""The form of a file of hand-written expectations, and the suite that it says."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.contracts.expectations import Dimension, Severity
from pipelines.quality.specs import RULE_PREFIX, Measure, Reference, RowRule, RuleSpec, Suite

Text = Annotated[str, Field(min_length=3)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# Expectations whose result is a verdict and counts. Those that answer with values of the data (distinct values, most
# common value, quantiles) are left out on purpose.
Check = Literal[
    "expect_column_to_exist",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_be_null",
    "expect_column_values_to_be_unique",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_be_between",
    "expect_column_values_to_match_regex",
    "expect_column_value_lengths_to_be_between",
    "expect_column_mean_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_pair_values_to_be_equal",
    "expect_compound_columns_to_be_unique",
    "expect_table_row_count_to_be_between",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """One expectation of a table: a `check`, a condition that each row `holds`, or a `share` of rows.

    Attributes:
        check: name in Great Expectations.
        kwargs: its arguments.
        holds: name of the rule in `where`, a Polars SQL condition over the table's columns and references; a row for
            which it is null is not judged.
        share: name of the share of judged rows for which `where` is true; it lies within `least` and `most`.
        where: the condition.
        mostly: share of judged rows for which a `holds` must be true; null for all of them.
        least, most: bounds of a share.
        least_rows: of fewer rows nothing is said of a share.
        about: the column to correct; every `holds` of a raw table has one, for it is what a department mends.
        owner: who mends a breach, where it is not the file's owner.
        severity, dimension: as in `CheckResult`.
        title_zh, title_en: what is expected.
        reason: why the rule exists and what a breach means.
    """

    check: Check | None = None
    kwargs: dict[str, Any] = Field(default_factory=dict)
    holds: Name | None = None
    share: Name | None = None
    where: str | None = None
    mostly: float | None = Field(default=None, gt=0, le=1)
    least: float | None = Field(default=None, ge=0, le=1)
    most: float | None = Field(default=None, ge=0, le=1)
    least_rows: int = Field(default=0, ge=0)
    about: Name | None = None
    owner: Text | None = None
    severity: Severity
    dimension: Dimension
    title_zh: Text
    title_en: Text
    reason: Text

    @model_validator(mode="after")
    def _is_one_kind(self) -> Rule:
        if sum(kind is not None for kind in (self.check, self.holds, self.share)) != 1:
            raise ValueError("give one of `check`, `holds` and `share`")
        if (self.check is None) != (self.where is not None):
            raise ValueError("`holds` and `share` need `where`, and only they")
        if self.check is None and self.kwargs:
            raise ValueError("only `check` takes `kwargs`")
        if self.holds is None and self.mostly is not None:
            raise ValueError("`mostly` is for `holds`; give that of a `check` in its `kwargs`")
        if (self.share is not None) != (self.least is not None or self.most is not None):
            raise ValueError("`share` needs `least` or `most`, and only it")
        if self.share is None and self.least_rows:
            raise ValueError("`least_rows` is for `share`")
        return self

    @property
    def derived_name(self) -> str | None:
        """Name of the boolean column of the condition; null for a `check`."""
        name = self.holds or self.share
        return None if name is None else RULE_PREFIX + name

    def to_spec(self, owner: str) -> RuleSpec:
        """Return the rule as plain data; `owner` is the file's. A condition becomes a boolean column."""
        kind, kwargs = self._expectation()
        return RuleSpec(
            kind,
            self.severity,
            self.dimension,
            self.title_zh,
            self.title_en,
            kwargs,
            owner=self.owner or owner,
            reason=self.reason,
            about=self.about,
            least_rows=self.least_rows,
        )

    def to_row_rule(self, owner: str) -> RowRule | None:
        """Return the rule as a condition on rows; None for one that is not about single rows."""
        if self.holds is None or self.where is None:
            return None
        return RowRule(
            name=self.holds,
            column=RULE_PREFIX + self.holds,
            where=self.where,
            about=self.about,
            severity=self.severity,
            dimension=self.dimension,
            title_zh=self.title_zh,
            title_en=self.title_en,
            reason=self.reason,
            owner=self.owner or owner,
            mostly=self.mostly,
        )

    def _expectation(self) -> tuple[str, dict[str, Any]]:
        if self.check is not None:
            return self.check, self.kwargs
        bounds: dict[str, Any] = {"column": self.derived_name}
        if self.share is not None:
            bounds |= {"min_value": self.least, "max_value": self.most}
            return "expect_column_mean_to_be_between", {k: v for k, v in bounds.items() if v is not None}
        bounds |= {"value_set": [True]}
        return "expect_column_values_to_be_in_set", bounds | ({} if self.mostly is None else {"mostly": self.mostly})


class Lookup(_Strict):
    """A boolean column that says whether `value` stands among the `key`s of another table.

    Attributes:
        column: its name.
        value, key, table, where: as in `Reference`.
    """

    column: Name
    value: Text
    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    key: Text
    where: str | None = None

    def to_reference(self) -> Reference:
        """Return it as plain data."""
        return Reference(self.column, self.value, self.table, self.key, self.where)


class Figure(_Strict):
    """One number of another table, the same on every row.

    Attributes:
        column: its name.
        table, value, where: as in `Measure`.
    """

    column: Name
    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    value: Text
    where: str | None = None

    def to_measure(self) -> Measure:
        """Return it as plain data."""
        return Measure(self.column, self.table, self.value, self.where)


class TableRules(_Strict):
    """One file.

    Attributes:
        table: `<schema>.<table>`, the same as the file's path.
        owner: who mends a breach.
        only: Polars SQL condition on the rows that are looked at; null for every row.
        references: boolean columns that conditions may name, each by a look into another table.
        measures: numbers of other tables that conditions may name.
        rules: the expectations, at least one.
    """

    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    owner: Text
    only: str | None = None
    references: list[Lookup] = Field(default_factory=list)
    measures: list[Figure] = Field(default_factory=list)
    rules: list[Rule] = Field(min_length=1)

    def to_suite(self) -> Suite:
        """Return what the file expects."""
        conditions = ((rule.derived_name, rule.where) for rule in self.rules)
        rows = (rule.to_row_rule(self.owner) for rule in self.rules)
        return Suite(
            self.table,
            [rule.to_spec(self.owner) for rule in self.rules],
            {name: where for name, where in conditions if name is not None and where is not None},
            [lookup.to_reference() for lookup in self.references],
            [rule for rule in rows if rule is not None],
            self.only,
            [figure.to_measure() for figure in self.measures],
        )
