"""Honest probabilities: the candidates of one mention compete, the rest is the chance that he is nobody known.

A pair by itself asks "these two or any two?". A participant named 欧阳澹台 with one bearer of that name among all
registered persons is almost surely that one, although one pair alone scores even odds; with five bearers he is each
of them one time in five. So a node without a number of its own is shared out among the numbered persons (anchors) it
was compared with, the bearers of its name that no block brought up, and the outsiders. How many of a role are
outsiders is estimated from the night itself.
"""

from __future__ import annotations

import math

import polars as pl

from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.score import MAX_BITS

# Below this share of numbered persons the register is no list of all persons, and pairs keep the probability of their
# own.
MIN_ANCHORED = 0.3
START_COVERAGE = 0.8
# Roles with few nodes lean on this many imagined ones with the starting coverage.
LEANING = 10.0
ROUNDS = 5
MIN_SHARE = 0.05  # what is less likely adds less than a quarter of a percent to the chance of two
_LEVELS = {comparison.name: comparison.labels for comparison in COMPARISONS}
_SAME_NAME = [_LEVELS["name"].index(label) for label in ("equal", "sound", "former")]


def calibrate(scored: pl.DataFrame, features: pl.DataFrame, roles: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Replace `probability` by one that knows the other candidates of the same node.

    Args:
        scored: pairs with `match_weight`, `probability`, `level_name` and `tf_name`.
        features: one row a node.
        roles: `node, role`, the kind of mention a node consists of; coverage is estimated for each.
        night: counts and prior.

    Returns:
        The same rows with `probability` calibrated; `match_weight` stays the evidence of the pair alone. Two nodes
        without numbers are also believed to be one when both belong to one anchor.
    """
    anchors = features.filter(pl.col("id_number").is_not_null()).select("node")
    if anchors.height < MIN_ANCHORED * night.persons or scored.is_empty():
        return scored
    shares = _shares(_open_sides(scored, anchors["node"], roles, night), anchors.height)
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


def _open_sides(scored: pl.DataFrame, anchors: pl.Series, roles: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Pairs of an open node and an anchor: `open`, `evidence` (the factor without prior), `role`, `unseen`."""
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
    pairs = pairs.with_columns(unseen=(1 - known / bearers.clip(lower_bound=1.0)).clip(0.0, 1.0))
    return pairs.join(roles.rename({"node": "open"}), on="open", how="left")


def _shares(pairs: pl.DataFrame, anchors: int) -> pl.DataFrame:
    """`left_node, right_node, share`: the chance that the open node is this anchor, among all that it could be."""
    coverage = pairs.select("role").unique().with_columns(coverage=pl.lit(START_COVERAGE))
    for _ in range(ROUNDS):
        weighed = pairs.join(coverage, on="role", how="left", maintain_order="left").with_columns(
            mass=pl.col("coverage") / anchors * pl.col("evidence")
        )
        nobody = 1 - pl.col("coverage") + pl.col("coverage") * pl.col("unseen")
        weighed = weighed.with_columns(share=pl.col("mass") / (nobody + pl.col("mass").sum().over("open")))
        placed = weighed.group_by("open", "role").agg(pl.col("share").sum())
        coverage = (
            placed.group_by("role")
            .agg(coverage=(pl.col("share").sum() + LEANING * START_COVERAGE) / (pl.len() + LEANING))
            .with_columns(pl.col("coverage").clip(0.05, 0.98))
        )
    return weighed.select("left_node", "right_node", "share")


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
    return both.group_by("left_node", "right_node").agg(
        through=(pl.col("share") * pl.col("share_right")).sum().clip(upper_bound=1.0)
    )
