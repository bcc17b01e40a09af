"""What the first sheet of a workbook counts: entries by feed and problem, and what changed with the newest delivery."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from pipelines.quality.returns.layout import URGENT
from pipelines.quality.returns.schema import ACCEPTED, CLOSED, CORRECTED, MOVED, OPEN, REMOVED, WITHDRAWN

CLOSED_WORDS: Final = {
    CORRECTED: ("已更正（后续交付已改好）", "Corrected by a later delivery"),
    ACCEPTED: ("已核实无误（贵单位答复）", "Accepted: the department says the row is right"),
    REMOVED: ("已移除（新全量中不再有此行）", "Removed: the newest full lacks the row"),
    WITHDRAWN: ("已撤回（依据变化，与贵单位无关）", "Withdrawn: our evidence changed"),
    MOVED: ("已并入（主键变更，问题另列）", "Moved: the row goes on under another key"),
}
"""How an entry closed, in both languages."""


def figures(entries: pl.DataFrame, as_of: date) -> dict[str, tuple[str, int]]:
    """Return the figures of one department: name -> English name and count."""
    is_open, now = pl.col("status") == OPEN, pl.col("changed_on") == as_of
    fixed = (pl.col("closed_as") == CORRECTED).fill_null(value=False)
    counted = entries.select(
        open=is_open.sum(),
        urgent=(is_open & (pl.col("priority") >= URGENT)).sum(),
        new=(is_open & now & (pl.col("reopened") == 0)).sum(),
        again=(is_open & now & (pl.col("reopened") > 0)).sum(),
        fixed=(fixed & now).sum(),
        ever=fixed.sum(),
    ).row(0, named=True)
    return {
        "待更正": ("Open", counted["open"]),
        "其中紧急": ("Urgent", counted["urgent"]),
        "本期新增": ("New", counted["new"]),
        "再次出现": ("Back again", counted["again"]),
        "本期已更正": ("Corrected now", counted["fixed"]),
        "累计已更正": ("Corrected ever", counted["ever"]),
    }


def by_problem(entries: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return title_zh, problem_zh, problem_en, open, urgent, new: open entries by feed and problem, most first."""
    now = (pl.col("changed_on") == as_of) & (pl.col("reopened") == 0)
    return (
        entries.filter(pl.col("status") == OPEN)
        .group_by("title_zh", "problem_zh", "problem_en")
        .agg(pl.len().alias("open"), urgent=(pl.col("priority") >= URGENT).sum(), new=now.sum())
        .sort("open", "title_zh", "problem_zh", descending=[True, False, False])
    )


def by_cause(entries: pl.DataFrame, as_of: date) -> list[tuple[str, str, int, int]]:
    """Return how entries closed: words in both languages, closed with this delivery, closed ever."""
    closed = entries.filter(pl.col("status") == CLOSED)
    now = closed.filter(pl.col("changed_on") == as_of)
    told = []
    for cause, (zh, en) in CLOSED_WORDS.items():
        counts = [int((frame["closed_as"] == cause).sum()) for frame in (now, closed)]
        told.append((zh, en, counts[0], counts[1]))
    return told
