"""How surely somebody sleeps in the dwelling that the fused records give: by which lists put the person there."""

from __future__ import annotations

from typing import Final

import polars as pl

PRESENCE: Final = {"register": 0.9, "elderly": 0.9, "benefit": 0.8, "lease": 0.7, "roll": 0.6, "owner": 0.25}
"""Share of the persons whom a list alone puts into a dwelling that are taken to live there: judgements, not
measurements. The police go from door to door, but children who moved out stay written there; civil affairs visit; a
lease may be sublet; the roll of a property manager keeps who left; a title or the word 业主 says who owns."""

NOWHERE_TOLD: Final = 0.25
"""Of a person whom no list puts just there: the fused record chose the dwelling by something weaker."""


def presence(residents: pl.DataFrame, witnesses: pl.DataFrame) -> pl.DataFrame:
    """Judge each resident's presence in the dwelling of the fused record.

    Args:
        residents: ``person_id, place``.
        witnesses: rows of ``witnesses.WITNESS_SCHEMA``.

    Returns:
        ``person_id, presence`` (0..1): one minus the doubts of all kinds of lists that put the person there, or name no
        dwelling at all. A second row of the same kind adds nothing: it was copied from the first.
    """
    there = pl.col("dwelling").is_null() | (pl.col("dwelling") == pl.col("place"))
    kinds = (
        residents.select("person_id", "place")
        .join(witnesses.select("person_id", "kind", "dwelling"), on="person_id")
        .filter(there)
        .select("person_id", "kind")
        .unique()
    )
    doubt = 1.0 - pl.col("kind").replace_strict(PRESENCE, return_dtype=pl.Float64)
    told = kinds.group_by("person_id").agg(doubt=doubt.log().sort().sum().exp())
    return (
        residents.select("person_id")
        .join(told, on="person_id", how="left")
        .select("person_id", presence=(1.0 - pl.col("doubt")).fill_null(NOWHERE_TOLD).round(6))
    )
