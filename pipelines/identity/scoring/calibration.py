"""Honest probabilities: the candidates of one mention compete, the rest is the chance that he is nobody known.

A pair by itself asks "these two or any two?". A participant named 欧阳澹台 with one bearer of that name among all
registered persons is almost surely that one, although one pair alone scores even odds; with five bearers he is each
of them one time in five. So a node without a number of its own is shared out among the numbered persons (anchors) it
was compared with, the bearers of its name that no block brought up, and the outsiders. How many of a role are
outsiders is estimated from the night itself.

A probability is a function of the pair's two nodes, the other candidates of the open ones, and of counts told in
coarse steps (`steps`): the night's `Night` and the coverage of the role. Nothing else of the city enters it.
"""

from __future__ import annotations

import math

import polars as pl

from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.score import MAX_BITS
from pipelines.identity.scoring.steps import stepped_share

# Below this share of numbered persons the register is no list of all persons, and pairs keep the probability of their
# own.
MIN_ANCHORED = 0.3
START_COVERAGE = 0.8
# Roles with few nodes lean on this many imagined ones with the starting coverage.
LEANING = 10.0
ROUNDS = 5
BOUNDS = (0.05, 0.98)  # no role is known to nobody or to everybody
MIN_SHARE = 0.05  # what is less likely adds less than a quarter of a percent to the chance of two
_LEVELS = {comparison.name: comparison.labels for comparison in COMPARISONS}
_SAME_NAME = [_LEVELS["name"].index(label) for label in ("equal", "sound", "former")]


def calibrate(scored: pl.DataFrame, features: pl.DataFrame, roles: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Replace `probability` by one that knows the other candidates of the same node.

    Args:
        scored: pairs with `match_weight`, `probability`, `level_name` and `tf_name`, sorted by left and right node.
        features: one row a node.
        roles: `node, role`, the kind of mention a node consists of; coverage is estimated for each.
        night: counts and prior.

    Returns:
        The same rows with `probability` calibrated; `match_weight` stays the evidence of the pair alone. Two nodes
        without numbers are also believed to be one when both belong to one anchor.
    """
    anchors = features.filter(pl.col("id_number").is_not_null()).select("node")
    if night.anchors < MIN_ANCHORED * night.persons or scored.is_empty():
        return scored
    claims = open_claims(scored, anchors["node"], night)
    coverage = role_coverage(claims, roles, night)
    shares = _shares(claims, roles, coverage, night)
    calibrated = scored.join(shares, on=["left_node", "right_node"], how="left", maintain_order="left")
    calibrated = calibrated.join(
        _through_anchors(scored, shares, anchors["node"]),
        on=["left_node", "right_node"],
        how="left",
        maintain_order="left",
    )
    return calibrated.with_columns(probability=pl.coalesce("share", pl.max_horizontal("probability", "through"))).drop(
        "share", "through"
    )


def open_claims(scored: pl.DataFrame, anchors: pl.Series, night: Night) -> pl.DataFrame:
    """Pairs of an open node and an anchor, and what all claims on the open node come to.

    Returns:
        `left_node, right_node, open`; `evidence` (the pair's factor without prior); of the open node `evidence_all`
        (the sum over its claims) and `unseen` (share of the bearers of its name that no block brought up).
    """
    prior_bits = math.log2(night.prior / (1 - night.prior))
    left, right = (pl.col(side).is_in(anchors.implode()) for side in ("left_node", "right_node"))
    evidence = pl.lit(2.0).pow((pl.col("match_weight") - prior_bits).clip(-MAX_BITS, MAX_BITS))
    pairs = scored.filter(left != right).select(
        "left_node",
        "right_node",
        open=pl.when(left).then("right_node").otherwise("left_node"),
        evidence=evidence,
        namesake=pl.col("level_name").is_in(_SAME_NAME),
        tf=pl.col("tf_name"),
    )
    # Bearers of the name that the city has and no block brought up: they may be meant as well.
    known = pl.col("namesake").sum().over("open")
    bearers = pl.col("tf").max().over("open").fill_null(1.0) * night.persons
    return pairs.select(
        "left_node",
        "right_node",
        "open",
        "evidence",
        evidence_all=pl.col("evidence").sum().over("open"),
        unseen=(1 - known / bearers.clip(lower_bound=1.0)).clip(0.0, 1.0),
    )


def role_coverage(claims: pl.DataFrame, roles: pl.DataFrame, night: Night) -> pl.DataFrame:
    """`role, coverage`: the share of a role's open nodes that mean a numbered person, in steps, by EM."""
    nodes = claims.unique("open", keep="first", maintain_order=True).sort("open")
    nodes = nodes.join(roles.rename({"node": "open"}), on="open", maintain_order="left")
    coverage = nodes.select(pl.col("role").unique().sort()).with_columns(coverage=pl.lit(START_COVERAGE))
    for _ in range(ROUNDS):
        told = nodes.join(coverage, on="role", maintain_order="left").with_columns(
            placed=_belief("evidence_all", night)
        )
        coverage = told.group_by("role", maintain_order=True).agg(
            coverage=((pl.col("placed").sum() + LEANING * START_COVERAGE) / (pl.len() + LEANING)).clip(*BOUNDS)
        )
    return coverage.with_columns(stepped_share(pl.col("coverage"))).sort("role")


def _belief(evidence: str, night: Night) -> pl.Expr:
    """The chance of these claims, against the other claims on the node, unseen namesakes and outsiders."""
    a_priori = pl.col("coverage") / night.anchors
    nobody = 1 - pl.col("coverage") + pl.col("coverage") * pl.col("unseen")
    return a_priori * pl.col(evidence) / (nobody + a_priori * pl.col("evidence_all"))


def _shares(claims: pl.DataFrame, roles: pl.DataFrame, coverage: pl.DataFrame, night: Night) -> pl.DataFrame:
    """`left_node, right_node, share`: the chance that the open node is this anchor, among all that it could be."""
    known = roles.rename({"node": "open"}).join(coverage, on="role")
    weighed = claims.join(known, on="open", maintain_order="left")
    return weighed.select("left_node", "right_node", share=_belief("evidence", night))


def _through_anchors(scored: pl.DataFrame, shares: pl.DataFrame, anchors: pl.Series) -> pl.DataFrame:
    """`left_node, right_node, through`: for two open nodes, the chance that both are the same anchor."""
    left_open = ~pl.col("left_node").is_in(anchors.implode())
    sides = shares.select(
        open=pl.when(left_open).then("left_node").otherwise("right_node"),
        anchor=pl.when(left_open).then("right_node").otherwise("left_node"),
        share="share",
    ).filter(pl.col("share") > MIN_SHARE)
    open_pairs = scored.select("left_node", "right_node").join(
        sides.select(left_node="open").unique(), on="left_node", how="semi"
    )
    both = open_pairs.join(sides, left_on="left_node", right_on="open").join(
        sides, left_on=["right_node", "anchor"], right_on=["open", "anchor"], suffix="_right"
    )
    # In order, so that a sum has the same last bit whatever else is summed beside it.
    both = both.sort("left_node", "right_node", "anchor")
    return both.group_by("left_node", "right_node", maintain_order=True).agg(
        through=(pl.col("share") * pl.col("share_right")).sum().clip(upper_bound=1.0)
    )
