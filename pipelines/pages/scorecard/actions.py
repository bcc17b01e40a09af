"""What each department should do next: its three worst metrics, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.facts import PageFacts
from pipelines.pages.lights import RED, YELLOW, Light
from pipelines.pages.numbers import count, persons
from pipelines.pages.scorecard.metrics import Metric
from pipelines.pages.scorecard.returns import Returns
from pipelines.pages.text import Text

ACTIONS_SHOWN = 3
NONE_OPEN = "0"


@dataclass(frozen=True)
class Action:
    """One thing to do.

    Attributes:
        light: how urgent.
        where: feed and metric.
        state: value and target.
        distance: how many rows are between them; null where that cannot be told.
        advice: what helps, as the registry of metrics says; null without it.
    """

    light: Light
    where: Text
    state: Text
    distance: Text | None
    advice: Text | None


@dataclass(frozen=True)
class DepartmentActions:
    """What one department should do.

    Attributes:
        actions: the worst first; empty when all of its lights are green or grey.
        workbook: how many rows its workbook asks it to correct, and where that lies; null when none.
    """

    department: str
    name: Text
    actions: tuple[Action, ...]
    workbook: Text | None


def actions_of(metrics: Sequence[Metric], returns: Returns | None, told: PageFacts) -> tuple[DepartmentActions, ...]:
    """Choose for every department its worst metrics with a red or yellow light.

    Args:
        metrics: worst first.
        returns: the return lists; null when none are there.
        told: the departments.
    """
    to_correct = {entry.department: entry.total.open for entry in returns.departments} if returns else {}
    return tuple(
        DepartmentActions(
            department,
            told.department_name(department),
            _chosen(department, metrics),
            _workbook(department, to_correct.get(department, NONE_OPEN)),
        )
        for department in told.departments
    )


def _workbook(department: str, entries: str) -> Text | None:
    if entries == NONE_OPEN:
        return None
    told = Text("退回清单有 {n} 条待更正：{file}", "{n} entries to correct: {file}")
    return told.fill(n=entries, file=f"return/{department}.xlsx")


def _chosen(department: str, metrics: Sequence[Metric]) -> tuple[Action, ...]:
    lit = [metric for metric in metrics if metric.department == department and metric.light in (RED, YELLOW)]
    return tuple(_action(metric) for metric in lit[:ACTIONS_SHOWN])


def _action(metric: Metric) -> Action:
    where = Text("{feed} · {title}", "{feed}: {title}").fill(feed=metric.feed_title, title=metric.title)
    if metric.scope:
        where = Text("{where}（对照{scope}）", "{where} (against {scope})").fill(where=where, scope=metric.scope)
    state = Text("现为 {value}，目标 {target}", "{value}, target {target}")
    told_state = state.fill(value=metric.value, target=metric.target)
    return Action(metric.light, where, told_state, _distance(metric), metric.definition.advice)


def _distance(metric: Metric) -> Text | None:
    if not metric.to_correct:
        return None
    rows = persons(metric.to_correct) if metric.definition.counts_persons else count(metric.to_correct)
    if metric.more_is_better:
        return Text("距目标还差 {rows}", "{rows} more reach the target").fill(rows=rows)
    return Text("比目标多出 {rows}", "{rows} fewer reach the target").fill(rows=rows)
