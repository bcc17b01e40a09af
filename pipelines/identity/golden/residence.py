"""Where a person lives now: the freshest trustworthy evidence across departments, at the deepest level they support."""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.family import kin_claims
from pipelines.identity.golden.places import KEYS, LEVEL_OF_DEPTH, residence_claims, same_place
from pipelines.identity.golden.rules import AttributeRule
from pipelines.identity.golden.survivorship import rank_claims, winners


def golden_residence(
    rows: pl.DataFrame, hubs: pl.DataFrame, minors: pl.DataFrame, rule: AttributeRule
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Choose the current residence of everybody.

    A claim is dated by the newest of the row's own date and the beginning of the stay, and ends with the stay. A claim
    that names only the building (or the unit) supports every room claimed in it, and wins alone only where nobody
    names a room.

    Args:
        rows: mentions with ``person_id``, ``source``, ``on`` and ``is_dated``.
        hubs: ``person_id, hub`` of recorded kin.
        minors: ``person_id`` of children.
        rule: the rule of residences.

    Returns:
        One row per person with a residence: ``person_id, residence_address_code`` with source, date and confidence,
        ``residence_level`` and ``residence_since`` (start of the stay where a source tells it); and the ranked places
        (see ``rank_claims``).
    """
    own = residence_claims(rows, rule)
    homes = rank_places(own, rule)
    kin = kin_claims(own, homes, hubs, minors, rule)
    claims = pl.concat([own, kin])
    heard = kin.select("person_id").unique()
    again = rank_places(claims.join(heard, on="person_id", how="semi"), rule)
    ranked = pl.concat([homes.join(heard, on="person_id", how="anti"), again])
    told = claims.group_by("person_id", "value").agg(
        residence_level=pl.col("depth").max().replace_strict(LEVEL_OF_DEPTH, return_dtype=pl.String),
        residence_since=pl.col("since_on").max(),
    )
    found = winners(ranked, "residence_address_code").join(
        told, left_on=["person_id", "residence_address_code"], right_on=["person_id", "value"], how="left"
    )
    return found, ranked


def rank_places(claims: pl.DataFrame, rule: AttributeRule) -> pl.DataFrame:
    """Rank the places of each person; a place inside which the person has a deeper one is no candidate itself."""
    keyed = claims.with_columns(code="value")
    places = claims.group_by("person_id", "value").agg(pl.col("depth", *KEYS).max()).rename({"value": "candidate"})
    several = places.filter(pl.len().over("person_id") > 1)
    deeper = several.join(several, on="person_id", suffix="_in").filter(
        (pl.col("depth") < pl.col("depth_in")) & same_place("_in")
    )
    candidates = places.join(
        deeper.select("person_id", "candidate").unique(), on=["person_id", "candidate"], how="anti"
    )
    told = keyed.select("person_id", "source", "on", "doubt", "depth", *KEYS, value="code")
    renamed = candidates.rename({name: f"{name}_of" for name in ("depth", *KEYS)})
    return rank_claims(told, rule, renamed, same_place("_of"))
