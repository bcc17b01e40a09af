"""Where a person lives now: the freshest trustworthy evidence across departments, at the deepest level they support."""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden import survivorship as rules
from pipelines.identity.golden.family import kin_claims
from pipelines.identity.golden.survivorship import ranked_claims, winners

LEVEL_DEPTH = {"room": 6, "floor": 5, "unit": 4, "building": 3, "house_number": 2, "estate": 2}
"""Levels at which a place of residence can be told apart; a road or a community is no residence."""


def golden_residence(rows: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """Choose the current residence.

    A claim is dated by the newest of the row's update and the beginning of the stay, and ends with the stay.
    A claim that names only the building (or the unit) supports every room claimed in it, and wins alone only where
    nobody names a room.

    Args:
        rows: mentions with ``person_id``, ``source`` and ``on``.
        hubs: ``person_id, hub`` of recorded kin.

    Returns:
        One row per person with a residence: ``person_id, residence_address_code`` with source, date and confidence,
        ``residence_level`` and ``residence_since`` (start of the stay where a source tells it).
    """
    today = pl.lit(rows["last_delivered_on"].max(), dtype=pl.Date)
    claims = (
        rows.filter(
            pl.col("address_code").is_not_null(),
            pl.col("matched_level").is_in(list(LEVEL_DEPTH)),
            pl.col("until_on").is_null() | (pl.col("until_on") >= today),
            pl.col("since_on").is_null() | (pl.col("since_on") <= today),
        )
        .select(
            "person_id",
            "source",
            "building_code",
            "unit_code",
            "since_on",
            "estate_code",
            "matched_level",
            value="address_code",
            on=pl.max_horizontal("on", "since_on"),
            depth=pl.col("matched_level").replace_strict(LEVEL_DEPTH, return_dtype=pl.Int8),
        )
        .filter(rules.trust_of(rules.RESIDENCE_TRUST) > 0)
    )
    claims = pl.concat(
        [
            claims,
            kin_claims(claims, _ranked(claims), rows, hubs)
            .with_columns(since_on=pl.lit(None, dtype=pl.Date))
            .select(claims.columns),
        ]
    )
    ranked = _ranked(claims)
    facts = claims.group_by("person_id", "value").agg(
        residence_level=pl.col("matched_level").sort_by("depth", "matched_level", descending=True).first(),
        residence_since=pl.col("since_on").max(),
    )
    return winners(ranked, "residence_address_code").join(
        facts, left_on=["person_id", "residence_address_code"], right_on=["person_id", "value"], how="left"
    )


def _ranked(claims: pl.DataFrame) -> pl.DataFrame:
    claims = claims.with_columns(deepest=pl.col("depth").max().over("person_id"))
    deep = claims.filter(pl.col("depth") == pl.col("deepest"))
    shallow = claims.filter(pl.col("depth") < pl.col("deepest"))
    backing = _inside(shallow, deep)
    told = ["person_id", "source", "on", "value"]
    lost = shallow.join(backing.select("person_id", "source"), on=["person_id", "source"], how="anti")
    return ranked_claims(
        pl.concat([deep.select(told), backing.select(told), lost.select(told)]),
        rules.RESIDENCE_TRUST,
        rules.RESIDENCE_HALF_LIFE_DAYS,
    )


def _inside(shallow: pl.DataFrame, deep: pl.DataFrame) -> pl.DataFrame:
    """Shallow claims restated as claims for the deeper values that lie inside them."""
    wider = ["unit_code", "building_code", "estate_code"]
    places = deep.select("person_id", *wider, inner="value").unique()
    return (
        shallow.select("person_id", "source", "on", "value")
        .join(places, on="person_id")
        .filter(pl.any_horizontal(pl.col("value") == pl.col(column) for column in wider))
        .select("person_id", "source", "on", value="inner")
        .unique()
    )
