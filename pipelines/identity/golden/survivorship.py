"""How a golden value is chosen: trust by source as data, agreement and recency as arithmetic.

Every mention makes claims. Per person and attribute the claims for the same value add up, each source counting once
(a department that copies its own error into three rows has still said it once), and the value with the most trust wins.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

DEFAULT = "*"

Trust = Mapping[str, float]

NAME_TRUST: Trust = {
    "police_residents/self": 1.7,
    "civil_affairs_marriages/husband": 1.6,
    "civil_affairs_marriages/wife": 1.6,
    "housing_properties/owner": 1.5,
    "civil_affairs_benefits/self": 1.3,
    "civil_affairs_elderly/self": 1.3,
    "housing_leases/tenant": 1.2,
    "housing_leases/landlord": 1.2,
    "property_occupants/self": 1.0,
    "market_regulation_enterprises/legal_representative": 1.0,
    DEFAULT: 0.8,
}
"""Names: the register first, then who looks at a document. Any two departments outweigh a slip of one: two clerks
seldom make the same."""

BIRTH_TRUST: Trust = {
    "number": 4.0,
    "police_residents/self": 3.0,
    "civil_affairs_benefits/self": 1.5,
    "civil_affairs_elderly/self": 1.5,
    DEFAULT: 1.0,
}
"""Birth dates: the checksum guards the one inside a valid number, so only a majority of rows outweighs it."""

SEX_TRUST: Trust = {
    "number": 4.0,
    "police_residents/self": 3.0,
    "civil_affairs_benefits/self": 1.5,
    "civil_affairs_elderly/self": 1.5,
    "civil_affairs_marriages/husband": 2.0,
    "civil_affairs_marriages/wife": 2.0,
    DEFAULT: 0.7,
}
"""Sex: the parity digit of a valid number, the register, the side of a marriage certificate, a title last."""

RESIDENCE_TRUST: Trust = {
    "police_residents/self": 3.0,
    "housing_leases/tenant": 3.0,
    "property_occupants/self": 1.8,
    "civil_affairs_benefits/self": 2.0,
    "civil_affairs_elderly/self": 2.0,
    "civil_affairs_benefits/head": 0.8,
    "housing_properties/owner": 0.4,
    "kin": 2.0,
}
"""Residence: roles whose address is where the person lives. A roll also lists owners who live elsewhere; the register
of titles says least, and decides only where others name the building and not the room, or nobody names anything.
``kin`` is the home in which a person's recorded family lives; it tips the scales between homes that departments claim.
A landlord, a contact or a legal representative
does not live at the address of the row, so they claim nothing."""

HUKOU_TRUST: Trust = {"police_residents/self": 3.0, DEFAULT: 0.5}
POLICE_ONLY: Trust = {"police_residents/self": 3.0}

PHONE_TRUST: Trust = {
    "housing_leases/tenant": 2.0,
    "property_occupants/self": 2.0,
    "police_residents/self": 1.8,
    "civil_affairs_benefits/self": 1.5,
    "civil_affairs_elderly/contact": 1.5,
    "street_office_participation/participant": 1.5,
    DEFAULT: 1.0,
}
"""Phones: who needs the phone to work keeps it right."""

RESIDENCE_HALF_LIFE_DAYS = 3 * 365
"""One person in eight moves within a year: after three years evidence of a residence is worth half."""

PHONE_HALF_LIFE_DAYS = 5 * 365

NO_DECAY = 10_000_000
"""Half-life of what does not change (name, birth date, sex)."""


def trust_of(trust: Trust) -> pl.Expr:
    """Trust of each row's source; sources that the table does not name get its default, or nothing."""
    named = {source: value for source, value in trust.items() if source != DEFAULT}
    return pl.col("source").replace_strict(named, default=trust.get(DEFAULT, 0.0), return_dtype=pl.Float64)


def ranked_claims(claims: pl.DataFrame, trust: Trust, half_life_days: int = NO_DECAY) -> pl.DataFrame:
    """Rank the values that a person's sources claim.

    Args:
        claims: ``person_id, value, source`` (``<feed>/<role>``) and ``on`` (date of the evidence); null values claim
            nothing.
        trust: trust by source; sources at or below zero claim nothing.
        half_life_days: after how long evidence is worth half, measured from the person's newest claim.

    Returns:
        One row per person and value, best first: ``person_id, value, score, share`` (0..1, of all trust of the
        person), ``source`` (the most trusted that says so), ``on`` (the newest evidence), ``place`` (0 is the winner).
        Ties: more sources, newer, then the smaller value.
    """
    weighed = (
        claims.drop_nulls("value")
        .with_columns(trust=trust_of(trust))
        .filter(pl.col("trust") > 0)
        .with_columns(age=(pl.col("on").max().over("person_id") - pl.col("on")).dt.total_days())
        .with_columns(weight=pl.col("trust") * pl.lit(0.5).pow(pl.col("age").fill_null(0) / half_life_days))
    )
    by_source = (
        weighed.sort(["person_id", "value", "source", "weight", "on"], descending=[False, False, False, True, True])
        .group_by("person_id", "value", "source", maintain_order=True)
        .agg(pl.col("weight", "trust").first(), pl.col("on").max())
    )
    by_value = (
        by_source.sort(["person_id", "value", "trust", "source"], descending=[False, False, True, False])
        .group_by("person_id", "value", maintain_order=True)
        .agg(score=pl.col("weight").sum(), sources=pl.len(), source=pl.col("source").first(), on=pl.col("on").max())
        .sort(
            ["person_id", "score", "sources", "on", "value"],
            descending=[False, True, True, True, False],
            nulls_last=True,
        )
    )
    return by_value.select(
        "person_id",
        "value",
        "score",
        (pl.col("score") / pl.col("score").sum().over("person_id")).alias("share"),
        "source",
        "on",
        place=pl.int_range(pl.len()).over("person_id"),
    )


def winners(ranked: pl.DataFrame, attribute: str) -> pl.DataFrame:
    """The winning value of each person as ``<attribute>``, ``_source``, ``_on`` and ``_confidence`` (0..1)."""
    return ranked.filter(pl.col("place") == 0).select(
        "person_id",
        pl.col("value").alias(attribute),
        pl.col("source").alias(f"{attribute}_source"),
        pl.col("on").alias(f"{attribute}_on"),
        pl.col("share").round(4).alias(f"{attribute}_confidence"),
    )
