"""The number of each node: which one counts as its own, and what is known of one that is not whole."""

from __future__ import annotations

import polars as pl

from pipelines.identity.constraints import BORROWED, CONTESTED, OWN, own_numbers
from pipelines.identity.constraints.numbers import BORROWED_YEARS

_RANKS = {"valid": 0, "masked": 1, "invalid": 2, "tail": 3}


def node_numbers(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The best number of each node that shows any, and whose it is.

    Args:
        mentions: frame of `MENTION_SCHEMA`.
        nodes: `mention_index, node`.

    Returns:
        One row a node with a number: `node`; `id_number`, a valid number that is its own; `id_pattern`, 18 characters
        (the valid number, else the mask, the number with a wrong digit, or the tail; null for a number that is not
        surely its own); `borrowed` (the number is a parent's or a spouse's) and `contested` (another name has a better
        claim, but nothing else speaks against this one), see `constraints.own_numbers`. A masked number whose birth
        year is a generation off the row's own is borrowed as well.
    """
    standing = own_numbers(mentions, nodes).select("mention_index", "standing")
    shown = (
        mentions.filter(pl.col("id_pattern").is_not_null())
        .join(nodes, on="mention_index")
        .join(standing, on="mention_index", how="left")
        .with_columns(standing=pl.when(_masked_of_a_parent()).then(pl.lit(BORROWED)).otherwise("standing"))
        .with_columns(
            rank=pl.col("id_kind").replace_strict(_RANKS, default=9, return_dtype=pl.Int8),
            digits=pl.col("id_pattern").str.count_matches(r"[^*]"),
        )
        .sort(["node", "rank", "digits", "id_pattern"], descending=[False, False, True, False])
    )
    is_own = pl.col("standing").fill_null(OWN) == OWN
    best = shown.group_by("node", maintain_order=True).agg(
        borrowed=(pl.col("standing") == BORROWED).any().fill_null(value=False) & ~(pl.col("standing") == OWN).any(),
        contested=(pl.col("standing") == CONTESTED).any().fill_null(value=False),
        id_number=pl.col("id_number").filter(is_own & (pl.col("id_kind") == "valid")).first(),
        id_pattern=pl.col("id_pattern").filter(is_own).first(),
    )
    return best.with_columns(contested=pl.col("contested") & ~pl.col("borrowed") & pl.col("id_number").is_null())


def _masked_of_a_parent() -> pl.Expr:
    years = (pl.col("birth_date").dt.year() - pl.col("id_birth_date").dt.year()).abs()
    told = (pl.col("id_kind") == "masked") & (pl.col("birth_source") == "column")
    return (told & (years >= BORROWED_YEARS)).fill_null(value=False)
