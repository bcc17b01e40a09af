"""Mentions to scored pairs of nodes: the chain of this room's steps, in one call."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.candidates.blocking import candidate_pairs
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.constraints import row_mates
from pipelines.identity.scoring.evidence import weigh_pairs
from pipelines.identity.scoring.excuses import without_children, without_named_kin
from pipelines.identity.scoring.frequency import Night, count_night
from pipelines.identity.scoring.habits import changed_phones
from pipelines.identity.scoring.model import Model


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


def link_mentions(mentions: pl.DataFrame, model: Model, nodes: pl.DataFrame | None = None) -> Linkage:
    """Bring nodes together, compare, score and calibrate them; deterministic for equal mentions and model.

    Args:
        mentions: frame of `MENTION_SCHEMA`.
        model: the trained model.
        nodes: `mention_index, node`, where decisions changed them; built here when absent.
    """
    nodes = build_nodes(mentions) if nodes is None else nodes
    features = node_features(mentions, nodes)
    candidates = candidate_pairs(features.frame)
    pairs = candidates.pairs.join(
        row_mates(mentions, nodes), on=["left_node", "right_node"], how="anti", maintain_order="left"
    )
    pairs = without_named_kin(without_children(pairs, mentions, nodes), features.frame)
    night = count_night(features.frame, changed_phones(mentions, nodes))
    scored = weigh_pairs(pairs, features.frame, mentions, nodes, model, night)
    return Linkage(nodes, features.frame, scored, candidates.blocks, features.left_out, night)
