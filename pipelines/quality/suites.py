"""A table's rows against its suite: conditions in Polars, verdicts by Great Expectations, counts and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.model import Contract
from pipelines.quality.chance import allowed_breaches
from pipelines.quality.contract_rules import contract_rules
from pipelines.quality.expecting import Outcome, evaluate
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import load_table_suites
from pipelines.quality.specs import RULE_PREFIX, RuleSpec, Suite
from pipelines.quality.verdicts import JUDGE_NULLS, UNIQUE, columns_of, verdict

STRUCTURE = "expect_table_columns_to_match_set"
ROW_COUNT = "expect_table_row_count_to_be_between"
EXISTS = "expect_column_to_exist"
SHARE = "expect_column_mean_to_be_between"


def suite_for_contract(contract: Contract) -> Suite:
    """Return what is expected of a feed's current rows: its contract's rules, then the hand-written ones."""
    derived = Suite(f"raw.{contract.name}", contract_rules(contract))
    written = load_table_suites().get(derived.table)
    return derived if written is None else derived + written


def check_names(specs: Iterable[ExpectationSpec]) -> list[str]:
    """Return a name for each expectation, unique within the suite and stable while the suite's order is.

    A condition has the name that its file gives it, any other expectation that of its type and column.
    """
    seen: Counter[str] = Counter()
    names: list[str] = []
    for spec in specs:
        stem = spec.type.removeprefix("expect_") + (f"__{spec.column}" if spec.column else "")
        if spec.column is not None and spec.column.startswith(RULE_PREFIX):
            stem = spec.column.removeprefix(RULE_PREFIX)
        seen[stem] += 1
        names.append(stem if seen[stem] == 1 else f"{stem}__{seen[stem]}")
    return names


def run_suite(
    suite: Suite,
    frame: pl.DataFrame | pl.LazyFrame,
    *,
    row_count: int | None = None,
    most_rows: int | None = None,
    as_of: date | None = None,
) -> list[CheckResult]:
    """Check a frame against a suite.

    Only the columns that the suite names are read. An expectation of a column that the frame lacks, and one that cannot
    be evaluated, fails with `raised`. Few breaches of a rule with a `mostly` are no failure where chance explains them
    (`pipelines.quality.chance`).

    Args:
        suite: the expectations.
        frame: the rows to check, with the columns of the suite's references (`pipelines.quality.references`).
        row_count: rows of the table where the frame is only a part of it; default those of the frame.
        most_rows: a longer frame is thinned evenly to about this many rows for the rules that judge row by row.
        as_of: newest delivery among the rows, for the results only.

    Returns:
        One result per expectation, in the order of the suite.
    """
    lazy, specs = frame.lazy(), suite.specs
    counted = int(lazy.select(pl.len()).collect().item())
    present = lazy.collect_schema().names()
    computed = {n: c for n, c in suite.derived.items() if _roots(c) <= set(present)}
    rows = lazy.with_columns([pl.sql_expr(condition).alias(name) for name, condition in computed.items()])
    own = set(present) - set(suite.borrowed)
    outcomes = _of_table(specs, own, counted if row_count is None else row_count)
    readable = {*present, *computed}
    waiting = [i for i, s in enumerate(specs) if i not in outcomes and set(columns_of(s)) <= readable]
    step = 1 if most_rows is None else max(1, -(-counted // most_rows))
    whole = [i for i in waiting if step > 1 and specs[i].type in UNIQUE]
    for positions, part in ((whole, rows), ([i for i in waiting if i not in whole], rows.gather_every(step))):
        outcomes |= _judge(specs, positions, part)
    missing = Outcome(success=False, raised=True)
    return [
        _result(suite.table, name, spec, outcomes.get(i, missing), as_of)
        for i, (name, spec) in enumerate(zip(check_names(specs), specs, strict=True))
    ]


def _of_table(specs: Sequence[ExpectationSpec], present: Collection[str], count: int) -> dict[int, Outcome]:
    """Judge what needs no row: the columns, and the number of rows, which is known already."""
    outcomes: dict[int, Outcome] = {}
    for position, spec in enumerate(specs):
        if spec.type == STRUCTURE:
            outcomes[position] = Outcome(set(spec.kwargs["column_set"]) == set(present), raised=False)
        elif spec.type == ROW_COUNT:
            low, high = spec.kwargs.get("min_value"), spec.kwargs.get("max_value")
            outcomes[position] = Outcome(
                (low is None or count >= low) and (high is None or count <= high), raised=False
            )
        elif spec.type == EXISTS:
            outcomes[position] = Outcome(spec.kwargs["column"] in present, raised=False)
    return outcomes


def _roots(condition: str) -> set[str]:
    return set(pl.sql_expr(condition).meta.root_names())


def _judge(specs: Sequence[ExpectationSpec], positions: Sequence[int], rows: pl.LazyFrame) -> dict[int, Outcome]:
    """Compute the column that each rule judges, and let Great Expectations judge them all at once."""
    if not positions:
        return {}
    frame = _judged(specs, positions, rows)
    filled = frame.select(pl.all().count()).row(0, named=True) if frame.width else {}
    told = [position for position in positions if f"v{position}" in filled]
    silent = [position for position in told if _says_nothing(specs[position], filled[f"v{position}"])]
    asked = [position for position in told if position not in silent]
    plain = [_plain(specs[position], f"v{position}", filled[f"v{position}"]) for position in asked]
    outcomes = dict(zip(asked, evaluate(plain, frame.select(f"v{position}" for position in asked)), strict=True))
    for position, outcome in outcomes.items():
        if specs[position].type in JUDGE_NULLS:
            outcomes[position] = replace(outcome, missing=None)
    return outcomes | dict.fromkeys(silent, Outcome(success=True, raised=False))


def _judged(specs: Sequence[ExpectationSpec], positions: Sequence[int], rows: pl.LazyFrame) -> pl.DataFrame:
    """Return a column `v<position>` a rule; without those that cannot be computed, such as a text's minimum."""
    columns = [_column(specs[position]).alias(f"v{position}") for position in positions]
    try:
        return rows.select(columns).collect()
    except pl.exceptions.PolarsError:
        if len(positions) == 1:
            return pl.DataFrame()
    singles = [_judged(specs, [position], rows) for position in positions]
    return pl.concat([single for single in singles if single.width] or [pl.DataFrame()], how="horizontal")


def _column(spec: ExpectationSpec) -> pl.Expr:
    """Return what Great Expectations sees of a rule: its verdict, or the column where it is about that as a whole."""
    judged = verdict(spec)
    if judged is not None:
        return judged
    column = pl.col(columns_of(spec)[0])
    return column.cast(pl.Float64) if spec.type == SHARE else column


def _plain(spec: ExpectationSpec, column: str, judged: int) -> ExpectationSpec:
    """Return the rule about its own column of the frame; a `mostly` leaves room for chance."""
    if verdict(spec) is None:
        return replace(spec, kwargs={**spec.kwargs, "column": column})
    kwargs: dict[str, Any] = {"column": column, "value_set": [True]}
    mostly = spec.kwargs.get("mostly")
    if mostly is not None and judged:
        kwargs["mostly"] = 1 - allowed_breaches(judged, mostly) / judged
    return replace(spec, type="expect_column_values_to_be_in_set", kwargs=kwargs)


def _says_nothing(spec: ExpectationSpec, judged: int) -> bool:
    return isinstance(spec, RuleSpec) and judged < spec.least_rows


def _column_of(spec: ExpectationSpec) -> str | None:
    """Return the column that a result is about: of a condition the one to correct, for its own is none of the table."""
    if spec.column is not None and spec.column.startswith(RULE_PREFIX):
        return spec.about if isinstance(spec, RuleSpec) else None
    return spec.column


def _result(table: str, name: str, spec: ExpectationSpec, outcome: Outcome, as_of: date | None) -> CheckResult:
    return CheckResult(
        table=table,
        check=name,
        column=_column_of(spec),
        severity=spec.severity,
        success=outcome.success,
        element_count=outcome.element,
        unexpected_count=outcome.unexpected,
        missing_count=outcome.missing,
        dimension=spec.dimension,
        title_zh=spec.title_zh,
        title_en=spec.title_en,
        raised=outcome.raised,
        owner=spec.owner if isinstance(spec, RuleSpec) else None,
        reason=spec.reason if isinstance(spec, RuleSpec) else None,
        as_of=as_of,
    )
