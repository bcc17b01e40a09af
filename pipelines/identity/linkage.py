"""Mentions to scored pairs of nodes: the chain of this room's steps, in one call."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.blocking import candidate_pairs
from pipelines.identity.coding import code_nodes
from pipelines.identity.comparison import compare
from pipelines.identity.features import node_features
from pipelines.identity.frequency import Night, count_night
from pipelines.identity.model import Model
from pipelines.identity.nodes import build_nodes
from pipelines.identity.scoring import add_frequencies, score


@dataclass(frozen=True)
class Linkage:
    """Everything that scoring leaves for clustering and for the explanation of a link.

    Attributes:
        nodes: `mention_index, node`.
        features: one row a node (`features.node_features`).
        scored: `left_node, right_node, match_weight, probability, rule`, `weight_*`, and `level_*` for explanations.
        blocks: counts per blocking rule.
        left_out: value kind -> values that too many names share, left out of comparison.
        night: prior and frequencies of the night.
    """

    nodes: pl.DataFrame
    features: pl.DataFrame
    scored: pl.DataFrame
    blocks: pl.DataFrame
    left_out: dict[str, int]
    night: Night


def link_mentions(mentions: pl.DataFrame, model: Model) -> Linkage:
    """Build nodes, bring pairs together, compare and score them; deterministic for equal mentions and model."""
    nodes = build_nodes(mentions)
    features = node_features(mentions, nodes)
    candidates = candidate_pairs(features.frame)
    pairs = candidates.pairs.join(
        _same_row(mentions, nodes), on=["left_node", "right_node"], how="anti", maintain_order="left"
    )
    night = count_night(features.frame)
    compared = add_frequencies(compare(pairs, code_nodes(features.frame)), features.frame, night)
    scored = score(compared, model, night)
    levels = compared.select("left_node", "right_node", "^level_.*$")
    scored = scored.join(levels, on=["left_node", "right_node"], how="left", maintain_order="left")
    return Linkage(nodes, features.frame, scored, candidates.blocks, features.left_out, night)


def _same_row(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Pairs of nodes that one row names side by side: landlord and tenant, husband and wife, two owners are two persons."""
    rows = mentions.join(nodes, on="mention_index").select("feed", "record_key", "node").unique()
    rows = rows.filter(pl.len().over("feed", "record_key") > 1)
    return (
        rows.join(rows, on=["feed", "record_key"], suffix="_right")
        .filter(pl.col("node") < pl.col("node_right"))
        .select(left_node="node", right_node="node_right")
        .unique()
    )
