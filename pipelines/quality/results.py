"""What is kept of a quality check: counts, never a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from pipelines.contracts.expectations import Dimension, Severity

SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "check": pl.String(),
    "column": pl.String(),
    "severity": pl.String(),
    "success": pl.Boolean(),
    "element_count": pl.Int64(),
    "unexpected_count": pl.Int64(),
    "missing_count": pl.Int64(),
    "dimension": pl.String(),
    "title_zh": pl.String(),
    "title_en": pl.String(),
    "raised": pl.Boolean(),
    "owner": pl.String(),
    "reason": pl.String(),
    "as_of": pl.Date(),
}


@dataclass(frozen=True)
class CheckResult:
    """One check of one table on one night; the grain of `internal.check_result`.

    Attributes:
        table: `<schema>.<table>`.
        check: name of the check, unique within its table: `<expectation>__<column>`, or the condition's own name.
        column: what it is about, of a condition the column to correct; null for the row or the table as a whole.
        severity: `critical` blocks publication, `warning` colours a light, `info` is only counted.
        success: whether the expectation holds.
        element_count: rows looked at; null where the check is not about single rows.
        unexpected_count: rows that break the rule, missing ones not among them; null as above.
        missing_count: rows whose value is null and which the rule therefore does not judge; null as above.
        dimension: of data quality.
        title_zh, title_en: what is expected.
        raised: the check could not be evaluated, for example because the column is missing; it then failed.
        owner: who mends a breach; null in results kept before owners were named.
        reason: why the rule exists and what to do about a breach; null as above.
        as_of: the newest delivery among the rows checked; null where the table does not tell, and as above.
    """

    table: str
    check: str
    column: str | None
    severity: Severity
    success: bool
    element_count: int | None
    unexpected_count: int | None
    missing_count: int | None
    dimension: Dimension
    title_zh: str
    title_en: str
    raised: bool = False
    owner: str | None = None
    reason: str | None = None
    as_of: date | None = None


def check_results_frame(results: Iterable[CheckResult]) -> pl.DataFrame:
    """Return the results as `internal.check_result`, sorted by table and check; also for no results at all."""
    rows = [asdict(result) for result in results]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("table", "check")


def blocking(results: Iterable[CheckResult]) -> list[str]:
    """Return one message per failed critical check, in the order of tables and checks; empty when nothing blocks.

    A message names table, rule and counts, and no value of any row.
    """
    failed = [r for r in results if r.severity == "critical" and not r.success]
    return [_message(r) for r in sorted(failed, key=lambda r: (r.table, r.check))]


def _message(result: CheckResult) -> str:
    if result.raised:
        found, found_zh = "could not be evaluated", "无法检查"
    elif result.unexpected_count is None:
        found, found_zh = "does not hold", "不成立"
    else:
        found = f"broken by {result.unexpected_count:,} of {result.element_count or 0:,} rows"
        found_zh = f"{result.unexpected_count:,} 行不符"
    return f"{result.table}: {result.title_en}: {found} ({result.title_zh}：{found_zh}; check {result.check})"
