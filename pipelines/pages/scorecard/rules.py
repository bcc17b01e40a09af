"""Rule by feed by week: where the rows of a feed break which rule, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.drawing.heat_strip import Week
from pipelines.pages.facts import PageFacts
from pipelines.pages.numbers import is_few
from pipelines.pages.scorecard.weeks import last_weeks
from pipelines.pages.text import Text, same, translated

RULES_DRAWN = 24

SEVERITIES = {
    "critical": Text("严重", "critical"),
    "warning": Text("警告", "warning"),
    "info": Text("提示", "info"),
}


@dataclass(frozen=True)
class Rule:
    """One rule in the weeks shown, oldest first."""

    title: Text
    severity: str
    owner: str
    weeks: tuple[Week, ...]

    @property
    def severity_word(self) -> Text:
        """Its severity in words."""
        return SEVERITIES.get(self.severity, same(self.severity))

    @property
    def latest(self) -> Week:
        """The newest week in which it was looked at; the newest of all when it never was."""
        return next((week for week in reversed(self.weeks) if week.share is not None), self.weeks[-1])

    @property
    def broken(self) -> bool:
        """Whether it was broken in one of the weeks shown."""
        return any((week.share or 0) > 0 for week in self.weeks)


@dataclass(frozen=True)
class RuleGroup:
    """The rules of one feed or of one built table.

    Attributes:
        department: empty for a built table.
        weeks: the worst of all rules, week by week.
        broken: rules that some row breaks, the most broken first.
        clean: the others, by title.
    """

    department: str
    title: Text
    weeks: tuple[Week, ...]
    broken: tuple[Rule, ...]
    clean: tuple[Rule, ...]

    @property
    def drawn(self) -> tuple[Rule, ...]:
        """The most broken rules, drawn week by week."""
        return self.broken[:RULES_DRAWN]

    @property
    def told(self) -> tuple[Rule, ...]:
        """The other broken rules, told with their newest share alone, so that a page stays small."""
        return self.broken[RULES_DRAWN:]


@dataclass(frozen=True)
class Rules:
    """All groups: feeds first, then built tables, by name."""

    weeks: tuple[str, ...]
    groups: tuple[RuleGroup, ...]

    @property
    def worst(self) -> RuleGroup | None:
        """The feed whose newest week is the worst; it is shown open."""
        feeds = [group for group in self.groups if group.department and group.broken]
        return max(feeds, key=lambda group: group.broken[0].latest.share or 0.0, default=None)


def rules_of(checks: pl.DataFrame, told: PageFacts) -> Rules:
    """Arrange the checks of the last twelve ISO weeks; a week without an evaluation is an unknown week."""
    weeks = last_weeks(checks["week"].to_list())
    recent = checks.filter(pl.col("week").is_in(weeks)).sort("table", "check", "week")
    grouped = recent.group_by("department", "feed", "table", maintain_order=True)
    groups = [_group(rows, weeks, told) for _, rows in grouped]
    groups.sort(key=lambda group: (not group.department, group.department, group.title.en))
    return Rules(weeks, tuple(groups))


def _group(rows: pl.DataFrame, weeks: Sequence[str], told: PageFacts) -> RuleGroup:
    first = rows.row(0, named=True)
    rules = [_rule(check.to_dicts(), weeks) for _, check in rows.group_by("check", maintain_order=True)]
    broken = sorted((rule for rule in rules if rule.broken), key=_worst_first)
    clean = sorted((rule for rule in rules if not rule.broken), key=lambda rule: rule.title.zh)
    of_feed = bool(first["department"] and first["feed"])
    return RuleGroup(
        department=first["department"] if of_feed else "",
        title=told.feed_title(first["department"], first["feed"]) if of_feed else same(first["table"]),
        weeks=tuple(_worst_week(name, (rule.weeks[place] for rule in rules)) for place, name in enumerate(weeks)),
        broken=tuple(broken),
        clean=tuple(clean),
    )


def _rule(rows: Sequence[Mapping[str, Any]], weeks: Sequence[str]) -> Rule:
    newest = rows[-1]
    by_week = {row["week"]: _week(row) for row in rows}
    return Rule(
        title=translated(newest["rule_zh"], newest["rule_en"], newest["check"]),
        severity=newest["severity"] or "",
        owner=newest["owner"] or "",
        weeks=tuple(by_week.get(week) or Week(week) for week in weeks),
    )


def _week(row: Mapping[str, Any]) -> Week:
    """Return what a week says; of fewer than ten rows of a feed only whether a critical rule fails."""
    elements: int | None = row["elements"]
    rows = None if elements is None else elements - (row["missing"] or 0)
    if row["feed"] and is_few(rows):
        fails = row["severity"] == "critical" and row["success"] is False
        return Week(row["week"], passed=False if fails else None)
    return Week(row["week"], rows=rows, broken=row["unexpected"], passed=row["success"])


def _worst_week(name: str, weeks: Iterable[Week]) -> Week:
    evaluated = [week for week in weeks if week.share is not None]
    return max(evaluated, key=lambda week: (week.share or 0.0, week.rows or 0), default=Week(name))


def _worst_first(rule: Rule) -> tuple[float, str]:
    return (-(rule.latest.share or 0.0), rule.title.zh)
