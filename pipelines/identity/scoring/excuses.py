"""What must not be held against a pair, and pairs that cannot be: what a role says of the place and the age it names.

The row of an emergency contact carries the elder's address and kin, that of a firm its premises, that of a lease the
let flat. Such a place speaks for a person who is known there, and says nothing against one who lives elsewhere: a
grown-up child who moved out is the usual contact.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import ADULT_YEARS
from pipelines.identity.scoring.score import MAX_BITS

OTHERS_PLACE = ("contact", "legal_representative", "landlord")
"""Roles whose row names a place that is not where the person lives."""

OTHERS_KIN = ("contact",)
"""Roles beside which the family of somebody else is named."""


def excuse(scored: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Take back what place or kin say against pairs in which one side only tells those of somebody else.

    Args:
        scored: pairs with `match_weight, probability` and one `weight_*` each.
        mentions: all mentions.
        nodes: `mention_index, node`.

    Returns:
        The same rows; `weight_address` and `weight_kin` not below 0 there, `match_weight` and `probability` with them.
    """
    roles = (
        mentions.join(nodes, on="mention_index")
        .group_by("node")
        .agg(place=pl.col("person_role").is_in(OTHERS_PLACE).all(), kin=pl.col("person_role").is_in(OTHERS_KIN).all())
    )
    excused = scored
    for column, weight in (("place", "weight_address"), ("kin", "weight_kin")):
        tied = roles.filter(column)["node"].implode()
        either = pl.col("left_node").is_in(tied) | pl.col("right_node").is_in(tied)
        given = pl.when(either).then(-pl.col(weight).clip(upper_bound=0.0)).otherwise(0.0)
        excused = excused.with_columns(match_weight=pl.col("match_weight") + given, **{weight: pl.col(weight) + given})
    odds = pl.lit(2.0).pow(pl.col("match_weight").clip(-MAX_BITS, MAX_BITS))
    changed = excused["match_weight"] != scored["match_weight"]
    return excused.with_columns(probability=pl.when(changed).then(odds / (1 + odds)).otherwise("probability"))


def without_titled_children(pairs: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Leave out pairs of a title (``张先生``) and a child: nobody writes 先生 of one, whatever phone they share.

    Pairs that their numbers brought together stay: a number outweighs a habit of speech.
    """
    rows = mentions.join(nodes, on="mention_index")
    titled = (
        rows.group_by("node")
        .agg(titled=(pl.col("name_kind") == "titled").all(), year=pl.col("observed_on").dt.year().max())
        .filter("titled")
        .select("node", "year")
    )
    born = rows.group_by("node").agg(born=pl.col("birth_date").dt.year().min()).drop_nulls()
    kept = pairs
    for one, other in (("left_node", "right_node"), ("right_node", "left_node")):
        kept = (
            kept.join(titled.rename({"node": one}), on=one, how="left", maintain_order="left")
            .join(born.rename({"node": other}), on=other, how="left", maintain_order="left")
            .filter(
                (pl.col("year") - pl.col("born") >= ADULT_YEARS).fill_null(value=True)
                | pl.col("rule").str.starts_with("id_")
            )
            .drop("year", "born")
        )
    return kept
