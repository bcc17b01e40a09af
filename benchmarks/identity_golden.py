"""Golden values, dwellings and households against the truth, each person judged by the cluster of most mentions."""

from __future__ import annotations

from typing import Any

import polars as pl
from identity_judge import main_ids

from pipelines.city.evaluate.golden import measure_golden
from pipelines.city.evaluate.linking import Truth, with_keys
from pipelines.lake.snapshot import Snapshot

LIVING_ROLES = ("self", "tenant", "owner")


def golden_figures(snapshot: Snapshot, truth: Truth, rows: pl.DataFrame, mentions: pl.DataFrame) -> dict[str, Any]:
    """Return golden values and household pairs as `measure_golden` does, and the dwellings that a feed knows.

    Args:
        snapshot: the last night's.
        truth: of the city.
        rows: `current_rows` of the snapshot.
        mentions: with `person` and `person_id`, null where there is no answer.
    """
    found = measure_golden(snapshot, truth, mentions)
    known = _known_dwellings(truth, rows, mentions)
    given = main_ids(mentions.filter(pl.col("person").is_not_null() & pl.col("person_id").is_not_null()))
    golden = snapshot.scan("master.person").select("person_id", "residence_address_code").collect()
    judged = known.join(given, on="person").join(golden, on="person_id", how="left")
    right = judged.filter(pl.col("residence_address_code") == pl.col("residence_code")).height
    filled = judged["residence_address_code"].drop_nulls().len()
    return {
        **found.values,
        "residence_where_known": {
            "persons": len(judged),
            "filled": filled,
            "right": right,
            "accuracy": round(right / len(judged), 5) if len(judged) else None,
        },
        "households": found.households,
    }


def _known_dwellings(truth: Truth, rows: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `person, residence_code` of living people whose true dwelling stands readable on a row of theirs."""
    told = with_keys(truth.address, rows).filter(
        pl.col("address_role").is_in(["residence", "dwelling"]) & (pl.col("supported_code") == pl.col("address_code"))
    )
    told = told.select("feed", "record_key", "address_code").unique()
    own = mentions.filter(pl.col("person_role").is_in(LIVING_ROLES)).select("feed", "record_key", "person")
    alive = truth.person.filter("is_alive").select("person", "residence_code").drop_nulls()
    both = own.join(told, on=["feed", "record_key"]).join(alive, on="person")
    return (
        both.filter(pl.col("address_code") == pl.col("residence_code"))
        .select("person", "residence_code")
        .unique()
        .sort("person")
    )
