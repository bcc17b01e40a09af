"""Who is in both of two registers, and who only in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.facts import PageFacts
from pipelines.pages.numbers import FEW, NOTHING, is_few, persons, share
from pipelines.pages.text import Text, same

HIDDEN_SIZE = FEW / 2
"""A part that is too small to be told is drawn of this size, so that the picture cannot be measured instead."""


@dataclass(frozen=True)
class Overlap:
    """Two registers in the newest month that compares them.

    Attributes:
        left, right: the registers.
        month: `2026-03`.
        left_only, both, right_only: counts of persons in words; one to nine are withheld.
        sizes: what is drawn, in the same order.
        share_of_left, share_of_right: of the persons in one register, who is in the other too; a range where a part
            is withheld.
        months: of all persons in either register, who is in both, month by month, oldest first; empty where a part is
            withheld.
    """

    left: Text
    right: Text
    month: str
    left_only: str
    both: str
    right_only: str
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


def share_in_both(both: float, alone: float) -> Text:
    """Return the share of a register's persons who are in the other too; a range wide enough for what is withheld."""
    if not both + alone:
        return NOTHING
    if not is_few(both) and not is_few(alone):
        return same(share(both / (both + alone)))
    fewest = [1 if is_few(part) else part for part in (both, alone)]
    most = [FEW - 1 if is_few(part) else part for part in (both, alone)]
    low, high = fewest[0] / (fewest[0] + most[1]), most[0] / (most[0] + fewest[1])
    return Text("{low} 至 {high}", "{low} to {high}").fill(low=share(low), high=share(high))


def _overlap(months: list[dict[str, Any]], told: PageFacts) -> Overlap:
    newest = months[-1]
    parts = (newest["a_only"] or 0, newest["both"] or 0, newest["b_only"] or 0)
    withheld = any(is_few(row[part]) for row in months for part in ("a_only", "both", "b_only"))
    sizes = tuple(HIDDEN_SIZE if is_few(part) else float(part) for part in parts)
    return Overlap(
        left=told.register_title(newest["register_a"]),
        right=told.register_title(newest["register_b"]),
        month=newest["month"],
        left_only=persons(parts[0]),
        both=persons(parts[1]),
        right_only=persons(parts[2]),
        sizes=(sizes[0], sizes[1], sizes[2]),
        share_of_left=share_in_both(parts[1], parts[0]),
        share_of_right=share_in_both(parts[1], parts[2]),
        months=() if withheld else tuple(_share(row) for row in months),
    )


def _share(row: dict[str, Any]) -> float | None:
    union = (row["a_only"] or 0) + (row["both"] or 0) + (row["b_only"] or 0)
    return (row["both"] or 0) / union if union else None
