"""Joins of the second pass: claims that the constraints allow, made in descending probability."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.evidence import APART
from pipelines.identity.clustering.state import ClusterState, node_states

States = dict[int, ClusterState]


def lawful_claims(claims: pl.DataFrame, states: States) -> pl.DataFrame:
    """Claims between clusters that no constraint keeps apart; who cannot be meant is no rival of who can."""
    ends = claims.select("cluster", "anchor").iter_rows()
    lawful = [states[cluster].conflict(states[anchor]) is None for cluster, anchor in ends]
    return claims.filter(pl.Series(lawful, dtype=pl.Boolean))


def make_joins(likely: pl.DataFrame, states: States) -> pl.DataFrame:
    """Join each cluster to its anchor, the likeliest first, each checked against everything that joined before it.

    Args:
        likely: ``cluster, anchor, probability``, one row a cluster.
        states: states of all clusters and anchors by name; joined states are changed.

    Returns:
        The rows of ``likely`` that were made, in the order of making.
    """
    ordered = likely.sort(["probability", "cluster"], descending=[True, False])
    moved: dict[int, int] = {}
    made: list[bool] = []
    for cluster, anchor in ordered.select("cluster", "anchor").iter_rows():
        target = anchor
        while target in moved:
            target = moved[target]
        lawful = target != cluster and states[target].conflict(states[cluster]) is None
        made.append(lawful)
        if lawful:
            states[target].absorb(states[cluster])
            moved[cluster] = target
    return ordered.filter(pl.Series(made, dtype=pl.Boolean))


def cluster_states(
    clusters: pl.Series, assignment: pl.DataFrame, features: pl.DataFrame, bounds: pl.DataFrame
) -> States:
    """What the given clusters have gathered, by their names."""
    apart: dict[int, set[int]] = {}
    for left, right in bounds.filter(pl.col("answer").is_in(APART)).select("left_node", "right_node").iter_rows():
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    members = assignment.filter(pl.col("cluster").is_in(clusters.implode())).join(features, on="node").sort("node")
    found: States = {}
    for cluster, _, node, state in node_states(members.with_columns(component="cluster", group="cluster", i="node")):
        state.forbidden.update(apart.get(node, ()))
        if cluster in found:
            found[cluster].absorb(state)
        else:
            found[cluster] = state
    return found


def after_joins(assignment: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
    """Follow the joins, which may form chains, and name every cluster by its smallest node again."""
    target = dict(made.select("node", "cluster").iter_rows())
    final = {}
    for cluster in target:
        end = target[cluster]
        while end in target:
            end = target[end]
        final[cluster] = end
    moves = pl.DataFrame(
        {"cluster": list(final), "joined": list(final.values())}, schema={"cluster": pl.UInt32, "joined": pl.UInt32}
    )
    return (
        assignment.join(moves, on="cluster", how="left")
        .select("node", cluster=pl.coalesce("joined", "cluster"))
        .with_columns(cluster=pl.col("node").min().over("cluster"))
        .sort("node")
    )
