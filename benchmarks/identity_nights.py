"""What changed between the nights of one home, and whether the ledger says why."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from pipelines.lake.snapshot import Snapshot

KEY = ["feed", "record_key", "person_role", "person_seq"]


def night_changes(snapshots: list[Snapshot]) -> list[dict[str, Any]]:
    """Compare each two consecutive snapshots, oldest first.

    Returns:
        One dictionary a step: `mentions` in both, `changed` ids, `unexplained` (tonight's entries of
        `master.person_history` name neither the old nor the new id), `unpaired` (no entry of tonight names both), and
        the number of tonight's entries by event.
    """
    return [_step(earlier, later) for earlier, later in pairwise(snapshots)]


def _step(earlier: Snapshot, later: Snapshot) -> dict[str, Any]:
    old, new = (s.scan("master.person_crosswalk").select(*KEY, "person_id").collect() for s in (earlier, later))
    both = old.join(new, on=KEY, suffix="_now")
    changed = both.filter(pl.col("person_id") != pl.col("person_id_now"))
    entries = _tonight(earlier, later)
    told = pl.concat([entries["person_id"], entries["other_person_id"]]).drop_nulls().unique().implode()
    silent = changed.filter(~pl.col("person_id").is_in(told) & ~pl.col("person_id_now").is_in(told))
    named = pl.concat(
        [
            entries.select(a="person_id", b="other_person_id"),
            entries.select(a="other_person_id", b="person_id"),
        ]
    ).drop_nulls()
    unpaired = changed.join(named.unique(), left_on=["person_id", "person_id_now"], right_on=["a", "b"], how="anti")
    before = old["person_id"].drop_nulls().unique()
    gone = before.filter(~before.is_in(new["person_id"].drop_nulls().unique().implode()))
    return {
        "mentions": len(both),
        "changed": len(changed),
        "unexplained": len(silent),
        "unpaired": len(unpaired),
        "ids_gone": len(gone),
        "ids_gone_unexplained": int((~gone.is_in(told)).sum()),
        "events": dict(entries.group_by("event").len().sort("event").rows()),
    }


def _tonight(earlier: Snapshot, later: Snapshot) -> pl.DataFrame:
    columns = ["person_id", "event", "other_person_id", "at", "run_id"]
    now, before = (s.scan("master.person_history").select(columns).collect() for s in (later, earlier))
    return now.join(before, on=columns, how="anti", nulls_equal=True)
