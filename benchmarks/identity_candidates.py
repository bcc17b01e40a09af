"""The scored pairs of a night by mention, to say why two mentions of one person were not joined."""

from __future__ import annotations

import polars as pl

from pipelines.identity.night.linkage import link_mentions
from pipelines.identity.night.resolve import surely_one
from pipelines.identity.outputs import DECISION_SCHEMA
from pipelines.identity.scoring.model import Model

ONE_NODE = {"match_weight": 99.0, "probability": 1.0}


def scored_mentions(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return `left, right` (mention_index, left the smaller), probability, match_weight and the weights.

    Two mentions of one node count as surely joined.
    """
    nodes = surely_one(mentions, DECISION_SCHEMA.to_frame())
    scored = link_mentions(mentions, Model.load(), nodes).scored
    weights = [c for c in scored.columns if c.startswith("weight_")]
    members = nodes.select("node", "mention_index")
    left = members.rename({"node": "left_node", "mention_index": "a"})
    right = members.rename({"node": "right_node", "mention_index": "b"})
    told = ["probability", "match_weight", *weights]
    between = scored.select("left_node", "right_node", *told).join(left, on="left_node").join(right, on="right_node")
    inside = members.join(members, on="node").filter(pl.col("mention_index") < pl.col("mention_index_right"))
    sure = inside.select(
        a="mention_index",
        b="mention_index_right",
        **{name: pl.lit(value) for name, value in ONE_NODE.items()},
        **{name: pl.lit(0.0) for name in weights},
    )
    both = pl.concat([between.select("a", "b", *told), sure.select("a", "b", *told)])
    ends = {"left": pl.min_horizontal("a", "b"), "right": pl.max_horizontal("a", "b")}
    return both.with_columns(**ends).drop("a", "b")


def best_pairs(couples: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return for each `row` of `couples` (row, mention_index, other) its most probable scored pair.

    Returns:
        `row, best_probability, best_weights` (a text); rows without any scored pair are left out.
    """
    ends = couples.select(
        "row", left=pl.min_horizontal("mention_index", "other"), right=pl.max_horizontal("mention_index", "other")
    )
    weights = [c for c in pairs.columns if c.endswith("_weight") or c.startswith("weight_")]
    text = pl.concat_str(
        [pl.format(f"{w.removeprefix('weight_')}={{}}", pl.col(w).round(1)) for w in weights], separator=" "
    )
    found = ends.join(pairs, on=["left", "right"]).with_columns(best_weights=text)
    ordered = found.sort("row", "probability", "match_weight", descending=[False, True, True])
    first = ordered.unique("row", keep="first", maintain_order=True)
    return first.select("row", "best_weights", best_probability=pl.col("probability").round(4))
