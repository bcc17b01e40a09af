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
ROUNDS = 20
# A person with a number may be brought up by no block even where his name is not common: name and number both slipped.
MISSED = 0.02
BOUNDS = (0.05, 0.98)  # no role is known to nobody or to everybody
MIN_SHARE = 0.05  # what is less likely adds less than a quarter of a percent to the chance of two
_LEVELS = {comparison.name: comparison.labels for comparison in COMPARISONS}
_SAME_NAME = [_LEVELS["name"].index(label) for label in ("equal", "sound", "former", "titled")]


def calibrate(scored: pl.DataFrame, features: pl.DataFrame, roles: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Replace `probability` by one that knows the other candidates of the same node.

    Args:
        scored: pairs with `match_weight`, `probability` and `level_name`, sorted by left and right node.
        features: one row a node.
        roles: `node, role`, the kind of mention a node consists of; coverage is estimated for each.
        night: counts and prior.

    Returns:
        The same rows with `probability` calibrated; `match_weight` stays the evidence of the pair alone. Two nodes
        without numbers are also believed to be one when both belong to one anchor.
    """
    if night.anchors < MIN_ANCHORED * night.persons or scored.is_empty():
        return scored
    claims = open_claims(scored, features, night)
    told = open_nodes(claims, features, roles)
    coverage = role_coverage(told, night)
    shares = _shares(claims, told.join(coverage, on="role"), night)
    calibrated = scored.join(shares, on=["left_node", "right_node"], how="left", maintain_order="left")
    calibrated = calibrated.join(
        _through_anchors(scored, claims, shares), on=["left_node", "right_node"], how="left", maintain_order="left"
    )
    return calibrated.with_columns(probability=pl.coalesce("share", pl.max_horizontal("probability", "through"))).drop(
        "share", "through"
    )


def open_claims(scored: pl.DataFrame, features: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Pairs of an open node (no number of its own) and an anchor (a number): the claims of anchors on open nodes.

    Returns:
        `left_node, right_node, open`; `evidence` (how much likelier the rows are for this anchor than for
        a stranger); `at_home` (the same for an unregistered house-mate of the anchor, weighed with the chance of
        one; other registered house-mates make claims of their own); `namesake` (the anchor bears the name).
    """
    prior_bits = math.log2(night.prior / (1 - night.prior))
    household = pl.col("weight_household").clip(-MAX_BITS, MAX_BITS)
    evidence = (pl.col("match_weight") - prior_bits - household).clip(-MAX_BITS, MAX_BITS)
    anchors = features.filter(pl.col("id_number").is_not_null())["node"].implode()
    left, right = (pl.col(side).is_in(anchors) for side in ("left_node", "right_node"))
    return scored.filter(left != right).select(
        "left_node",
        "right_node",
        open=pl.when(left).then("right_node").otherwise("left_node"),
        evidence=pl.lit(2.0).pow(evidence),
        at_home=pl.lit(2.0).pow(-household),
        namesake=pl.col("level_name").is_in(_SAME_NAME),
    )


def open_nodes(claims: pl.DataFrame, features: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Every open node with a name, claimed or not: whom nobody claims is the best witness of a role's outsiders.

    Returns:
        `open, role`, `evidence_all` (sum over the claims on it), `outsider` (how likely the rows are for somebody whom
        nobody numbers, a stranger or a house-mate of the anchors) and `unseen`: the share of the anchors of its name
        (of its surname, for a title) that no block brought up, so that they may be meant as well.
    """
    claimed = claims.group_by("open", maintain_order=True).agg(
        evidence_all=pl.col("evidence").sum(), outsider=pl.col("at_home").max(), seen=pl.col("namesake").sum()
    )
    numbered = pl.col("id_number").is_not_null()
    anchors = features.filter(numbered)
    nodes = features.filter(~numbered & pl.coalesce("name", "surname").is_not_null()).select(
        "name", "surname", open="node"
    )
    for column in ("name", "surname"):
        counted = anchors.drop_nulls(column).group_by(column).agg(pl.len().alias(f"{column}_bearers"))
        nodes = nodes.join(counted, on=column, how="left")
    bearers = pl.when(pl.col("name").is_null()).then("surname_bearers").otherwise("name_bearers")
    return (
        nodes.join(claimed, on="open", how="left")
        .join(roles.rename({"node": "open"}), on="open")
        .with_columns(
            pl.col("evidence_all").fill_null(0.0),
            outsider=pl.col("outsider").fill_null(1.0).clip(lower_bound=1.0),
            seen=_count(pl.col("seen")),
            bearers=_count(bearers),
        )
        .select(
            "open",
            "role",
            "evidence_all",
            "outsider",
            unseen=(pl.col("bearers") - pl.col("seen")).clip(lower_bound=0) / pl.col("bearers").clip(lower_bound=1),
        )
        .with_columns(pl.col("unseen").clip(lower_bound=MISSED))
        .sort("open")
    )


def _count(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.Int64).fill_null(0)


def role_coverage(nodes: pl.DataFrame, night: Night) -> pl.DataFrame:
    """`role, coverage`: the share of a role's open nodes that mean a numbered person, in steps, by EM."""
    coverage = nodes.select(pl.col("role").unique().sort()).with_columns(coverage=pl.lit(START_COVERAGE))
    for _ in range(ROUNDS):
        told = nodes.join(coverage, on="role", maintain_order="left").with_columns(
            placed=_belief(pl.col("evidence_all") / night.anchors + pl.col("unseen"), night)
        )
        coverage = told.group_by("role", maintain_order=True).agg(
            coverage=((pl.col("placed").sum() + LEANING * START_COVERAGE) / (pl.len() + LEANING)).clip(*BOUNDS)
        )
    return coverage.with_columns(stepped_share(pl.col("coverage"))).sort("role")


def _belief(claim: pl.Expr, night: Night) -> pl.Expr:
    """The chance of a claim, against all claims on the node, its unseen namesakes, and outsiders."""
    known = pl.col("evidence_all") / night.anchors + pl.col("unseen")
    outsider = (1 - pl.col("coverage")) * pl.col("outsider")
    return pl.col("coverage") * claim / (outsider + pl.col("coverage") * known)


def _shares(claims: pl.DataFrame, nodes: pl.DataFrame, night: Night) -> pl.DataFrame:
    """`left_node, right_node, share`: the chance that the open node is this anchor, among all that it could be."""
    weighed = claims.join(nodes, on="open", maintain_order="left")
    return weighed.select("left_node", "right_node", share=_belief(pl.col("evidence") / night.anchors, night))


def _through_anchors(scored: pl.DataFrame, claims: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """`left_node, right_node, through`: for two open nodes, the chance that both are the same anchor."""
    told = claims.join(shares, on=["left_node", "right_node"], maintain_order="left")
    sides = told.select(
        "open",
        anchor=pl.when(pl.col("open") == pl.col("left_node")).then("right_node").otherwise("left_node"),
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
