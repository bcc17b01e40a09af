"""What rows say of their persons: one number a node, and two names on one row are two persons."""

from __future__ import annotations

import polars as pl

from pipelines.identity.mentions.kin import HEADS


def one_number_per_node(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Take apart nodes that came to hold two valid numbers through a row between them.

    Each number becomes a node of its own; mentions without a number stay with the most frequent (then smallest) one.

    Returns:
        ``mention_index, node``, the node again the smallest mention in it; sorted.
    """
    number = pl.when(pl.col("id_kind") == "valid").then(pl.col("id_number"))
    held = nodes.join(mentions.select("mention_index", number=number), on="mention_index")
    counts = held.drop_nulls("number").group_by("node", "number").agg(rows=pl.len())
    main = (
        counts.sort(["node", "rows", "number"], descending=[False, True, False])
        .group_by("node", maintain_order=True)
        .agg(main=pl.col("number").first())
    )
    return (
        held.join(main, on="node", how="left")
        .with_columns(part=pl.coalesce("number", "main"))
        .with_columns(node=pl.col("mention_index").min().over("node", "part"))
        .select("mention_index", "node")
        .sort("mention_index")
    )


def named_beside(features: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of which one side's rows name the other beside them, as spouse, head or member of the household.

    Whoever is kin of a person is not that person, however much room, phone and surname they share. A name that both
    sides bear says nothing: fathers and sons, even siblings, are namesakes.

    Args:
        features: ``node, names, kin`` of ``node_features``.
        pairs: ``left_node, right_node``.

    Returns:
        ``left_node, right_node, answer`` (``same_row``), sorted.
    """
    names = features.select("node", name="names").explode("name").drop_nulls()
    kin = features.select("node", name="kin").explode("name").drop_nulls()
    ends = pairs.select("left_node", "right_node")
    sides = ["left_node", "right_node"]
    met = [
        ends.join(kin, left_on=one, right_on="node").join(
            names, left_on=[other, "name"], right_on=["node", "name"], how="semi"
        )
        for one, other in (sides, sides[::-1])
    ]
    beside = pl.concat(met).select(sides).unique()
    shared = (
        beside.join(names, left_on="left_node", right_on="node")
        .join(names, left_on=["right_node", "name"], right_on=["node", "name"], how="semi")
        .select(sides)
    )
    return beside.join(shared, on=sides, how="anti").with_columns(answer=pl.lit("same_row")).sort(sides)


def row_mates(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes that one row names side by side: two persons, whatever the scores say.

    Returns:
        ``left_node, right_node, answer`` (``same_row``), unique and sorted. Only the beneficiary may be the head of the
        household himself, so that these two are told apart by their names, or by the relation of one to the other.
    """
    place = ["feed", "record_key"]
    told = ["person_role", "node", "name", "surname", "relation_to_head"]
    rows = mentions.join(nodes, on="mention_index").select(*place, *told).unique()
    rows = rows.filter(pl.len().over(place) > 1)
    other_name = (pl.col("name") != pl.col("name_right")).fill_null(pl.col("surname") != pl.col("surname_right"))
    relation = pl.coalesce("relation_to_head", "relation_to_head_right")
    not_the_head = relation.is_not_null() & ~relation.is_in(HEADS)
    may_be_one = pl.concat_list("person_role", "person_role_right").list.sort() == pl.lit(["head", "self"])
    return (
        rows.join(rows, on=place, suffix="_right")
        .filter(
            pl.col("node") < pl.col("node_right"),
            ~may_be_one | other_name.fill_null(value=False) | not_the_head.fill_null(value=False),
        )
        .select(left_node="node", right_node="node_right", answer=pl.lit("same_row"))
        .unique()
        .sort("left_node", "right_node")
    )
