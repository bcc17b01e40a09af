"""Mentions with a surname and a title only (``张女士``): who in the room or behind the phone can be meant."""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import ADULT_YEARS
from pipelines.identity.scoring.excuses import OTHERS_PLACE

TITLED_PHONE_BITS = 6.0
"""Surname and sex agree and the phone too: a phone is shared inside a family, but seldom with surname and sex."""

TITLED_ROOM_BITS = 3.0
"""Surname and sex agree and the room too: an earlier tenant of the same surname is the usual error."""

MOST_SURNAMES = 4
"""A phone that more surnames than this give is not a family's."""


def titled_claims(
    assignment: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame, other_phone: float
) -> pl.DataFrame:
    """Claims of named clusters on titled nodes.

    Args:
        assignment: ``node, cluster``.
        features: one row per node.
        mentions: person mentions.
        nodes: ``mention_index, node``.
        other_phone: what two phones that differ say (bits, below 0).

    Returns:
        ``node`` (titled, without a number), ``cluster``, ``bits``, ``rule`` (``titled``): surname and phone or room
        agree, sex does not disagree, and the person was grown up when the row was written.
    """
    known = _of_few(mentions.join(nodes, on="mention_index").join(assignment, on="node"))
    numbered = features.filter(pl.col("numbers").list.len() > 0)
    titled = known.filter((pl.col("name_kind") == "titled") & pl.col("surname").is_not_null()).join(
        numbered, on="node", how="anti"
    )
    named = pl.col("name").is_not_null() & pl.col("surname").is_not_null() & (pl.col("name_kind") != "titled")
    bearers = known.filter(named)
    born = (
        features.join(assignment, on="node")
        .group_by("cluster")
        .agg(cluster_sex=pl.col("sex").drop_nulls().min(), born=pl.col("birth").min())
    )
    # The row of a contact or a landlord tells the room of somebody else, where others of the surname live.
    at_home = ~pl.col("person_role").is_in(OTHERS_PLACE)
    met = pl.concat(
        [
            _meeting(titled, bearers, "phones", TITLED_PHONE_BITS),
            _meeting(titled.filter(at_home), bearers.filter(at_home), "room_code", TITLED_ROOM_BITS),
        ]
    )
    phones = pl.col("phones").explode().drop_nulls().unique()
    known_phones = known.group_by("cluster").agg(cluster_phones=phones)
    facts = titled.group_by("node").agg(pl.col("sex").drop_nulls().min(), pl.col("observed_on").max(), phones)
    fits = (
        met.group_by("node", "cluster")
        .agg(pl.col("bits").sum())
        .join(facts, on="node")
        .join(born, on="cluster")
        .join(known_phones, on="cluster")
    )
    told = (pl.col("phones").list.len() > 0) & (pl.col("cluster_phones").list.len() > 0)
    differ = told & (pl.col("phones").list.set_intersection("cluster_phones").list.len() == 0)
    bits = pl.col("bits") + pl.when(differ).then(other_phone).otherwise(0.0)
    child = pl.col("observed_on").dt.year() - pl.col("born").dt.year() < ADULT_YEARS
    other_sex = pl.col("sex") != pl.col("cluster_sex")
    lawful = ~(child.fill_null(value=False) | other_sex.fill_null(value=False))
    return fits.filter(lawful).select("node", "cluster", bits=bits, rule=pl.lit("titled")).sort("node", "cluster")


def _of_few(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without phones that many surnames share: an agent's or an office's phone is nobody's."""
    phones = rows.select("phones", "surname").explode("phones").drop_nulls().unique()
    crowded = phones.group_by("phones").len().filter(pl.col("len") > MOST_SURNAMES)["phones"]
    return rows.with_columns(pl.col("phones").list.set_difference(crowded.implode()))


def _meeting(titled: pl.DataFrame, bearers: pl.DataFrame, what: str, weight: float) -> pl.DataFrame:
    sides = [side.select("node", "cluster", "surname", what) for side in (titled, bearers)]
    if what == "phones":
        sides = [side.explode("phones") for side in sides]
    left, right = (side.drop_nulls(what).unique() for side in sides)
    return (
        left.select("node", "surname", what)
        .join(right.select("cluster", "surname", what).unique(), on=["surname", what])
        .select("node", "cluster", bits=pl.lit(weight))
        .unique()
    )
