"""The second pass: a whole cluster vouches for a mention that no single pair could place.

What remains apart after the first pass although someone is clearly meant: a mention whose evidence is spread over
several rows of a person (the name of the police row, the new phone of the property roll); one whose only candidate
has a pairwise probability near one half because nobody asked who else it could be; and one with a surname and a
title (``张女士``, with a phone or a room). Each may join an anchor, a cluster that is surer than itself, when that is
likelier than all other candidates and the unknown together.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.clustering.claims import claims_on, fair_pairs, gather_units
from pipelines.identity.clustering.cluster import LINK_PROBABILITY, Clustering
from pipelines.identity.clustering.coverage import ROLE, belief, known_shares
from pipelines.identity.clustering.evidence import bounds_of
from pipelines.identity.clustering.joins import after_joins, cluster_states, lawful_claims, make_joins, questionable
from pipelines.identity.clustering.phones import other_phone_bits
from pipelines.identity.clustering.titled import titled_claims

JOIN_PROBABILITY = LINK_PROBABILITY
"""The second pass weighs a join by the same costs as the first."""

NAME_ALONE_BITS = 1.2
NAME_ALONE_PROBABILITY = 0.85
"""Where nothing but the name speaks, not even the part of the city, the probability rests on counts of names only."""

ROUNDS = 2
"""What joined in the first round brings its phones and rooms with it; a third round moved nothing further."""

JOIN_SCHEMA = pl.Schema(
    {
        "node": pl.UInt32(),
        "cluster": pl.UInt32(),
        "probability": pl.Float64(),
        "match_weight": pl.Float64(),
        "rule": pl.String(),
    }
)


@dataclass(frozen=True)
class CollectivePass:
    """The outcome of the second pass.

    Attributes:
        assignment: ``node, cluster`` for every node.
        joins: clusters that joined an anchor: ``node`` (their smallest), ``cluster`` (the anchor's smallest node),
            ``probability, match_weight, rule``.
        torn: clusters that mean one of several anchors, it is unclear which: as ``joins``, the best anchor.
        placed: every node of a cluster that joined: ``node, probability`` (the least of its joins).
        known: ``feed, person_role, known_share``: see ``clustering_coverage``.
    """

    assignment: pl.DataFrame
    joins: pl.DataFrame
    torn: pl.DataFrame
    placed: pl.DataFrame
    known: pl.DataFrame


def join_lone_nodes(
    first: Clustering,
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
) -> CollectivePass:
    """Place what is uncertain by the evidence of whole clusters.

    Args:
        first: the first pass.
        features: one row per node, from ``constraints.node_features``.
        pairs: scored pairs with one weight per comparison.
        mentions: person mentions.
        nodes: ``mention_index, node``.
        decisions: ``left_node, right_node, answer``; ``different`` and ``same_row`` close a cluster to a node.

    Returns:
        The new assignment with what joined and what was torn; independent of row order.
    """
    roles = mentions.join(nodes, on="mention_index").select("node", *ROLE)
    bounds = bounds_of(features, pairs, decisions)
    other_phone = other_phone_bits(mentions, nodes, features)
    fair = fair_pairs(pairs, features, mentions, nodes, other_phone)
    titled = titled_claims(first.assignment, features, mentions, nodes, other_phone)
    assignment, joined = first.assignment, pl.DataFrame(schema=JOIN_SCHEMA)
    placed = pl.DataFrame(schema={"node": pl.UInt32, "probability": pl.Float64})
    for _ in range(ROUNDS):
        units = gather_units(assignment, features, mentions, nodes)
        claimed = claims_on(assignment, units, features, fair, titled)
        asked = questionable(claimed, assignment, features, bounds)
        states = cluster_states(_ends_of(claimed.filter(asked)), assignment, features, bounds)
        claims = lawful_claims(claimed, asked, states)
        odds = _with_odds(units, claims)
        told = roles.join(assignment, on="node").join(odds, on="cluster")
        known = known_shares(told)
        ranked = _ranked(claims, odds, roles, known)
        likely = ranked.filter(_is_likely())
        states = cluster_states(_ends_of(likely), assignment, features, bounds)
        made = _as_joins(make_joins(likely, states))
        if made.is_empty():
            break
        joined = pl.concat([joined, made])
        movers = assignment.join(made.select("probability", cluster="node"), on="cluster").select("node", "probability")
        placed = pl.concat([placed, movers])
        assignment = after_joins(assignment, made)
    torn = _torn(ranked, made, assignment)
    placed = placed.group_by("node").agg(pl.col("probability").min()).sort("node")
    return CollectivePass(assignment, joined.sort("node"), torn, placed, known)


def _with_odds(units: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Sum of odds per unit: ``cluster, odds``; null for one that is known from elsewhere as it stands.

    Several entries in one list are no sign of being known: whoever lives outside comes to more than one activity.
    """
    total = claims.group_by("cluster").agg(odds=pl.col("odds").sum())
    known = pl.col("has_number") | pl.col("is_police") | (pl.col("lists") > 1)
    return (
        units.filter("is_usable")
        .join(total, on="cluster", how="left")
        .select("cluster", odds=pl.when(~known).then(pl.col("odds").fill_null(0.0)))
    )


def _ranked(claims: pl.DataFrame, odds: pl.DataFrame, roles: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The best anchor of each cluster, with the belief in it and in any candidate at all (``someone``)."""
    role = roles.sort("node", *ROLE).unique("node", keep="first", maintain_order=True).rename({"node": "cluster"})
    total = claims.group_by("cluster").agg(total=pl.col("odds").sum())
    told = (claims.join(odds.select("cluster"), on="cluster").join(total, on="cluster").join(role, on="cluster")).join(
        known, on=ROLE
    )
    return (
        told.with_columns(
            probability=belief(pl.col("odds"), pl.col("total") - pl.col("odds"), pl.col("known_share")),
            someone=belief(pl.col("total"), pl.lit(0.0), pl.col("known_share")),
        )
        .sort(["cluster", "probability", "anchor"], descending=[False, True, False])
        .unique("cluster", keep="first", maintain_order=True)
    )


def _ends_of(claims: pl.DataFrame) -> pl.Series:
    return pl.concat([claims["cluster"], claims["anchor"].alias("cluster")]).unique()


def _is_likely() -> pl.Expr:
    alone = pl.col("beside") < NAME_ALONE_BITS
    return pl.col("probability") >= pl.when(alone).then(NAME_ALONE_PROBABILITY).otherwise(JOIN_PROBABILITY)


def _as_joins(claims: pl.DataFrame) -> pl.DataFrame:
    return (
        claims.select("probability", "rule", node="cluster", cluster="anchor", match_weight="bits")
        .select(JOIN_SCHEMA.names())
        .cast(JOIN_SCHEMA)
    )


def _torn(ranked: pl.DataFrame, made: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    """Clusters that surely mean somebody known, none of the candidates likelier than the rest together."""
    unclear = ranked.filter((pl.col("someone") >= JOIN_PROBABILITY) & (pl.col("probability") < JOIN_PROBABILITY))
    still = unclear.join(made, left_on="cluster", right_on="node", how="anti")
    return _as_joins(still.join(assignment, left_on="cluster", right_on="node", how="semi")).sort("node")
