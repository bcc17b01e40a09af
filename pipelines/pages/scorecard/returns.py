"""Whether the loop closes: what was sent back to each department, and what it has put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pages.drawing.weeks import ReturnWeek
from pipelines.pages.facts import PageFacts
from pipelines.pages.numbers import count, share
from pipelines.pages.scorecard.weeks import last_weeks
from pipelines.pages.text import Text, translated

PROBLEMS_SHOWN = 8

COUNTS = ("opened", "corrected", "removed", "withdrawn")


@dataclass(frozen=True)
class ReturnLine:
    """What was returned for one problem, or for all of a department; counts of entries in words.

    Attributes:
        closed_share: of the entries that the department had to act on, those it has closed; withdrawn ones count
            neither way.
    """

    title: Text
    open: str
    corrected: str
    removed: str
    withdrawn: str
    closed_share: str


@dataclass(frozen=True)
class DepartmentReturns:
    """One department: its weeks, oldest first, all entries, and the problems it had to act on, most open ones first."""

    department: str
    name: Text
    weeks: tuple[ReturnWeek, ...]
    total: ReturnLine
    problems: tuple[ReturnLine, ...]


@dataclass(frozen=True)
class Returns:
    """All departments with entries, and the sum over them."""

    total: ReturnLine
    departments: tuple[DepartmentReturns, ...]


def returns_of(summary: pl.DataFrame, told: PageFacts) -> Returns:
    """Add up `marts.return_summary`; a week without a change keeps what was open before it."""
    filled = _every_week(summary, last_weeks(summary["week"].to_list()))
    departments = [
        _department(rows, told) for _, rows in filled.sort("department").group_by("department", maintain_order=True)
    ]
    return Returns(_line(filled, Text("全部部门", "All departments")), tuple(departments))


def _every_week(summary: pl.DataFrame, weeks: Sequence[str]) -> pl.DataFrame:
    """Return a row for every problem of a feed and week shown; what was before the first week is added to it."""
    keys = ["department", "feed", "problem"]
    clipped = summary.sort(*keys, "week").with_columns(week=pl.max_horizontal("week", pl.lit(weeks[0])))
    folded = clipped.group_by(*keys, "week", maintain_order=True).agg(
        pl.col("problem_zh", "problem_en", "open").last(), pl.col(COUNTS).sum()
    )
    names = folded.group_by(keys, maintain_order=True).agg(pl.col("problem_zh", "problem_en").last())
    every = names.join(pl.DataFrame({"week": list(weeks)}, schema={"week": pl.String()}), how="cross")
    joined = every.join(folded.drop("problem_zh", "problem_en"), on=[*keys, "week"], how="left").sort(*keys, "week")
    return joined.with_columns(pl.col("open").forward_fill().over(keys).fill_null(0), pl.col(COUNTS).fill_null(0))


def _department(rows: pl.DataFrame, told: PageFacts) -> DepartmentReturns:
    department = rows.item(0, "department")
    by_week = rows.group_by("week").agg(pl.col("opened", "corrected", "removed", "open").sum()).sort("week")
    sums = rows.group_by("problem").agg(
        pl.col("open").filter(pl.col("week") == pl.col("week").max()).sum(), pl.col("corrected", "removed").sum()
    )
    known = sums.filter(pl.sum_horizontal("open", "corrected", "removed") > 0)
    order = known.sort("open", "problem", descending=[True, False])["problem"].to_list()
    shown, rest = order[:PROBLEMS_SHOWN], order[PROBLEMS_SHOWN:]
    problems = [_problem(rows.filter(pl.col("problem") == problem)) for problem in shown]
    if rest:
        other = Text("其他 {n} 类", "{n} other problems").fill(n=str(len(rest)))
        problems.append(_line(rows.filter(pl.col("problem").is_in(rest)), other))
    return DepartmentReturns(
        department=department,
        name=told.department_name(department),
        weeks=tuple(
            ReturnWeek(row["week"], row["opened"], row["corrected"], row["removed"], row["open"])
            for row in by_week.to_dicts()
        ),
        total=_line(rows, Text("合计", "All problems")),
        problems=tuple(problems),
    )


def _problem(rows: pl.DataFrame) -> ReturnLine:
    newest = rows.row(-1, named=True)
    return _line(rows, translated(newest["problem_zh"], newest["problem_en"], newest["problem"]))


def _line(rows: pl.DataFrame, title: Text) -> ReturnLine:
    still_open = _open_now(rows)
    corrected, removed, withdrawn = (int(rows[column].sum()) for column in COUNTS[1:])
    closed = corrected + removed
    return ReturnLine(
        title=title,
        open=count(still_open),
        corrected=count(corrected),
        removed=count(removed),
        withdrawn=count(withdrawn),
        closed_share=share(closed / (closed + still_open)) if closed + still_open else "–",
    )


def _open_now(rows: pl.DataFrame) -> int:
    return int(rows.filter(pl.col("week") == pl.col("week").max())["open"].sum())
