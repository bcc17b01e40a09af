"""Do ids last: mentions that two kept snapshots share keep their person_id, or the ledger says why not."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.lake.snapshot import Snapshot

KEY = ["feed", "record_key", "person_role", "person_seq"]
EXPLAINED = ("merged_into", "split_from", "retired")


@dataclass(frozen=True)
class Stability:
    """The current snapshot against the one before it.

    Attributes:
        earlier, later: snapshot ids; `mentions`: in both; `kept`: with the same id; `kept_share`: 0..1.
        unexplained: whose id changed although the ledger tells neither the old nor the new id of an event.
    """

    earlier: str
    later: str
    mentions: int
    kept: int
    kept_share: float | None
    unexplained: int


def measure_stability(earlier: Snapshot, later: Snapshot) -> Stability:
    """Compare the crosswalks of two snapshots."""
    old, new = (s.scan("master.person_crosswalk").select(*KEY, "person_id").collect() for s in (earlier, later))
    both = old.join(new, on=KEY, suffix="_now").filter(
        pl.col("person_id").is_not_null() & pl.col("person_id_now").is_not_null()
    )
    changed = both.filter(pl.col("person_id") != pl.col("person_id_now"))
    history = later.scan("master.person_history").filter(pl.col("event").is_in(EXPLAINED)).collect()
    told = pl.concat([history["person_id"], history["other_person_id"]]).drop_nulls().unique()
    silent = changed.filter(~pl.col("person_id").is_in(told.implode()) & ~pl.col("person_id_now").is_in(told.implode()))
    kept = len(both) - len(changed)
    return Stability(
        earlier.id, later.id, len(both), kept, round(kept / len(both), 5) if len(both) else None, len(silent)
    )
