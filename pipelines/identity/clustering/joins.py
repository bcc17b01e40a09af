"""Joins of the second pass: claims that the constraints allow, made in descending probability."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.evidence import APART
from pipelines.identity.clustering.state import ClusterState, node_states

States = dict[int, ClusterState]


def questionable(
    claims: pl.DataFrame, assignment: pl.DataFrame, features: pl.DataFrame, bounds: pl.DataFrame
) -> pl.Series:
    """Which claims some constraint might forbid: both sides tell of what it compares. The rest need not be asked.

    Args:
        claims: ``cluster, anchor``.
        assignment: ``node, cluster``.
        features: one row per node.
        bounds: ``left_node, right_node, answer``.
    """
    lists = ["contested", "listed", "patterns", "signs"]
    facts = (
        assignment.join(claims.select(pl.concat([pl.col("cluster"), pl.col("anchor")]).unique()), on="cluster")
        .join(features, on="node")
        .group_by("cluster")
        .agg(
            *(pl.col(name).explode().drop_nulls().unique() for name in lists),
            numbers=pl.col("numbers").list.len().max() > 0,
            born=(pl.col("sex").is_not_null() & pl.col("birth").is_not_null()).any(),
        )
    )
    home = assignment.select("node", home="cluster")
    apart = bounds.filter(pl.col("answer").is_in(APART))
    for side in ("left", "right"):
        apart = apart.join(home.rename({"node": f"{side}_node", "home": side}), on=f"{side}_node")
    ends = pl.concat([apart.select(cluster=one, anchor=two) for one, two in (("left", "right"), ("right", "left"))])
    told = (
        claims.select("cluster", "anchor")
        .join(facts, on="cluster", how="left", maintain_order="left")
        .join(facts.rename({"cluster": "anchor"}), on="anchor", how="left", suffix="_anchor", maintain_order="left")
        .join(ends.unique().with_columns(bound=True), on=["cluster", "anchor"], how="left", maintain_order="left")
    )
    some = {name: (pl.col(name).list.len() > 0, pl.col(f"{name}_anchor").list.len() > 0) for name in lists}
    numbered = pl.col("numbers") | some["contested"][0], pl.col("numbers_anchor") | some["contested"][1]
    digits = (numbered[0] | some["patterns"][0]) & (numbered[1] | some["patterns"][1])
    shared = {name: pl.col(name).list.set_intersection(f"{name}_anchor").list.len() > 0 for name in ("listed", "signs")}
    named = some["signs"][0] & some["signs"][1]
    return told.select(
        asked=pl.any_horizontal(
            pl.col("bound").fill_null(value=False),
            digits,
            shared["listed"],
            pl.col("born") & pl.col("born_anchor"),
            named & ~shared["signs"],
        )
    )["asked"]


def lawful_claims(claims: pl.DataFrame, asked: pl.Series, states: States) -> pl.DataFrame:
    """Claims between clusters that no constraint keeps apart; who cannot be meant is no rival of who can."""
    ends = claims.filter(asked).select("cluster", "anchor").iter_rows()
    forbidden = [states[cluster].conflict(states[anchor]) is not None for cluster, anchor in ends]
    places = pl.int_range(claims.height, eager=True).filter(asked).filter(pl.Series(forbidden, dtype=pl.Boolean))
    return claims.filter(~pl.int_range(pl.len()).is_in(places.implode()))


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
