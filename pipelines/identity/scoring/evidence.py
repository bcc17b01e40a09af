"""Candidate pairs to calibrated evidence: the chain of this room's steps, in one call."""

from __future__ import annotations

import polars as pl

from pipelines.identity.candidates.coding import code_nodes
from pipelines.identity.scoring.calibration import calibrate
from pipelines.identity.scoring.comparison import compare
from pipelines.identity.scoring.excuses import excuse
from pipelines.identity.scoring.frequency import FREQUENCY_COLUMNS, Night
from pipelines.identity.scoring.habits import tonight
from pipelines.identity.scoring.model import Model
from pipelines.identity.scoring.score import add_frequencies, score


def weigh_pairs(
    pairs: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame, model: Model, night: Night
) -> pl.DataFrame:
    """Compare, score, excuse and calibrate candidate pairs.

    Args:
        pairs: `left_node, right_node, rule`, sorted by the nodes.
        features: one row a node (`features.node_features`).
        mentions: frame of `MENTION_SCHEMA`.
        nodes: `mention_index, node`.
        model: the trained model.
        night: counts of these features (`frequency.count_night`).

    Returns:
        The same pairs in the same order with `match_weight, probability`, `weight_*`, `level_*` and `tf_name`.
    """
    model = tonight(model, night)
    compared = add_frequencies(compare(pairs, code_nodes(features)), features, night)
    scored = score(compared, model, night)
    # Same rows in the same order: the levels stand beside their weights.
    scored = pl.concat([scored, compared.select("^level_.*$", "^tf_.*$")], how="horizontal")
    scored = excuse(scored, mentions, nodes, model, night)
    heard = [f"tf_{column}" for column in FREQUENCY_COLUMNS if column != "name"]
    return calibrate(scored, features, node_roles(mentions, nodes), night).drop(heard)


def node_roles(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """`node, role`: the first role, by name, in which a node is mentioned; the kind of list it comes from."""
    kind = pl.concat_str("feed", "person_role", separator="/")
    # Kinds are few: they are ordered once, and nodes compare their places in that order.
    rows = mentions.select("mention_index", role=kind).join(nodes, on="mention_index")
    order = rows.select(pl.col("role").unique().sort()).with_row_index("place")
    first = rows.join(order, on="role").group_by("node").agg(pl.col("place").min())
    return first.join(order, on="place").select("node", "role")
