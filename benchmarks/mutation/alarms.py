"""What a person would be told of a night: one alarm a feed and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import orjson
import polars as pl

from pipelines.quality.results import CheckResult

Layer = Literal["door", "checks", "drift", "returns", "night"]
LAYERS: tuple[Layer, ...] = ("door", "checks", "drift", "returns", "night")
MANY_TIMES = 3.0  # of what the door counts on a clean night
MORE_RETURNS = 1.5  # of the rows to be corrected on a clean night
FEW = 3


@dataclass(frozen=True, order=True)
class Alarm:
    """One thing that is told about a feed.

    Attributes:
        layer: which part of the night tells it.
        feed: `<department>_<feed>`.
        check: what: a reason code, the name of a check, a light.
        column: about which column, '' for the feed as a whole.
        count: how many rows or cells; 0 where that has no meaning.
    """

    layer: Layer
    feed: str
    check: str
    column: str = ""
    count: int = 0

    @property
    def name(self) -> tuple[str, str, str, str]:
        """The alarm without its count."""
        return (self.layer, self.feed, self.check, self.column)


def door_alarms(deliveries: pl.DataFrame, quarantine: pl.DataFrame) -> list[Alarm]:
    """Return what the door says: rejected files, refused rows, unread cells, unknown codes and columns.

    Args:
        deliveries: the night's rows of `ops.delivery`.
        quarantine: the night's rows of `raw.quarantine`.
    """
    found: list[Alarm] = []
    for row in deliveries.iter_rows(named=True):
        feed = f"{row['department']}_{row['feed']}"
        if row["status"] == "rejected":
            found.append(Alarm("door", feed, str(row["reason_code"]), "", 1))
        found += [Alarm("door", feed, "unknown_column", name, 1) for name in row["unknown_columns"] or []]
        for kind in ("unread_cells", "unknown_codes"):
            cells = orjson.loads(row[kind] or "{}")
            found += [Alarm("door", feed, kind, column, count) for column, count in cells.items()]
    refused = quarantine.group_by("department", "feed", "reason_code").len().sort("department", "feed", "reason_code")
    found += [Alarm("door", f"{d}_{f}", f"quarantined: {code}", "", n) for d, f, code, n in refused.iter_rows()]
    return summed(found)


def summed(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Return one alarm a name, with the sum of counts."""
    counts: dict[tuple[str, str, str, str], int] = {}
    for alarm in alarms:
        counts[alarm.name] = counts.get(alarm.name, 0) + alarm.count
    return sorted(Alarm(*name, count) for name, count in counts.items())  # type: ignore[arg-type]


def check_alarms(results: Iterable[CheckResult]) -> list[Alarm]:
    """Return the failed checks of raw tables; one of severity `info` is only counted and tells nobody anything."""
    return [
        Alarm("checks", r.table.removeprefix("raw."), r.check, r.column or "", r.unexpected_count or 0)
        for r in results
        if not r.success and r.severity != "info" and r.table.startswith("raw.")
    ]


def return_alarms(findings: pl.DataFrame) -> list[Alarm]:
    """Return how many rows a department is asked to correct, by feed, problem and column.

    Args:
        findings: as `collect_findings` returns them, or the open entries of the return list.
    """
    counts = findings.group_by("department", "feed", "problem", "column").len()
    return sorted(Alarm("returns", f"{d}_{f}", p, c or "", n) for d, f, p, c, n in counts.iter_rows())


def news(alarms: Iterable[Alarm], clean: Iterable[Alarm]) -> list[Alarm]:
    """Return the alarms that the clean night does not say.

    A failed check says its news once, however many rows break it. What is counted on every night (an unread cell here
    and there, rows to be corrected) is news where it is clearly more; see `FEW` and the two factors.
    """
    usual = {alarm.name: alarm.count for alarm in clean}
    return [alarm for alarm in alarms if _is_news(alarm, usual)]


def _is_news(alarm: Alarm, usual: dict[tuple[str, str, str, str], int]) -> bool:
    before = usual.get(alarm.name, 0)
    if alarm.layer == "returns":
        return alarm.count >= before + FEW and alarm.count >= MORE_RETURNS * before
    if alarm.layer == "door":
        return alarm.name not in usual or (alarm.count > MANY_TIMES * before and alarm.count > FEW)
    return alarm.name not in usual
