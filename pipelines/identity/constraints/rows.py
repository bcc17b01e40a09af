"""What rows say of their persons: one number a node, and two names on one row are two persons."""

from __future__ import annotations

import polars as pl


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


def row_mates(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Nodes that one row names side by side under different names: two persons, whatever the scores say.

    Returns:
        ``left_node, right_node, answer`` (``same_row``), unique and sorted. A row that names one person twice (the
        beneficiary who is the head) ties nobody.
    """
    rows = mentions.join(nodes, on="mention_index").select("feed", "record_key", "node", "name", "surname").unique()
    rows = rows.filter(pl.len().over("feed", "record_key") > 1)
    other_name = (pl.col("name") != pl.col("name_right")).fill_null(pl.col("surname") != pl.col("surname_right"))
    return (
        rows.join(rows, on=["feed", "record_key"], suffix="_right")
        .filter((pl.col("node") < pl.col("node_right")) & other_name.fill_null(value=False))
        .select(left_node="node", right_node="node_right", answer=pl.lit("same_row"))
        .unique()
        .sort("left_node", "right_node")
    )
