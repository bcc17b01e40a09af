"""The night's scored pairs as evidence in bits, by rows of the sorted nodes, cut into connected components."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.identity.constraints import named_beside

SATURATED = 1e-9
"""Beyond 1e-9 of 0 or 1 the probability has lost digits, and the match weight itself orders the evidence."""

APART = ("different", "same_row")
"""Answers that keep two nodes apart: a steward's no, and that rows name both side by side."""

Rows = npt.NDArray[np.int64]
Ends = tuple[Rows, Rows]


@dataclass(frozen=True)
class Evidence:
    """What clustering works on; ``left`` and ``right`` are row numbers of ``table``.

    Attributes:
        table: features sorted by node, with ``group`` (smallest row that a steward joined to this one) and
            ``component`` (smallest row connected to this one by a supporting pair or a steward).
        scored: ``left, right, evidence, component``: pairs inside a component, sorted.
        law: ``left, right, answer``, sorted.
    """

    table: pl.DataFrame
    scored: pl.DataFrame
    law: pl.DataFrame


def evidence_bits() -> pl.Expr:
    """Log2 odds of a pair: from its (calibrated) probability, from the match weight where that has saturated."""
    probability = pl.col("probability")
    odds = (probability / (1 - probability)).log(2)
    saturated = (probability < SATURATED) | (probability > 1 - SATURATED)
    return pl.when(saturated).then(pl.col("match_weight")).otherwise(odds)


CORROBORATION = 4.0
"""Bits that something else than the name must add before a pair joins two nodes by itself. A name alone is judged in
the second pass, by everything that either cluster has gathered."""

NAME_AGREES = 8.0
"""Bits of two whole names that are equal or sound alike; below are slips, and brothers, who differ by one sign."""

OWN_SIGNS = ("weight_id", "weight_birth")
"""What is a person's own; the family shares phone, room and kin."""

FAMILY_SIGNS = ("weight_phone", "weight_address", "weight_kin")


def pair_evidence(features: pl.DataFrame) -> pl.Expr:
    """Evidence of a pair by itself: at most silent where too little beside the name supports it.

    Args:
        features: ``node, names``: whose whole name is known.
    """
    whole = features.filter(pl.col("names").list.len() > 0)["node"].implode()
    named = (
        (pl.col("weight_name") >= NAME_AGREES) & pl.col("left_node").is_in(whole) & pl.col("right_node").is_in(whole)
    )
    own, family = pl.max_horizontal(OWN_SIGNS), pl.max_horizontal(FAMILY_SIGNS)
    corroborated = (own >= CORROBORATION) | (named & (family >= CORROBORATION))
    return pl.when(corroborated).then(evidence_bits()).otherwise(evidence_bits().clip(upper_bound=0.0))


def bits(probability: float) -> float:
    """Log2 odds of a probability."""
    return math.log2(probability / (1 - probability))


def bounds_of(features: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame | None) -> pl.DataFrame:
    """All bounds of the night: decisions, row mates, and pairs of which one names the other as kin."""
    beside = named_beside(features, pairs)
    return beside if decisions is None else pl.concat([decisions.select(beside.columns).cast(beside.schema), beside])


def gather_evidence(
    features: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame | None, threshold: float
) -> Evidence:
    """Index pairs and bounds by rows of the sorted features, and find the components.

    Args:
        features: one row per node, from ``constraints.node_features``.
        pairs: ``left_node, right_node, match_weight, probability`` and one weight per comparison.
        decisions: ``left_node, right_node, answer``, or None.
        threshold: evidence in bits from which a pair supports a merge.
    """
    table = features.sort("node")
    index = table.select("node").with_row_index("i")
    ends = ["left", "right"]
    told = pairs.select("left_node", "right_node", evidence=pair_evidence(table))
    scored = _indexed(told, index).select(*ends, "evidence").sort(*ends, "evidence")
    law = _indexed(bounds_of(features, pairs, decisions), index).select(*ends, "answer").unique().sort(*ends, "answer")
    group = label_components(table.height, ends_of(law, "same"))
    support = scored.filter(pl.col("evidence") >= threshold)
    supports = support["left"].cast(pl.Int64).to_numpy(), support["right"].cast(pl.Int64).to_numpy()
    component = label_components(table.height, supports, group)
    home = pl.Series("component", component, dtype=pl.UInt32)
    placed = scored.with_columns(component=home.gather(scored["left"]), other=home.gather(scored["right"]))
    return Evidence(
        table.with_columns(group=pl.Series(group, dtype=pl.UInt32), component=home),
        placed.filter(pl.col("component") == pl.col("other")).drop("other"),
        law,
    )


def _indexed(pairs: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    return pairs.join(index.rename({"node": "left_node", "i": "left"}), on="left_node", how="inner").join(
        index.rename({"node": "right_node", "i": "right"}), on="right_node", how="inner"
    )


def ends_of(law: pl.DataFrame, answer: str) -> Ends:
    """Rows that one answer of the bounds concerns."""
    rows = law.filter(pl.col("answer") == answer)
    return rows["left"].cast(pl.Int64).to_numpy(), rows["right"].cast(pl.Int64).to_numpy()


def label_components(size: int, ends: Ends, start: Rows | None = None) -> Rows:
    """Label rows by connected component, each label being the smallest row in it; ``start`` labels stay together."""
    left, right = ends
    rows = np.arange(size, dtype=np.int64)
    if start is not None:
        left, right = np.concatenate([left, rows]), np.concatenate([right, start])
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, label, rows)
    return np.asarray(smallest[label], dtype=np.int64)
