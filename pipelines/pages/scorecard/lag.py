"""How many days pass from a change to its delivery, by department and by estate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pages.drawing.histogram import Bucket
from pipelines.pages.facts import PageFacts
from pipelines.pages.numbers import FEW, NOTHING, persons, share
from pipelines.pages.text import Text, same

AGREED_DAYS = 1
"""An update within this many days is in time: the field's plans ask for 24 hours."""
ESTATES_SHOWN = 6
"""Of each department, so that none hides behind a slower one."""


@dataclass(frozen=True)
class Lag:
    """The lags of one department, or of one estate in one department's feeds.

    Attributes:
        updates: how many, in words.
        late: share later than agreed, in words.
        buckets: shortest first.
    """

    department: str
    name: Text
    place: Text
    updates: str
    late: str
    buckets: tuple[Bucket, ...]

    @property
    def late_share(self) -> float:
        """Share of updates later than agreed, 0..1."""
        return sum(bucket.share for bucket in self.buckets if bucket.late)


@dataclass(frozen=True)
class Lags:
    """Departments by name; the latest estates of each, those with a handful of updates only counted."""

    departments: tuple[Lag, ...]
    estates: tuple[Lag, ...]
    estates_withheld: int
    estates_left_out: int
    month: str


def lags_of(months: pl.DataFrame, told: PageFacts) -> Lags:
    """Add up the updates of the newest month of `marts.update_lag`."""
    month = months["month"].max()
    updates = months.filter(pl.col("month") == month)
    spans = updates.select("bucket_from_days", "bucket_to_days").unique().sort("bucket_from_days").rows()
    departments = [_lag(rows, spans, told) for _, rows in updates.group_by("department", maintain_order=True)]
    named = updates.filter(pl.col("estate").is_not_null() & (pl.col("estate") != ""))
    totals = named.with_columns(total=pl.col("updates").sum().over("department", "estate"))
    shown = totals.filter(pl.col("total") >= FEW).group_by("department", "estate", maintain_order=True)
    estates = sorted(
        (_lag(rows, spans, told) for _, rows in shown), key=lambda lag: (-lag.late_share, lag.department, lag.place.zh)
    )
    few = totals.filter((pl.col("total") > 0) & (pl.col("total") < FEW)).select("department", "estate").n_unique()
    listed = tuple(
        lag
        for place, lag in enumerate(estates)
        if sum(before.department == lag.department for before in estates[:place]) < ESTATES_SHOWN
    )
    return Lags(
        tuple(sorted(departments, key=lambda lag: lag.department)),
        listed,
        few,
        len(estates) - len(listed),
        str(month),
    )


def _lag(rows: pl.DataFrame, spans: Sequence[tuple[int, int | None]], told: PageFacts) -> Lag:
    by_first = dict(rows.group_by("bucket_from_days").agg(pl.col("updates").sum()).rows())
    total = sum(by_first.values())
    buckets = tuple(
        Bucket(first, last, by_first.get(first, 0) / total, late=first > AGREED_DAYS)
        for first, last in spans
        if total >= FEW
    )
    head = rows.row(0, named=True)
    return Lag(
        department=head["department"],
        name=told.department_name(head["department"]),
        place=same(head["estate"] or ""),
        updates=persons(total),
        late=share(sum(bucket.share for bucket in buckets if bucket.late)) if buckets else NOTHING.zh,
        buckets=buckets,
    )
