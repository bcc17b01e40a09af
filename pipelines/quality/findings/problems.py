"""The vocabulary of problems and the confidence of each kind of case: data, with a reason beside each number."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.quality.specs import RowRule, Suite

FOLDER: Final = Path(__file__).parent
ANY_CASE: Final = "*"
RULE_WEIGHT: Final = {"critical": 5.0, "warning": 2.0, "info": 0.2}
"""Of broken rules by severity: a critical one stops publication, a warning spoils an indicator."""

RULE_CONFIDENCE: Final = {"contradiction": 0.99, "implausible": 0.92}
"""Of broken rules: columns that exclude each other are wrong whoever looks at them; a value beyond what is usual may
still be true, and is put as a question."""


@cache
def problem_table() -> pl.DataFrame:
    """Return `problems.csv`: problem, grade (error/info), dimension, weight, touches (row/home/none), titles, covers.

    `covers`: rules that say less of the same fault, joined by `;`; they are not told beside it.
    """
    table = pl.read_csv(FOLDER / "problems.csv", schema_overrides={"weight": pl.Float64, "covers": pl.String})
    return table.rename({"title_zh": "problem_zh", "title_en": "problem_en"})


@cache
def confidence_table() -> pl.DataFrame:
    """Return `confidence.csv`: problem, case, confidence, proposal_confidence, measured (entries behind the numbers).

    Measured on generated cities (`benchmarks/returns.py`); a case without measurement says why in `source`.
    """
    kinds = {"confidence": pl.Float64, "proposal_confidence": pl.Float64}
    return pl.read_csv(FOLDER / "confidence.csv", schema_overrides=kinds)


def all_problems(suites: dict[str, Suite]) -> pl.DataFrame:
    """Return `problem_table` with a row for every rule of a raw table that it does not name itself."""
    rules = {r.name: r for name, suite in sorted(suites.items()) if name.startswith("raw.") for r in suite.row_rules}
    known = problem_table().select(*_COLUMNS)
    own = [_of_rule(rule) for name, rule in sorted(rules.items()) if name not in set(known["problem"])]
    return pl.concat([known, pl.DataFrame(own, schema=known.schema, orient="row")])


_COLUMNS: Final = ("problem", "grade", "dimension", "weight", "touches", "problem_zh", "problem_en", "covers")


def _of_rule(rule: RowRule) -> tuple[object, ...]:
    titles = (f"不符：{rule.title_zh}", f"Not so: {rule.title_en}")
    return (rule.name, "error", rule.dimension, RULE_WEIGHT[rule.severity], "row", *titles, None)
