"""What is expected of a table, as plain data: expectations, the conditions behind them, and who answers for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.contracts.expectations import Dimension, ExpectationSpec, Severity

RULE_PREFIX = "rule__"


@dataclass(frozen=True, kw_only=True)
class RuleSpec(ExpectationSpec):
    """An expectation with its owner.

    Attributes:
        owner: who mends a breach.
        reason: why it is expected, and what to do about a breach.
        about: the column to correct; null where it is the row or the table as a whole.
        least_rows: of fewer rows nothing is said, and the expectation holds: a share of three rows tells nothing.
    """

    owner: str
    reason: str
    about: str | None = None
    least_rows: int = 0


@dataclass(frozen=True)
class RowRule:
    """A condition that each row must keep.

    Attributes:
        name: as in the file, such as `sex_agrees_with_id_number`.
        column: its name among `Suite.derived`: `rule__<name>`.
        where: the Polars SQL condition; a row for which it is null is not judged.
        about: the column to correct; null only outside raw tables.
        severity, dimension, title_zh, title_en, reason, owner: as in `RuleSpec`.
        mostly: share of judged rows that should keep it; null for all of them.
    """

    name: str
    column: str
    where: str
    about: str | None
    severity: Severity
    dimension: Dimension
    title_zh: str
    title_en: str
    reason: str
    owner: str
    mostly: float | None = None


@dataclass(frozen=True)
class Reference:
    """A boolean column: whether a row's value stands in another table.

    Attributes:
        column: name of the boolean; null where the row has no value or the other table does not exist.
        value: Polars SQL expression over the row.
        table: the other table.
        key: Polars SQL expression over the other table's rows.
        where: condition on the other table's rows; null for all of them.
    """

    column: str
    value: str
    table: str
    key: str
    where: str | None = None


@dataclass(frozen=True)
class Measure:
    """One number of another table, the same on every row, such as the westernmost longitude of the register.

    Attributes:
        column: its name; null where the other table does not exist or has no row.
        table: the other table.
        value: Polars SQL expression over its rows that gives one value.
        where: condition on the other table's rows; null for all of them.
    """

    column: str
    table: str
    value: str
    where: str | None = None


@dataclass(frozen=True)
class Suite:
    """What is expected of a table.

    Attributes:
        table: `<schema>.<table>`.
        specs: the expectations in order.
        derived: boolean columns to compute first, name -> Polars SQL condition.
        references: boolean columns to compute before those, each by a look into another table.
        measures: columns to compute before those, each one number of another table.
        row_rules: the hand-written conditions that each row must keep, in the order of the file.
        only: Polars SQL condition on the rows that are looked at at all; null for every row.
    """

    table: str
    specs: Sequence[ExpectationSpec]
    derived: Mapping[str, str] = field(default_factory=dict)
    references: Sequence[Reference] = ()
    row_rules: Sequence[RowRule] = ()
    only: str | None = None
    measures: Sequence[Measure] = ()

    @property
    def borrowed(self) -> list[str]:
        """Names of the columns that come from other tables."""
        return [*(reference.column for reference in self.references), *(measure.column for measure in self.measures)]

    def __add__(self, other: Suite) -> Suite:
        """Return the expectations of both; the table is the first one's."""
        return Suite(
            self.table,
            [*self.specs, *other.specs],
            {**self.derived, **other.derived},
            [*self.references, *other.references],
            [*self.row_rules, *other.row_rules],
            other.only if self.only is None else self.only,
            [*self.measures, *other.measures],
        )
