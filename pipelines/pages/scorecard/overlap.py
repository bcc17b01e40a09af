"""Who is in both of two registers, and who only in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.numbers import FEW, NOTHING, SUPPRESSED, about, count, is_few, share
from pipelines.pages.text import Text, same

HIDDEN_SIZE = FEW / 2
"""A part that is too small to be told is drawn of this size, so that the picture cannot be measured instead."""

PARTS = ("a_only", "both", "b_only")


@dataclass(frozen=True)
class Overlap:
    """Two registers in the newest month that compares them.

    One to nine persons are withheld; the other parts are then told to the nearest ten, because the size of a register
    is told elsewhere and would give the withheld part by subtraction.

    Attributes:
        left, right: the registers.
        month: `2026-03`.
        left_only, both, right_only: counts of persons in words.
        sizes: what is drawn, in the same order.
        share_of_left, share_of_right: of the persons in one register, who is in the other too; a range where a part
            is withheld.
        months: of all persons in either register, who is in both, month by month, oldest first; empty where a part of
            any month is withheld.
    """

    left: Text
    right: Text
    month: str
    left_only: Text
    both: Text
    right_only: Text
    sizes: tuple[float, float, float]
    share_of_left: Text
    share_of_right: Text
    months: tuple[float | None, ...]


def overlaps_of(registers: pl.DataFrame, told: PageFacts) -> tuple[Overlap, ...]:
    """Return one overlap a pair of registers, by their names."""
    pairs = registers.sort("register_a", "register_b", "month").group_by(
        "register_a", "register_b", maintain_order=True
    )
    return tuple(_overlap(rows.to_dicts(), told) for _, rows in pairs)


def share_in_both(both: float | None, alone: float | None) -> Text:
    """Return the share of a register's persons who are in the other too.

    Args:
        both: persons in both registers; null for a withheld count of one to nine.
        alone: persons in this register alone; null likewise.

    Returns:
        The share; a range wide enough for every count that may be withheld.
    """
    if both is not None and alone is not None:
        return same(share(both / (both + alone))) if both + alone else NOTHING
    fewest = [1 if part is None else part for part in (both, alone)]
    most = [FEW - 1 if part is None else part for part in (both, alone)]
    low, high = fewest[0] / (fewest[0] + most[1]), most[0] / (most[0] + fewest[1])
    return Text("{low} 至 {high}", "{low} to {high}").fill(low=share(low), high=share(high))


def _overlap(months: list[dict[str, Any]], told: PageFacts) -> Overlap:
    newest = months[-1]
    left_only, both, right_only = _tellable(newest)
    exact = None not in (left_only, both, right_only)
    return Overlap(
        left=told.register_title(newest["register_a"]),
        right=told.register_title(newest["register_b"]),
        month=newest["month"],
        left_only=_written(left_only, exact),
        both=_written(both, exact),
        right_only=_written(right_only, exact),
        sizes=(_drawn(left_only), _drawn(both), _drawn(right_only)),
        share_of_left=share_in_both(both, left_only),
        share_of_right=share_in_both(both, right_only),
        months=() if any(None in _tellable(row) for row in months) else tuple(_share(row) for row in months),
    )


def _tellable(row: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    """Return the three parts: null for a withheld one, by us or by the mart, and then the others in tens."""
    parts = [None if is_few(row[part]) else row[part] for part in PARTS]
    left_only, both, right_only = parts if None not in parts else (part and round(part, -1) for part in parts)
    return left_only, both, right_only


def _written(part: float | None, exact: bool) -> Text:
    if part is None:
        return same(SUPPRESSED)
    return same(count(part)) if exact else about(part)


def _drawn(part: float | None) -> float:
    return HIDDEN_SIZE if part is None else float(part)


def _share(row: dict[str, Any]) -> float | None:
    union = sum(row[part] for part in PARTS)
    return row["both"] / union if union else None
