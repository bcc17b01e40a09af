"""Every mention with its person, how it came to it, and how sure that is."""

from __future__ import annotations

import polars as pl

from pipelines.identity.clustering.collective import CollectivePass
from pipelines.identity.clustering.coverage import ROLE, belief
from pipelines.identity.outputs import CROSSWALK_SCHEMA, MENTION_KEY
from pipelines.identity.stewarding.links import NUMBER_PROBABILITY, REPEAT_PROBABILITY

MODEL_CEILING = 0.999
"""No sum of agreeing attributes is surer than a number with its checksum."""

STEWARD_PROBABILITY = 0.999


def build_crosswalk(
    mentions: pl.DataFrame,
    nodes: pl.DataFrame,
    own: pl.DataFrame,
    pairs: pl.DataFrame,
    second: CollectivePass,
    same: pl.DataFrame,
    persons: pl.DataFrame,
) -> pl.DataFrame:
    """Build ``master.person_crosswalk``.

    Args:
        mentions: all mentions, organisations included.
        nodes: ``mention_index, node`` of the persons among them.
        own: ``mention_index, id_number, is_own`` of mentions with a valid number.
        pairs: scored pairs of nodes.
        second: the final clusters.
        same: a steward's yes in force: ``left_mention, right_mention``.
        persons: key and ``person_id`` of the persons' mentions.

    Returns:
        One row per mention, sorted by key. ``probability`` is the belief that the mention is of this person:
        ``id_number`` 0.999; ``model`` and titled joins the odds of the best supporting link against the best link to
        anybody else; ``single`` one minus the belief in the best rejected link; null for an organisation.
    """
    support = _best_pairs(pairs, second)
    facts = (
        nodes.join(second.assignment, on="node", how="left")
        .join(own.select("mention_index", "is_own"), on="mention_index", how="left")
        .join(support, on="node", how="left")
        .join(second.placed.rename({"probability": "joined"}), on="node", how="left")
        .join(mentions.select("mention_index", *ROLE), on="mention_index", how="left")
        .join(second.known, on=ROLE, how="left")
        .with_columns(
            mates=pl.len().over("cluster"),
            node_mates=pl.len().over("node"),
            by_steward=pl.col("mention_index").is_in(
                pl.concat([same["left_mention"], same["right_mention"].alias("left_mention")]).implode()
            ),
            is_own=pl.col("is_own").fill_null(value=False),
        )
        .with_columns(backing=pl.max_horizontal("linked", _inside_node()).fill_null(0.5))
    )
    told = facts.select("mention_index", method=_method(), probability=_probability())
    return (
        mentions.select(*MENTION_KEY, "mention_index")
        .join(persons.select(*MENTION_KEY, "person_id"), on=MENTION_KEY, how="left")
        .join(told, on="mention_index", how="left")
        .with_columns(pl.col("method").fill_null("organisation"))
        .sort(MENTION_KEY)
        .select(CROSSWALK_SCHEMA.names())
        .cast(CROSSWALK_SCHEMA)
    )


def _best_pairs(pairs: pl.DataFrame, second: CollectivePass) -> pl.DataFrame:
    """Best probability of each node's links inside its cluster (``linked``) and outside (``rejected``)."""
    placed = pairs.select("left_node", "right_node", "probability")
    for side in ("left", "right"):
        placed = placed.join(
            second.assignment.rename({"node": f"{side}_node", "cluster": f"{side}_cluster"}), on=f"{side}_node"
        )
    placed = placed.with_columns(inside=pl.col("left_cluster") == pl.col("right_cluster"))
    ends = [placed.select("probability", "inside", node=f"{side}_node") for side in ("left", "right")]
    return (
        pl.concat(ends)
        .group_by("node")
        .agg(
            linked=pl.col("probability").filter("inside").max(),
            rejected=pl.col("probability").filter(~pl.col("inside")).max(),
        )
    )


def _inside_node() -> pl.Expr:
    return pl.when(pl.col("node_mates") > 1).then(pl.lit(REPEAT_PROBABILITY))


def _method() -> pl.Expr:
    return (
        pl.when("by_steward")
        .then(pl.lit("steward"))
        .when(pl.col("mates") == 1)
        .then(pl.lit("single"))
        .when("is_own")
        .then(pl.lit("id_number"))
        .otherwise(pl.lit("model"))
    )


def _probability() -> pl.Expr:
    backing, rejected = _odds(pl.col("backing").clip(1e-6, MODEL_CEILING)), _odds(pl.col("rejected").fill_null(0.0))
    told = belief(backing, rejected, pl.col("known_share"))
    return (
        pl.when("by_steward")
        .then(pl.lit(STEWARD_PROBABILITY))
        .when(pl.col("mates") == 1)
        .then(1 - belief(rejected, pl.lit(0.0), pl.col("known_share")))
        .when("is_own")
        .then(pl.lit(NUMBER_PROBABILITY))
        .otherwise(pl.coalesce("joined", told).clip(0.0, MODEL_CEILING))
        .round(6)
    )


def _odds(probability: pl.Expr) -> pl.Expr:
    bounded = probability.clip(0.0, 1 - 1e-6)
    return bounded / (1 - bounded)
