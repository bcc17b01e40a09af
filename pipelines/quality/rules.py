"""Hand-written expectations of a table: `expectations/tables/<schema>/<table>.yml`.

They say what a contract cannot: rules across columns, shares, and what must hold of the records that Streetlake itself
builds. A file is read strictly, and every problem of every file is named at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from pipelines.contracts.expectations import Dimension, ExpectationSpec, Severity
from pipelines.errors import ContractError
from pipelines.home import CHECKOUT

TABLES = CHECKOUT / "expectations" / "tables"
RULE_PREFIX = "rule__"

Text = Annotated[str, Field(min_length=3)]
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
    """One expectation of a table.

    Attributes:
        check: name in Great Expectations; or none where `holds` is given.
        kwargs: its arguments.
        holds: name of the rule in `where`, a Polars SQL condition over the table's columns; a row for which it is null
            is not judged.
        where: the condition.
        mostly: share of judged rows for which `where` must hold.
        severity, dimension: as in `CheckResult`.
        title_zh, title_en: what is expected.
        reason: why the rule exists and what a breach means.
    """

    check: Check | None = None
    kwargs: dict[str, Any] = Field(default_factory=dict)
    holds: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    where: str | None = None
    mostly: float | None = Field(default=None, gt=0, le=1)
    severity: Severity
    dimension: Dimension
    title_zh: Text
    title_en: Text
    reason: Text

    @model_validator(mode="after")
    def _is_one_kind(self) -> Rule:
        if (self.check is None) == (self.holds is None):
            raise ValueError("give either `check` or `holds`")
        if (self.holds is None) != (self.where is None):
            raise ValueError("`holds` needs `where`, and only it")
        if self.holds is not None and self.kwargs:
            raise ValueError("`holds` takes no `kwargs`")
        if self.check is not None and self.mostly is not None:
            raise ValueError("give `mostly` of a `check` in its `kwargs`")
        return self

    def to_spec(self) -> ExpectationSpec:
        """Return the rule as plain data for the suite; a condition becomes a boolean column that must be true."""
        if self.holds is None:
            kind, kwargs = str(self.check), self.kwargs
        else:
            kind = "expect_column_values_to_be_in_set"
            kwargs = {"column": RULE_PREFIX + self.holds, "value_set": [True]}
            if self.mostly is not None:
                kwargs["mostly"] = self.mostly
        return ExpectationSpec(kind, self.severity, self.dimension, self.title_zh, self.title_en, kwargs)


class TableRules(_Strict):
    """One file.

    Attributes:
        table: `<schema>.<table>`, the same as the file's path.
        owner: who mends a breach.
        rules: the expectations, at least one.
    """

    table: str = Field(pattern=r"^[a-z]+\.[a-z][a-z0-9_]*$")
    owner: Text
    rules: list[Rule] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """What is expected of a table.

    Attributes:
        table: `<schema>.<table>`.
        specs: the expectations in order.
        derived: boolean columns to compute first, name -> Polars SQL condition.
    """

    table: str
    specs: Sequence[ExpectationSpec]
    derived: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Suite) -> Suite:
        """Return the expectations of both; the table is the first one's."""
        return Suite(self.table, [*self.specs, *other.specs], {**self.derived, **other.derived})


def load_table_suites(folder: Path | None = None) -> dict[str, Suite]:
    """Return the hand-written suite of every table that has one, by the table's name.

    Args:
        folder: holds `<schema>/<table>.yml`; default the checkout's `expectations/tables`, read once a process.

    Raises:
        ContractError: naming every problem of every file.
    """
    return dict(_load_default()) if folder is None else _load(folder)


@cache
def _load_default() -> dict[str, Suite]:
    return _load(TABLES)


def _load(folder: Path) -> dict[str, Suite]:
    suites: dict[str, Suite] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*/*.yml")):
        name = f"{path.parent.name}.{path.stem}"
        rules, found = _read(path)
        problems += [f"tables/{path.parent.name}/{path.name}: {problem}" for problem in found]
        if rules is not None:
            problems += [f"tables/{path.parent.name}/{path.name}: {problem}" for problem in _conflicts(name, rules)]
            suites[name] = _suite(rules)
    if problems:
        raise ContractError(f"{len(problems)} problems in hand-written expectations:\n" + "\n".join(problems))
    return suites


def _read(path: Path) -> tuple[TableRules | None, list[str]]:
    try:
        raw: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return TableRules.model_validate(raw), []
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [f"line {line}: {error.problem}"]
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]


def _conflicts(name: str, rules: TableRules) -> Iterator[str]:
    if rules.table != name:
        yield f"table is {rules.table}, the path says {name}"
    held = [rule.holds for rule in rules.rules if rule.holds is not None]
    yield from (f"rule {rule} stands twice" for rule in sorted({rule for rule in held if held.count(rule) > 1}))


def _suite(rules: TableRules) -> Suite:
    derived = {RULE_PREFIX + rule.holds: rule.where for rule in rules.rules if rule.holds and rule.where}
    return Suite(rules.table, [rule.to_spec() for rule in rules.rules], derived)
