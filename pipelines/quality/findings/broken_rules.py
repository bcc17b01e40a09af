"""Rows that break a hand-written rule of their table: the same condition as in the checks, asked of each row."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates, joined
from pipelines.quality.findings.night import Night
from pipelines.quality.references import with_references
from pipelines.quality.specs import RowRule

MOST_ROWS: Final = 2_000
"""Of one rule, the newest first."""
SYSTEM_SHARE: Final = 0.05
SYSTEM_ROWS: Final = 50
"""A rule that more rows break, and this share of those that it judges, is a matter of the system that exports them: one
column filled from another source. The check tells of it; a list of single rows would only bury the others."""
_PREFIX: Final = "breaks__"
_COUNTED: Final = "judges__"
_USUAL: Final = 0.9
"""A rule that fewer rows need keep tells of a share, not of a row, unless something is simply missing."""


def find_broken_rules(night: Night) -> pl.DataFrame:
    """Find the current rows for which the condition of a rule of `expectations/tables/raw` is false.

    The problem is the rule's name and the column the one that the rule is about. A rule of severity `info`
    only counts.
    """
    return joined(_broken(night, feed) for feed in night.feeds)


def _broken(night: Night, feed: str) -> pl.DataFrame:
    suite, table = night.suites.get(f"raw.{feed}"), night.current(feed)
    if suite is None or table is None:
        return pl.DataFrame(schema={"feed": pl.String})
    rows = with_references(table, suite, night.scan)
    present = set(rows.collect_schema().names())
    rules = [r for r in suite.row_rules if _accuses(r) and _roots(r) <= present]
    asked = rows.select("record_key", "last_delivered_on", *(e for rule in rules for e in _asked(rule)))
    found = asked.filter(pl.any_horizontal(_PREFIX + rule.name for rule in rules)).collect() if rules else None
    if found is None:
        return pl.DataFrame(schema={"feed": pl.String})
    judged = asked.select(pl.col(_COUNTED + rule.name).sum() for rule in rules).collect().row(0, named=True)
    single = [rule for rule in rules if _is_single(found, rule, int(judged[_COUNTED + rule.name]))]
    newest = found.sort("last_delivered_on", "record_key", descending=[True, False])
    return joined(_told(newest.filter(pl.col(_PREFIX + rule.name)).head(MOST_ROWS), feed, rule) for rule in single)


def _accuses(rule: RowRule) -> bool:
    """Whether a row that breaks the rule is wrong, and not merely unusual."""
    usual = rule.mostly is None or rule.mostly >= _USUAL or rule.dimension == "completeness"
    return rule.severity != "info" and usual


def _roots(rule: RowRule) -> set[str]:
    return set(pl.sql_expr(rule.where).meta.root_names())


def _asked(rule: RowRule) -> tuple[pl.Expr, pl.Expr]:
    """Whether the row breaks the rule, and whether the rule judges it at all."""
    keeps = pl.sql_expr(rule.where)
    return (
        (~keeps).fill_null(value=False).alias(_PREFIX + rule.name),
        keeps.is_not_null().alias(_COUNTED + rule.name),
    )


def _is_single(found: pl.DataFrame, rule: RowRule, judged: int) -> bool:
    broken = int(found[_PREFIX + rule.name].sum())
    return broken <= SYSTEM_ROWS or broken <= SYSTEM_SHARE * judged


def _told(rows: pl.DataFrame, feed: str, rule: RowRule) -> pl.DataFrame:
    asks = rule.dimension == "accuracy"
    return as_candidates(
        rows.select(
            "record_key",
            feed=pl.lit(feed),
            column=pl.lit(rule.about, dtype=pl.String),
            problem=pl.lit(rule.name),
            case=pl.lit("implausible" if asks else "contradiction"),
            evidence_zh=pl.lit(f"应当：{rule.title_zh}{'，请核实' if asks else ''}"),
            evidence_en=pl.lit(f"Expected: {rule.title_en}{'; please verify' if asks else ''}"),
        )
    )
