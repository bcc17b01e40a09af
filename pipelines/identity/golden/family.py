"""Whose home the family tells: what kin claim as their residence speaks for a claim of one's own, or stands in for one.

A register lists a person twice, once at the old address; a roll keeps an owner who moved. Spouse and children in one of
the two homes tell which is the present one. Where a person's own rows name no dwelling at all, the home in which the
registered family agrees is the best that anybody knows, unless the own rows name another estate.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.golden.survivorship import RESIDENCE_TRUST, trust_of, winners

MAJORITY = 0.6
"""Of the kin whose home is known, more than this share must live in one for it to count."""

OWNED_ONLY = 0.5
"""Trust up to which a source tells whose a dwelling is rather than who lives in it (the register of titles)."""

FAMILY_HUBS = ("hukou/", "marriage/")
"""Ties of people who are expected to live together; a co-owner or a contact need not."""


def kin_claims(claims: pl.DataFrame, ranked: pl.DataFrame, rows: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """Claims that the homes of kin make for a person.

    Args:
        claims: own claims: ``person_id, value, on, depth, building_code, unit_code, estate_code, matched_level``.
        ranked: ``ranked_claims`` of them.
        rows: mentions with ``person_id``.
        hubs: ``person_id, hub`` of recorded kin (``households_kin.strong_hubs``).

    Returns:
        The columns of ``claims`` with ``source`` ``kin``: the room in which most kin live, for those who claim it
        themselves, and for those whose own rows name no room and do not contradict it.
    """
    rooms = claims.filter(pl.col("matched_level") == "room")
    places = rooms.select("value", "building_code", "unit_code", "estate_code").unique(
        "value", keep="first", maintain_order=True
    )
    home = _home_of_kin(winners(ranked, "home").join(places, left_on="home", right_on="value"), hubs)
    own = claims.select("person_id", home="value").unique()
    backed = home.join(own, on=["person_id", "home"], how="semi")
    lived_in = rooms.filter(trust_of(RESIDENCE_TRUST) > OWNED_ONLY).select("person_id").unique()
    vague = home.filter("is_family").join(lived_in, on="person_id", how="anti")
    told = pl.concat([backed, _not_contradicted(vague.join(places, left_on="home", right_on="value"), rows)])
    newest = rows.group_by("person_id").agg(on=pl.col("on").max())
    return (
        told.join(newest, on="person_id")
        .join(places, left_on="home", right_on="value")
        .with_columns(source=pl.lit("kin"), value="home", matched_level=pl.lit("room"))
        .join(rooms.select("value", "depth").unique("value"), on="value")
    )


def _home_of_kin(homes: pl.DataFrame, hubs: pl.DataFrame) -> pl.DataFrame:
    """``person_id, home, is_family``: the room in which most of a person's kin with a known home live."""
    kin = (
        hubs.join(hubs, on="hub", suffix="_kin")
        .filter(pl.col("person_id") != pl.col("person_id_kin"))
        .with_columns(is_family=pl.any_horizontal(pl.col("hub").str.starts_with(kind) for kind in FAMILY_HUBS))
        .group_by("person_id", "person_id_kin")
        .agg(pl.col("is_family").any())
    )
    told = kin.join(homes.select(person_id_kin="person_id", home="home"), on="person_id_kin")
    counted = told.group_by("person_id", "home").agg(kin=pl.len(), is_family=pl.col("is_family").any())
    share = pl.col("kin") / pl.col("kin").sum().over("person_id")
    return counted.filter(share > MAJORITY).select("person_id", "home", "is_family")


def _not_contradicted(vague: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Homes of kin for persons none of whose own rows names another estate or building."""
    lives = (pl.col("address_role") == "residence") & (trust_of(RESIDENCE_TRUST) > OWNED_ONLY)
    told = rows.filter(lives).select("person_id", own_estate="estate_code", own_building="building_code")
    against = vague.join(told, on="person_id").filter(
        (pl.col("own_estate") != pl.col("estate_code")) | (pl.col("own_building") != pl.col("building_code"))
    )
    return vague.join(against, on="person_id", how="anti").select("person_id", "home", "is_family")
