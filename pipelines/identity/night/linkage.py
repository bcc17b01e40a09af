"""Mentions to scored pairs of nodes: the chain of this room's steps, in one call."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.candidates.blocking import candidate_pairs
from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.candidates.features import node_features
from pipelines.identity.candidates.nodes import build_nodes
from pipelines.identity.constraints import row_mates
from pipelines.identity.scoring.calibration import calibrate
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.excuses import excuse, without_titled_children
from pipelines.identity.scoring.frequency import Night, count_night
from pipelines.identity.scoring.model import Model
from pipelines.identity.scoring.score import add_frequencies, score


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
    pairs = without_titled_children(pairs, mentions, nodes)
    night = count_night(features.frame)
    compared = add_frequencies(compare(pairs, code_nodes(features.frame)), features.frame, night)
    scored = score(compared, model, night)
    # Same rows in the same order: the levels stand beside their weights.
    scored = pl.concat([scored, compared.select("^level_.*$", "tf_name")], how="horizontal")
    scored = excuse(scored, mentions, nodes)
    scored = calibrate(scored, features.frame, _roles(mentions, nodes), night)
    return Linkage(nodes, features.frame, scored, candidates.blocks, features.left_out, night)


def _roles(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """`node, role`: the first role, by name, in which a node is mentioned; the kind of list it comes from."""
    kind = pl.concat_str("feed", "person_role", separator="/")
    return mentions.join(nodes, on="mention_index").group_by("node").agg(role=kind.min())
