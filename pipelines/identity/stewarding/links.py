"""Evidence as served: one row per pair of mentions that was linked, or rejected although it came near."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.cluster import Clustering
from pipelines.identity.clustering.collective import CollectivePass
from pipelines.identity.outputs import LEVEL_COLUMNS, LINK_SCHEMA, MENTION_KEY, WEIGHT_COLUMNS
from pipelines.identity.scoring.levels import COMPARISONS

SERVED_WEIGHTS = [*WEIGHT_COLUMNS, "weight_household"]
"""One column a comparison, and the discount for pairs that house-mates explain as well as one person does."""

_LABELS = {f"level_{comparison.name}": comparison.labels for comparison in COMPARISONS}

REJECTED_FLOOR = 0.02
"""Rejected pairs below this are not kept: there are hundreds of them per person and none changes a decision."""

NUMBER_PROBABILITY = 0.999
"""Same valid number and a compatible name: what remains is a number used by a namesake in the family."""

REPEAT_PROBABILITY = 0.99
"""Same name, birth date, phones and place, without a full number: what remains is a typed-over row."""


def build_links(
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    pairs: pl.DataFrame,
    first: Clustering,
    second: CollectivePass,
) -> pl.DataFrame:
    """Build ``master.person_link``.

    Args:
        mentions: person mentions.
        nodes: ``mention_index, node``.
        pairs: scored pairs of nodes.
        first: clusters of the first pass, with the constraints that acted.
        second: final clusters, and what the second pass joined.

    Returns:
        ``LINK_SCHEMA`` rows sorted by the two keys. Nodes stand for their smallest mention. Rules beside the blocking
        rules: ``same_number`` and ``exact_repeat`` (inside a node; no weights), ``collective`` and ``titled`` (second
        pass; the cluster stands for its smallest mention).
    """
    frames = [_scored(pairs, first, second), _inside_nodes(mentions, nodes), _joined(second)]
    rows = pl.concat(frames, how="diagonal")
    keys = mentions.select(*MENTION_KEY, "mention_index")
    for side in ("left", "right"):
        names = {name: f"{side}_{name}" for name in MENTION_KEY}
        rows = rows.join(keys.rename(names), left_on=side, right_on="mention_index", how="left")
    return rows.sort("left", "right", "rule").select(LINK_SCHEMA.names()).cast(LINK_SCHEMA)


def _scored(pairs: pl.DataFrame, first: Clustering, second: CollectivePass) -> pl.DataFrame:
    final, early = second.assignment, first.assignment
    told = [name for name in SERVED_WEIGHTS if name not in pairs.columns]
    placed = pairs.with_columns(*(pl.lit(None, dtype=pl.Float64).alias(name) for name in told), *level_labels(pairs))
    for side in ("left", "right"):
        placed = placed.join(final.rename({"node": f"{side}_node", "cluster": f"{side}_final"}), on=f"{side}_node")
        placed = placed.join(early.rename({"node": f"{side}_node", "cluster": f"{side}_early"}), on=f"{side}_node")
    linked = pl.col("left_final") == pl.col("right_final")
    kept = placed.filter(linked | (pl.col("probability") >= REJECTED_FLOOR)).with_columns(
        is_linked=linked,
        left_cluster=pl.min_horizontal("left_early", "right_early"),
        right_cluster=pl.max_horizontal("left_early", "right_early"),
    )
    acted = first.refusals.select("left_cluster", "right_cluster", "constraint")
    return kept.join(acted, on=["left_cluster", "right_cluster"], how="left").select(
        "probability",
        "match_weight",
        *SERVED_WEIGHTS,
        *LEVEL_COLUMNS,
        "rule",
        "is_linked",
        left="left_node",
        right="right_node",
        constraint=pl.when(~pl.col("is_linked")).then("constraint"),
    )


def level_labels(pairs: pl.DataFrame) -> list[pl.Expr]:
    """The level of each comparison by its label; null where the pairs do not say."""
    none = pl.lit(None, dtype=pl.String)
    return [(_label(name) if name in pairs.columns else none).alias(name) for name in LEVEL_COLUMNS]


def _label(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(_LABELS[column])), default=None, return_dtype=pl.String)


def _inside_nodes(mentions: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    is_number = (pl.col("id_kind") == "valid").fill_null(value=False)
    return (
        nodes.filter(pl.col("mention_index") != pl.col("node"))
        .join(mentions.select("mention_index", is_number), on="mention_index")
        .select(
            left="node",
            right="mention_index",
            probability=pl.when("id_kind").then(NUMBER_PROBABILITY).otherwise(REPEAT_PROBABILITY),
            rule=pl.when("id_kind").then(pl.lit("same_number")).otherwise(pl.lit("exact_repeat")),
            is_linked=pl.lit(value=True),
        )
    )


def _joined(second: CollectivePass) -> pl.DataFrame:
    told = pl.concat(
        [
            second.joins.with_columns(is_linked=pl.lit(value=True), constraint=pl.lit(None, dtype=pl.String)),
            second.torn.with_columns(is_linked=pl.lit(value=False), constraint=pl.lit("ambiguous")),
        ]
    )
    return told.select(
        "probability",
        "match_weight",
        "rule",
        "is_linked",
        "constraint",
        left=pl.min_horizontal("cluster", "node"),
        right=pl.max_horizontal("cluster", "node"),
    )
