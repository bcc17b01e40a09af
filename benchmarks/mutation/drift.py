"""Which feeds and columns the rules of drift name: their conditions, row by row of tonight's profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from mutation.alarms import Alarm
from pipelines.quality.references import with_references
from pipelines.quality.rules import load_table_suites
from pipelines.quality.specs import RowRule

PROFILE = "ops.feed_profile"


def drift_alarms(scan: Callable[[str], pl.LazyFrame]) -> list[Alarm]:
    """Return one alarm a rule, feed and column that breaks it tonight; rules that only inform tell nobody.

    Args:
        scan: returns a table by its name; the profile's suite says which of its rows are tonight's.
    """
    suite = load_table_suites()[PROFILE]
    rows = scan(PROFILE)
    if suite.only is not None:
        rows = rows.filter(pl.sql_expr(suite.only))
    profile = with_references(rows, suite, scan).collect()
    return sorted(alarm for rule in suite.row_rules if rule.severity != "info" for alarm in _broken_by(profile, rule))


def _broken_by(profile: pl.DataFrame, rule: RowRule) -> Iterator[Alarm]:
    broken = profile.filter(~pl.sql_expr(rule.where))
    for department, feed, column in broken.select("department", "feed", "column").iter_rows():
        yield Alarm("drift", f"{department}_{feed}", rule.name, column)
