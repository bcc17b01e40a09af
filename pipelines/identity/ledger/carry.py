"""Carry ids over from old groups to new ones by what they share: used for persons and for households."""

from __future__ import annotations

import polars as pl

NUMBER_WEIGHT = 10
"""A mention with its own valid ID number pulls the id as strongly as ten without: the id follows the number."""


def pull() -> pl.Expr:
    """How strongly mentions (``has_own_number``) pull the id of their person, summed."""
    return pl.when("has_own_number").then(NUMBER_WEIGHT).otherwise(1).sum()


def carry_over(overlap: pl.DataFrame) -> pl.DataFrame:
    """Give each new group at most one old id, and each old id to at most one new group.

    The strongest overlap is served first; ties go to the older id, then the smaller id, then the smaller group.
    Overlaps that are alone on both sides, nearly all of them, need no loop.

    Args:
        overlap: ``new`` (group), ``old_id``, ``weight`` (what they share), ``born`` (instant or date of the old id's
            first event, null counts as newest).

    Returns:
        ``new, old_id``, sorted by ``new``.
    """
    counted = overlap.with_columns(at_new=pl.len().over("new"), at_old=pl.len().over("old_id"))
    alone = (pl.col("at_new") == 1) & (pl.col("at_old") == 1)
    ranked = counted.filter(~alone).sort(
        ["weight", "born", "old_id", "new"], descending=[True, False, False, False], nulls_last=True
    )
    taken_new: set[object] = set()
    taken_old: set[str] = set()
    served: list[bool] = []
    for new, old_id in ranked.select("new", "old_id").iter_rows():
        free = new not in taken_new and old_id not in taken_old
        served.append(free)
        if free:
            taken_new.add(new)
            taken_old.add(old_id)
    contested = ranked.filter(pl.Series(served, dtype=pl.Boolean))
    return pl.concat([frame.select("new", "old_id") for frame in (counted.filter(alone), contested)]).sort("new")
