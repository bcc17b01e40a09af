"""How much another phone says against being one person, counted on the night itself."""

from __future__ import annotations

import math

import polars as pl

from pipelines.identity.scoring.steps import stepped_share

START = 0.65
PRIOR_NODES = 50
"""With few persons to count, the share of departments that know the same phone is drawn towards ``START``."""

MOST = 0.97
"""Even where departments agree on nearly all phones, a new number is no rarity: at most five bits against."""


def other_phone_bits(mentions: pl.DataFrame, nodes: pl.DataFrame, features: pl.DataFrame) -> float:
    """Evidence (bits, below 0) of two phones that differ, against one person.

    In some cities every department copies the phone from one list, in others each asks anew. So it is counted on
    persons whom a number of their own holds together: of those whose phone two feeds tell, how many it is the same for.

    Args:
        mentions: person mentions.
        nodes: ``mention_index, node``.
        features: ``node, numbers`` of ``constraints.node_features``.
    """
    sure = features.filter(pl.col("numbers").list.len() > 0).select("node")
    told = (
        mentions.filter(pl.col("phones").list.len() > 0)
        .join(nodes, on="mention_index")
        .join(sure, on="node", how="semi")
        .select("node", "feed", "phones")
        .explode("phones")
        .unique()
    )
    two_feeds = told.filter(pl.col("feed").n_unique().over("node") == 2)
    shared = two_feeds.group_by("node", "phones").agg(feeds=pl.len()).group_by("node").agg(pl.col("feeds").max())
    same = shared.filter(pl.col("feeds") == 2).height
    share = pl.DataFrame({"share": [(same + START * PRIOR_NODES) / (shared.height + PRIOR_NODES)]})
    stepped = float(share.select(stepped_share(pl.col("share")).clip(0.0, MOST)).item())
    return math.log2(1 - stepped)
