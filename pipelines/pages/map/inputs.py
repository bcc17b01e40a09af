"""What became of every incident: used by its point, its address or its estate, or left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.pages.numbers import count, share
from pipelines.pages.text import Text, translated

WHOLE = "all"
USED = "used"


@dataclass(frozen=True)
class Reason:
    """One way that incidents went: how many, and which share of all."""

    title: Text
    used: bool
    incidents: str
    share: str


@dataclass(frozen=True)
class Inputs:
    """All incidents of the register, the used ones first.

    Attributes:
        total, used, left_out: counts; the first is the sum of the others.
        from_month, to_month: the months that they fall into.
        reasons: the largest first, used before left out.
    """

    total: str
    used: str
    left_out: str
    used_share: str
    from_month: str
    to_month: str
    reasons: tuple[Reason, ...]


def inputs_of(rows: pl.DataFrame) -> Inputs | None:
    """Add up `marts.risk_input` over classes and months; None when it holds no incident.

    The class `all` repeats the others, so it is counted only where there is no other class.
    """
    classes = rows.filter(pl.col("incident_class") != WHOLE)
    counted = classes if classes.height else rows
    total = int(counted["incidents"].sum())
    if total == 0:
        return None
    used = int(counted.filter(pl.col("state") == USED)["incidents"].sum())
    reasons = (
        counted.group_by("state", "reason")
        .agg(
            pl.col("reason_zh").drop_nulls().sort().first(),
            pl.col("reason_en").drop_nulls().sort().first(),
            pl.col("incidents").sum(),
        )
        .filter(pl.col("incidents") > 0)
        .sort(pl.col("state") != USED, -pl.col("incidents"), "reason")
    )
    months = counted["month"].drop_nulls().sort()
    return Inputs(
        total=count(total),
        used=count(used),
        left_out=count(total - used),
        used_share=share(used / total),
        from_month=months[0] if months.len() else "–",
        to_month=months[-1] if months.len() else "–",
        reasons=tuple(
            Reason(
                translated(row["reason_zh"], row["reason_en"], row["reason"]),
                row["state"] == USED,
                count(row["incidents"]),
                share(row["incidents"] / total),
            )
            for row in reasons.to_dicts()
        ),
    )
