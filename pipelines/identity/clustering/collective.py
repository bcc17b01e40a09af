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

from pipelines.identity.clustering.cluster import LINK_PROBABILITY, Clustering
from pipelines.identity.clustering.coverage import ROLE, belief, known_shares
from pipelines.identity.clustering.evidence import APART, bounds_of
from pipelines.identity.clustering.state import ClusterState, node_states
from pipelines.identity.clustering.titled import titled_claims
from pipelines.identity.constraints import POLICE_FEED
from pipelines.identity.outputs import WEIGHT_COLUMNS

JOIN_PROBABILITY = LINK_PROBABILITY
"""The second pass weighs a join by the same costs as the first."""

REGISTER_TWICE_BITS = 7.0
"""The register lists a resident once, but for slips: two of its rows join only on evidence this much above even."""

FIXED = ("weight_birth", "weight_sex", "weight_id")
"""Comparisons of what never changes in a life."""

MAX_BITS = 60.0
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
    titled = titled_claims(first.assignment, features, mentions, nodes)
    assignment, joined = first.assignment, pl.DataFrame(schema=JOIN_SCHEMA)
    placed = pl.DataFrame(schema={"node": pl.UInt32, "probability": pl.Float64})
    for _ in range(ROUNDS):
        units = _units(assignment, features, mentions, nodes)
        claims = _claims(assignment, units, features, pairs, titled)
        odds = _with_odds(units, claims)
        told = roles.join(assignment, on="node").join(odds, on="cluster")
        known = known_shares(told)
        ranked = _ranked(claims, odds, roles, known)
        made = _lawful_joins(ranked, assignment, features, bounds)
        if made.is_empty():
            break
        joined = pl.concat([joined, made])
        movers = assignment.join(made.select("probability", cluster="node"), on="cluster").select("node", "probability")
        placed = pl.concat([placed, movers])
        assignment = _merged(assignment, made)
    torn = _torn(ranked, made, assignment)
    placed = placed.group_by("node").agg(pl.col("probability").min()).sort("node")
    return CollectivePass(assignment, joined.sort("node"), torn, placed, known)


def _units(
    assignment: pl.DataFrame, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    """Clusters with their rank: with a number, in the register, by mentions; ``may_join`` without a number."""
    police = mentions.filter((pl.col("feed") == POLICE_FEED) & (pl.col("person_role") == "self"))
    registered = police.join(nodes, on="mention_index").select("node", is_police=pl.lit(value=True)).unique()
    return (
        assignment.join(features, on="node")
        .join(registered, on="node", how="left")
        .group_by("cluster")
        .agg(
            has_number=(pl.col("numbers").list.len() > 0).any(),
            is_police=pl.col("is_police").fill_null(value=False).any(),
            sex=pl.when(pl.col("sex").drop_nulls().n_unique() == 1).then(pl.col("sex").drop_nulls().first()),
            nodes=pl.len(),
            mentions=pl.col("size").sum(),
            is_usable=pl.col("is_usable").any(),
        )
        .sort(
            ["has_number", "is_police", "mentions", "cluster"],
            descending=[True, True, True, False],
            maintain_order=True,
        )
        .with_row_index("rank")
    )


def _claims(
    assignment: pl.DataFrame,
    units: pl.DataFrame,
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    titled: pl.DataFrame,
) -> pl.DataFrame:
    """Claims of anchors on lesser clusters: ``cluster, anchor, bits, rule``."""
    home = assignment.select(node="node", home="cluster")
    by_title = titled.join(home, on="node").join(
        home.select(anchor_node="node", anchor="home"), left_on="cluster", right_on="anchor_node"
    )
    told = pl.concat(
        [_spread(assignment, features, pairs), by_title.select("anchor", "bits", "rule", cluster="home")],
        how="diagonal",
    )
    facts = units.select("cluster", "rank", "has_number", "is_police", "nodes", "sex")
    return (
        told.filter(pl.col("cluster") != pl.col("anchor"))
        .join(facts, on="cluster")
        .join(facts.rename({"cluster": "anchor"}), on="anchor", suffix="_anchor")
        .filter(
            ~pl.col("has_number"),
            pl.col("rank_anchor") < pl.col("rank"),
            (pl.col("sex") == pl.col("sex_anchor")).fill_null(value=True),
            pl.col("has_number_anchor") | pl.col("is_police_anchor") | (pl.col("nodes_anchor") > 1),
            ~(pl.col("is_police") & pl.col("is_police_anchor")) | (pl.col("bits") >= REGISTER_TWICE_BITS),
        )
        .sort(["cluster", "anchor", "bits", "rule"], descending=[False, False, True, False])
        .unique(["cluster", "anchor"], keep="first", maintain_order=True)
        .select("cluster", "anchor", "bits", "rule", odds=pl.lit(2.0).pow(pl.col("bits").clip(-MAX_BITS, MAX_BITS)))
    )


def _spread(assignment: pl.DataFrame, features: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Evidence between two clusters: the best of each comparison over all their pairs that can be compared.

    Phones, rooms and names change, so that agreement with one row of a person is agreement. Birth date, sex and
    number do not, so that half of the strongest objection counts against the strongest support. A pair that cannot be
    compared (weight 0) is silent: it neither supports nor takes back what the others say. A surname with a title is
    no better than silent where whole names can be compared. What the weights do not explain is the prior and the
    discount for house-mates; the largest discount counts, because a house-mate shares room and phone with every row
    of the person.
    """
    whole = features.filter(pl.col("names").list.len() > 0)["node"].implode()
    placed = pairs.with_columns(
        is_whole=pl.col("left_node").is_in(whole) & pl.col("right_node").is_in(whole),
        prior=pl.col("match_weight") - pl.sum_horizontal(WEIGHT_COLUMNS),
    )
    for side in ("left", "right"):
        home = assignment.rename({"node": f"{side}_node", "cluster": f"{side}_cluster"})
        placed = placed.join(home, on=f"{side}_node")
    apart = placed.filter(pl.col("left_cluster") != pl.col("right_cluster")).with_columns(
        lo=pl.min_horizontal("left_cluster", "right_cluster"), hi=pl.max_horizontal("left_cluster", "right_cluster")
    )
    told = {name: pl.col(name).filter(pl.col(name) != 0) for name in WEIGHT_COLUMNS}
    whole_name = pl.col("weight_name").filter((pl.col("weight_name") != 0) & pl.col("is_whole"))
    best = {name: values.max() for name, values in told.items()}
    best["weight_name"] = pl.coalesce(whole_name.max(), best["weight_name"])
    for name in FIXED:
        doubt = pl.when(told[name].max() > 0).then(0.5 * told[name].min().clip(upper_bound=0.0)).otherwise(0.0)
        best[name] = told[name].max() + doubt
    gathered = (
        apart.group_by("lo", "hi")
        .agg(pl.col("prior").min(), **{name: value.fill_null(0.0) for name, value in best.items()})
        # Two given names under one roof are two persons: room, phone and kin are what they share as house-mates.
        .filter((pl.col("weight_name") > 0) | (pl.col("weight_id") > 0))
        .select("lo", "hi", bits=pl.col("prior") + pl.sum_horizontal(WEIGHT_COLUMNS), rule=pl.lit("collective"))
    )
    ends = (("lo", "hi"), ("hi", "lo"))
    return pl.concat([gathered.select("bits", "rule", cluster=one, anchor=two) for one, two in ends])


def _with_odds(units: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Sum of odds per unit: ``cluster, odds``; null for one in which several mentions already stand together."""
    total = claims.group_by("cluster").agg(odds=pl.col("odds").sum())
    alone = pl.col("mentions") == 1
    return (
        units.filter("is_usable")
        .join(total, on="cluster", how="left")
        .select("cluster", odds=pl.when(alone).then(pl.col("odds").fill_null(0.0)))
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


def _as_joins(claims: pl.DataFrame) -> pl.DataFrame:
    return (
        claims.select("probability", "rule", node="cluster", cluster="anchor", match_weight="bits")
        .select(JOIN_SCHEMA.names())
        .cast(JOIN_SCHEMA)
    )


def _lawful_joins(
    ranked: pl.DataFrame, assignment: pl.DataFrame, features: pl.DataFrame, bounds: pl.DataFrame
) -> pl.DataFrame:
    """Make joins in descending probability, each checked against everything that joined before it."""
    likely = ranked.filter(pl.col("probability") >= JOIN_PROBABILITY).sort(
        ["probability", "cluster"], descending=[True, False]
    )
    touched = pl.concat([likely["cluster"], likely["anchor"].alias("cluster")]).unique()
    states = _states(touched, assignment, features, bounds)
    moved: dict[int, int] = {}
    made: list[bool] = []
    for cluster, anchor in likely.select("cluster", "anchor").iter_rows():
        target = anchor
        while target in moved:
            target = moved[target]
        lawful = target != cluster and states[target].conflict(states[cluster]) is None
        made.append(lawful)
        if lawful:
            states[target].absorb(states[cluster])
            moved[cluster] = target
    return _as_joins(likely.filter(pl.Series(made, dtype=pl.Boolean)))


def _states(
    clusters: pl.Series, assignment: pl.DataFrame, features: pl.DataFrame, bounds: pl.DataFrame
) -> dict[int, ClusterState]:
    apart: dict[int, set[int]] = {}
    for left, right in bounds.filter(pl.col("answer").is_in(APART)).select("left_node", "right_node").iter_rows():
        apart.setdefault(left, set()).add(right)
        apart.setdefault(right, set()).add(left)
    members = assignment.filter(pl.col("cluster").is_in(clusters.implode())).join(features, on="node").sort("node")
    found: dict[int, ClusterState] = {}
    for cluster, _, node, state in node_states(members.with_columns(component="cluster", group="cluster", i="node")):
        state.forbidden.update(apart.get(node, ()))
        if cluster in found:
            found[cluster].absorb(state)
        else:
            found[cluster] = state
    return found


def _merged(assignment: pl.DataFrame, made: pl.DataFrame) -> pl.DataFrame:
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


def _torn(ranked: pl.DataFrame, made: pl.DataFrame, assignment: pl.DataFrame) -> pl.DataFrame:
    """Clusters that surely mean somebody known, none of the candidates likelier than the rest together."""
    unclear = ranked.filter((pl.col("someone") >= JOIN_PROBABILITY) & (pl.col("probability") < JOIN_PROBABILITY))
    still = unclear.join(made, left_on="cluster", right_on="node", how="anti")
    return _as_joins(still.join(assignment, left_on="cluster", right_on="node", how="semi")).sort("node")
