"""Whose home the family tells: where kin live speaks for a claim of one's own, or stands in for one.

A register lists a person twice, once at the old address; a roll keeps an owner who moved. Spouse and children in one of
the two homes tell which is the present one. Where a person's own rows name no dwelling at all, the home in which the
registered family agrees is the best that anybody knows, unless the own rows name another estate.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.places import KEYS, ROOM, TITLES, same_place
from pipelines.identity.golden.rules import AttributeRule

KIN = "kin"
KIN_OF_CHILD = "kin/child"

MAJORITY = 0.6
"""Of the kin whose home is known, more than this share must live in one for it to count."""

FAMILY_HUBS = ("hukou/", "marriage/")
"""Ties of people who are expected to live together; a co-owner or a contact need not."""


def kin_claims(
    claims: pl.DataFrame, ranked: pl.DataFrame, hubs: pl.DataFrame, minors: pl.DataFrame, rule: AttributeRule
) -> pl.DataFrame:
    """Claims that the homes of kin make for a person.

    Args:
        claims: own claims (``places.residence_claims``).
        ranked: ``residence.rank_places`` of them.
        hubs: ``person_id, hub`` of recorded kin (``kin_ties.strong_hubs``).
        minors: ``person_id`` of children: they live with their family whatever a row of theirs says.
        rule: the rule of residences; its sources ``kin`` and ``kin/child`` say what the family's word is worth.

    Returns:
        The columns of ``claims`` with ``source`` ``kin`` or ``kin/child``: the room in which most kin live, for
        children, for those of whom a row of their own says so (if only by the building), and for those whose own rows
        name no room they live in and do not contradict it.
    """
    rooms = claims.filter(pl.col("depth") == ROOM)
    places = rooms.group_by("value").agg(pl.col("depth", *KEYS).max())
    known = ranked.filter(pl.col("place") == 0).select("person_id", home="value", on="on")
    home = _home_of_kin(known.join(places.select(home="value"), on="home", how="semi"), hubs)
    lives = ~pl.col("source").is_in(TITLES)
    backed = _backed(home, places, claims)
    young = home.filter("is_family").join(minors, on="person_id", how="semi")
    vague = home.filter("is_family").join(rooms.filter(lives).select("person_id").unique(), on="person_id", how="anti")
    told = pl.concat([young, backed, _not_contradicted(vague, places, claims.filter(lives))]).unique(
        ["person_id", "home"]
    )
    is_young = pl.col("person_id").is_in(minors["person_id"].implode()) & pl.col("is_family")
    told = told.with_columns(source=pl.when(is_young).then(pl.lit(KIN_OF_CHILD)).otherwise(pl.lit(KIN)))
    return (
        told.join(places, left_on="home", right_on="value")
        .with_columns(doubt=rule.doubts(told["source"]), since_on=pl.lit(None, dtype=pl.Date), value="home")
        .filter(pl.col("doubt").is_not_null())
        .select(claims.columns)
    )


def _home_of_kin(homes: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """``person_id, home, on, is_family``: the room in which most of a person's kin with a known home live."""
    kin = (
        hubs.join(hubs, on="hub", suffix="_kin")
        .filter(pl.col("person_id") != pl.col("person_id_kin"))
        .group_by("person_id", "person_id_kin")
        .agg(is_family=pl.any_horizontal(pl.col("hub").str.starts_with(kind) for kind in FAMILY_HUBS).any())
    )
    told = kin.join(homes.rename({"person_id": "person_id_kin"}), on="person_id_kin")
    counted = told.group_by("person_id", "home").agg(
        kin=pl.len(), is_family=pl.col("is_family").any(), on=pl.col("on").max()
    )
    share = pl.col("kin") / pl.col("kin").sum().over("person_id")
    return counted.filter(share > MAJORITY).select("person_id", "home", "on", "is_family")


def _backed(home: pl.DataFrame, places: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Homes of kin of which a row of the person's own says the same, as far as it goes."""
    named = _named(home, places)
    agreeing = claims.select("person_id", "depth", *KEYS).join(named, on="person_id").filter(same_place("_home"))
    return home.join(agreeing.select("person_id", "home").unique(), on=["person_id", "home"], how="semi")


def _named(home: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Homes with the keys of their place, marked ``_home``."""
    placed = home.select("person_id", "home").join(places, left_on="home", right_on="value", how="left")
    return placed.rename({name: f"{name}_home" for name in ("depth", *KEYS)})


def _not_contradicted(vague: pl.DataFrame, places: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Homes of kin for persons none of whose own rows names another estate or building."""
    named = _named(vague, places)
    against = claims.select("person_id", "depth", *KEYS).join(named, on="person_id").filter(~same_place("_home"))
    return vague.join(against.select("person_id", "home").unique(), on=["person_id", "home"], how="anti")
