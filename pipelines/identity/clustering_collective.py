"""The second pass: a whole cluster vouches for a mention that no single pair could place.

Two kinds of mention remain alone after the first pass although someone is clearly meant: one whose evidence is spread
over several rows of a person (the name of the police row, the new phone of the property roll), and one that has a
surname and a title only (``张女士``, with a phone or a room). Both join the single cluster that fits, and only when no
other fits nearly as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.clustering import APART, Clustering, bits
from pipelines.identity.clustering_agglomerate import RIVAL_MARGIN
from pipelines.identity.outputs import WEIGHT_COLUMNS

COLLECTIVE_PROBABILITY = 0.8
"""Evidence summed over several rows counts the rows' dependence twice, so it must be surer than a single pair."""

TITLED_PHONE_BITS = 6.0
"""Surname, sex and phone agree, and one cluster only: a phone is shared inside a family, but seldom
with surname and sex."""

TITLED_ROOM_BITS = 3.0
"""Surname, sex and room agree, and one cluster only: an earlier tenant of the same surname is the usual error."""

ADULT_YEARS = 16
"""Nobody writes 先生 or 女士 of a child."""

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
        joins: lone nodes that joined: ``node, cluster`` (the one joined), ``probability, match_weight, rule``.
        torn: lone nodes that fitted two clusters: ``node, cluster`` (the best), ``probability, match_weight, rule``.
    """

    assignment: pl.DataFrame
    joins: pl.DataFrame
    torn: pl.DataFrame


def join_lone_nodes(
    first: Clustering,
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
) -> CollectivePass:
    """Place lone nodes by the evidence of whole clusters.

    Args:
        first: the first pass.
        features: one row per node, from ``constraints.node_features``.
        pairs: scored pairs with one weight per comparison.
        mentions: person mentions.
        nodes: ``mention_index, node``.
        decisions: ``left_node, right_node, answer``; a steward's ``different`` closes a cluster to a node.

    Returns:
        The new assignment with what joined and what was torn; independent of row order.
    """
    sized = first.assignment.with_columns(cluster_nodes=pl.len().over("cluster"))
    lone = sized.filter(pl.col("cluster_nodes") == 1).join(
        features.filter(pl.col("numbers").list.len() == 0), on="node", how="semi"
    )["node"]
    claims = pl.concat([_spread_claims(lone, first, pairs), _titled_claims(lone, first, features, mentions, nodes)])
    claims = (
        claims.group_by("node", "cluster")
        .agg(pl.col("bits").max(), pl.col("rule").sort_by("bits", descending=True).first())
        .filter(pl.col("bits") >= bits(COLLECTIVE_PROBABILITY))
    )
    claims = _lawful(claims, first, features, decisions)
    ranked = claims.sort(["node", "bits", "cluster"], descending=[False, True, False]).with_columns(
        runner_up=pl.col("bits").shift(-1).over("node"), place=pl.int_range(pl.len()).over("node")
    )
    best = ranked.filter(pl.col("place") == 0)
    clear = pl.col("runner_up").is_null() | (pl.col("bits") - pl.col("runner_up") >= RIVAL_MARGIN)
    joins = _as_joins(_agreeing(best.filter(clear), features, decisions))
    torn = _as_joins(best.filter(~clear))
    assignment = (
        first.assignment.join(joins.select("node", joined="cluster"), on="node", how="left")
        .select("node", cluster=pl.coalesce("joined", "cluster"))
        .with_columns(cluster=pl.col("node").min().over("cluster"))
        .sort("node")
    )
    return CollectivePass(assignment, joins, torn)


def _agreeing(joins: pl.DataFrame, features: pl.DataFrame, decisions: pl.DataFrame | None) -> pl.DataFrame:
    """Of several nodes that want the same cluster, keep those that agree with the surest of them."""
    certain = pl.col("sex").is_not_null() & pl.col("birth").is_not_null()
    told = (
        joins.join(features.select("node", "sex", "birth"), on="node", how="left")
        .sort(["cluster", "bits", "node"], descending=[False, True, False])
        .with_columns(
            pl.col("sex", "birth").filter(certain).first().over("cluster").name.prefix("first_"),
        )
    )
    agrees = ~certain | ((pl.col("sex") == pl.col("first_sex")) & (pl.col("birth") == pl.col("first_birth")))
    kept = told.filter(agrees)
    if decisions is None:
        return kept
    placed = kept.select("node", "cluster")
    apart = (
        decisions.filter(pl.col("answer").is_in(APART))
        .join(placed.rename({"node": "left_node"}), on="left_node")
        .join(placed.rename({"node": "right_node"}), on=["cluster"])
        .filter(pl.col("right_node") == pl.col("right_node_right"))
    )
    return kept.join(apart.select(node="right_node"), on="node", how="anti")


def _as_joins(claims: pl.DataFrame) -> pl.DataFrame:
    odds = pl.lit(2.0).pow(pl.col("bits").clip(-60, 60))
    return claims.select("node", "cluster", probability=odds / (1 + odds), match_weight="bits", rule="rule").cast(
        dict(JOIN_SCHEMA)
    )


def _spread_claims(lone: pl.Series, first: Clustering, pairs: pl.DataFrame) -> pl.DataFrame:
    """Best weight per comparison over all pairs of a lone node with one established cluster, plus the prior.

    What the pair's weights do not explain is the prior and the discount for house-mates; the largest discount counts,
    because a house-mate shares room and phone with every row of the person.
    """
    both = pl.concat(
        [
            pairs.select(
                node=here, other=there, weight=pl.col("match_weight"), **{w: pl.col(w) for w in WEIGHT_COLUMNS}
            )
            for here, there in (("left_node", "right_node"), ("right_node", "left_node"))
        ]
    ).filter(pl.col("node").is_in(lone.implode()), ~pl.col("other").is_in(lone.implode()))
    homes = first.assignment.rename({"node": "other"})
    prior = pl.col("weight") - pl.sum_horizontal(WEIGHT_COLUMNS)
    gathered = (
        both.join(homes, on="other")
        .with_columns(prior=prior)
        .group_by("node", "cluster")
        .agg(
            pl.col("prior").min(),
            pl.col("weight_name", "weight_phone", "weight_address", "weight_kin").max(),
            pl.col("weight_birth", "weight_sex", "weight_id").mean(),
        )
    )
    return gathered.select(
        "node", "cluster", bits=pl.col("prior") + pl.sum_horizontal(WEIGHT_COLUMNS), rule=pl.lit("collective")
    )


def _titled_claims(
    lone: pl.Series, first: Clustering, features: pl.DataFrame, mentions: pl.DataFrame, nodes: pl.DataFrame
) -> pl.DataFrame:
    known = mentions.join(nodes, on="mention_index").join(first.assignment, on="node")
    titled = known.filter(
        (pl.col("name_kind") == "titled") & pl.col("surname").is_not_null() & pl.col("node").is_in(lone.implode())
    )
    born = (
        features.join(first.assignment, on="node")
        .group_by("cluster")
        .agg(cluster_sex=pl.col("sex").drop_nulls().min(), born=pl.col("birth").min())
    )
    bearers = known.filter(
        (pl.col("name_kind") != "titled") & pl.col("name").is_not_null() & pl.col("surname").is_not_null()
    )
    phone = _meeting(titled, bearers, "phones", TITLED_PHONE_BITS)
    room = _meeting(titled, bearers, "room_code", TITLED_ROOM_BITS)
    facts = titled.group_by("node").agg(pl.col("sex").drop_nulls().min(), pl.col("observed_on").max())
    met = pl.concat([phone, room]).group_by("node", "cluster").agg(pl.col("bits").sum())
    fits = met.join(facts, on="node").join(born, on="cluster", how="left")
    child = pl.col("observed_on").dt.year() - pl.col("born").dt.year() < ADULT_YEARS
    other_sex = pl.col("sex") != pl.col("cluster_sex")
    return fits.filter(~(child | other_sex).fill_null(value=False)).select(
        "node", "cluster", "bits", rule=pl.lit("titled")
    )


def _meeting(titled: pl.DataFrame, bearers: pl.DataFrame, what: str, weight: float) -> pl.DataFrame:
    sides = [side.select("node", "cluster", "surname", what) for side in (titled, bearers)]
    if what == "phones":
        sides = [side.explode("phones") for side in sides]
    left, right = (side.drop_nulls(what).unique() for side in sides)
    return (
        left.select("node", "surname", what)
        .join(right.select("cluster", "surname", what).unique(), on=["surname", what])
        .select("node", "cluster", bits=pl.lit(weight))
        .unique()
    )


def _lawful(
    claims: pl.DataFrame, first: Clustering, features: pl.DataFrame, decisions: pl.DataFrame | None
) -> pl.DataFrame:
    """Drop claims against a constraint: sex and birth date both certain and different, or a steward's no."""
    homes = first.assignment
    facts = features.select("node", "sex", "birth")
    members = (
        homes.join(facts, on="node")
        .drop_nulls(["sex", "birth"])
        .select("cluster", their_sex="sex", their_birth="birth")
    )
    clash = (
        claims.join(facts, on="node")
        .join(members.unique(), on="cluster")
        .filter((pl.col("sex") != pl.col("their_sex")) & (pl.col("birth") != pl.col("their_birth")))
    )
    lawful = claims.join(clash, on=["node", "cluster"], how="anti")
    if decisions is None:
        return lawful
    no = decisions.filter(pl.col("answer").is_in(APART)).select("left_node", "right_node")
    no = pl.concat(
        [no.rename({"left_node": "node", "right_node": "other"}), no.select(node="right_node", other="left_node")]
    )
    closed = no.join(homes.rename({"node": "other"}), on="other")
    return lawful.join(closed, on=["node", "cluster"], how="anti")
