"""Nodes and scored pairs to clusters, one cluster a person, under constraints.

The good path is vectorised: a component of the link graph in which nothing disagrees is a cluster as it stands.
Only components with a conflict, a negative pair or a long thin bridge go through the agglomeration.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.identity.clustering.agglomerate import BRIDGE_EXTRA, agglomerate
from pipelines.identity.clustering.state import SLIPS, ClusterState
from pipelines.normalise.ids import ID_LENGTH

FALSE_MERGE_COST = 3.0
"""What a false merge costs against a missed link. A missed link doubles a record, and any later night may still make
it; a false merge gives somebody the home, phone and benefits of another, and spoils two records."""

LINK_PROBABILITY = FALSE_MERGE_COST / (1 + FALSE_MERGE_COST)
"""Probability from which a join costs less than leaving it: (1 - p) times the cost of a false merge against p. It holds
because probabilities are calibrated against all other candidates (``calibration``); pair F1 is nearly flat from .6 to
.9, so that the cost may decide."""

GREY_ZONE = (0.1, 0.9)
"""Pairs between these probabilities go to a steward: outside, an answer changes the outcome less than once in ten."""

SATURATED = 1e-9
"""Beyond 1e-9 of 0 or 1 the probability has lost digits, and the match weight itself orders the evidence."""

APART = ("different", "same_row")
"""Answers that keep two nodes apart: a steward's no, and that one row names both side by side."""

CLUSTER_SCHEMA = pl.Schema({"node": pl.UInt32(), "cluster": pl.UInt32()})
REFUSAL_SCHEMA = pl.Schema(
    {
        "left_cluster": pl.UInt32(),
        "right_cluster": pl.UInt32(),
        "linkage": pl.Float64(),
        "constraint": pl.String(),
    }
)


@dataclass(frozen=True)
class Clustering:
    """The outcome of clustering.

    Attributes:
        assignment: one row per node: ``node, cluster``; a cluster is named by its smallest node.
        refusals: pairs of clusters that evidence would have joined: ``left_cluster, right_cluster, linkage`` (bits)
            and the ``constraint`` that acted.
    """

    assignment: pl.DataFrame
    refusals: pl.DataFrame


def evidence_bits() -> pl.Expr:
    """Log2 odds of a pair: from its (calibrated) probability, from the match weight where that has saturated."""
    probability = pl.col("probability")
    odds = (probability / (1 - probability)).log(2)
    saturated = (probability < SATURATED) | (probability > 1 - SATURATED)
    return pl.when(saturated).then(pl.col("match_weight")).otherwise(odds)


def bits(probability: float) -> float:
    """Log2 odds of a probability."""
    return math.log2(probability / (1 - probability))


def cluster(features: pl.DataFrame, pairs: pl.DataFrame, decisions: pl.DataFrame | None = None) -> Clustering:
    """Cluster nodes under constraints; the result does not depend on the order of rows.

    Args:
        features: one row per node, from ``constraints.node_features``.
        pairs: scored pairs: ``left_node, right_node, match_weight, probability``.
        decisions: ``left_node, right_node, answer``: a steward's ``same`` and ``different``, and ``same_row`` of
            ``constraints.row_mates``; None for none.

    Returns:
        Every node of ``features`` in exactly one cluster, and what was refused.
    """
    features = features.sort("node")
    index = features.select("node").with_row_index("i")
    scored = _indexed(pairs.with_columns(evidence=evidence_bits()), index).sort("left", "right", "evidence")
    law = _indexed(decisions, index) if decisions is not None else None
    threshold = bits(LINK_PROBABILITY)
    group = _components(features.height, _ends(law, "same"))
    link = scored.filter(pl.col("evidence") >= threshold)
    component = _components(features.height, (link["left"].to_numpy(), link["right"].to_numpy()), group)
    table = features.with_columns(
        group=pl.Series(group, dtype=pl.UInt32), component=pl.Series(component, dtype=pl.UInt32)
    )
    scored = scored.with_columns(component=pl.Series(component[scored["left"].to_numpy()], dtype=pl.UInt32)).filter(
        pl.Series(component[scored["left"].to_numpy()] == component[scored["right"].to_numpy()])
    )
    troubled = _troubled(table, scored, law, component, threshold)
    label, refused = _agglomerate_all(table, scored, law, troubled, threshold)
    return _named(features, label, refused)


def _indexed(pairs: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    return pairs.join(index.rename({"node": "left_node", "i": "left"}), on="left_node", how="inner").join(
        index.rename({"node": "right_node", "i": "right"}), on="right_node", how="inner"
    )


Ends = tuple["np.ndarray[tuple[int], np.dtype[np.int64]]", "np.ndarray[tuple[int], np.dtype[np.int64]]"]


def _ends(law: pl.DataFrame | None, answer: str) -> Ends:
    if law is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows = law.filter(pl.col("answer") == answer).sort("left", "right")
    return rows["left"].cast(pl.Int64).to_numpy(), rows["right"].cast(pl.Int64).to_numpy()


def _components(
    size: int, ends: Ends, start: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Label rows by connected component, each label being the smallest row in it."""
    left, right = ends
    rows = np.arange(size, dtype=np.int64)
    if start is not None:
        left, right = np.concatenate([left, rows]), np.concatenate([right, start])
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, label, rows)
    return smallest[label]


def _troubled(
    table: pl.DataFrame,
    scored: pl.DataFrame,
    law: pl.DataFrame | None,
    component: np.ndarray[tuple[int], np.dtype[np.int64]],
    threshold: float,
) -> pl.Series:
    """Components that cannot be taken as they stand."""
    by_component = table.group_by("component").agg(
        nodes=pl.len(),
        numbers=pl.col("numbers").explode().drop_nulls().n_unique(),
        sexes=pl.col("sex").drop_nulls().n_unique(),
        births=pl.col("birth").drop_nulls().n_unique(),
    )
    disputed = by_component.filter((pl.col("numbers") > 1) | ((pl.col("sexes") > 1) & (pl.col("births") > 1)))
    weakest = scored.group_by("component").agg(
        low=pl.col("evidence").min(), thin=(pl.col("evidence") < threshold + BRIDGE_EXTRA).any()
    )
    uneasy = weakest.join(by_component, on="component").filter(
        (pl.col("nodes") > 2) & ((pl.col("low") < threshold) | ((pl.col("nodes") > 3) & pl.col("thin")))
    )
    found = [disputed["component"], uneasy["component"], _digits_apart(table)]
    for answer in APART:
        left, right = _ends(law, answer)
        found.append(pl.Series(component[left[component[left] == component[right]]], dtype=pl.UInt32))
    return pl.concat([series.rename("component") for series in found]).unique().sort()


def _digits_apart(table: pl.DataFrame) -> pl.Series:
    """Components whose numbers, masks and passports show different signs at more places than a slip explains."""
    texts = table.select("component", text=pl.concat_list("numbers", "patterns")).explode("text").drop_nulls().unique()
    several = texts.filter(pl.len().over("component") > 1)
    known = [pl.col("text").str.slice(place, 1).replace({"*": None, "": None}) for place in range(ID_LENGTH)]
    apart = [sign.drop_nulls().n_unique().gt(1).cast(pl.Int32).alias(str(place)) for place, sign in enumerate(known)]
    places = several.group_by("component").agg(apart)
    return places.filter(pl.sum_horizontal(pl.exclude("component")) > SLIPS)["component"]


def _agglomerate_all(
    table: pl.DataFrame, scored: pl.DataFrame, law: pl.DataFrame | None, troubled: pl.Series, threshold: float
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[tuple[int, int, float, str]]]:
    label = table["component"].cast(pl.Int64).to_numpy().copy()
    group = table["group"].to_list()
    rows = table.with_row_index("i").filter(pl.col("component").is_in(troubled.implode()))
    forbidden, row_mates = (_apart(law, answer) for answer in APART)
    states: dict[int, dict[int, ClusterState]] = {}
    for i, home, g, numbers, sex, birth, patterns in rows.select(
        "i", "component", "group", "numbers", "sex", pl.col("birth").cast(pl.Int32), "patterns"
    ).iter_rows():
        persons = frozenset() if sex is None or birth is None else frozenset({(sex, birth)})
        state = ClusterState(
            {i}, frozenset(numbers), persons, set(forbidden.get(i, ())), set(row_mates.get(i, ())), frozenset(patterns)
        )
        near = states.setdefault(home, {})
        if g in near:
            near[g].absorb(state)
        else:
            near[g] = state
    edges: dict[int, list[tuple[int, int, float]]] = {home: [] for home in states}
    hard = scored.filter(pl.col("component").is_in(troubled.implode()))
    for home, left, right, evidence in hard.select("component", "left", "right", "evidence").iter_rows():
        edges[home].append((group[left], group[right], evidence))
    refused: list[tuple[int, int, float, str]] = []
    for home in sorted(states):
        clusters, refusals = agglomerate(states[home], edges[home], threshold)
        for name, state in clusters.items():
            label[list(state.nodes)] = name
        refused.extend((r.left, r.right, r.linkage, r.constraint) for r in refusals)
    return label, refused


def _apart(law: pl.DataFrame | None, answer: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for left, right in zip(*(ends.tolist() for ends in _ends(law, answer)), strict=True):
        found.setdefault(left, []).append(right)
        found.setdefault(right, []).append(left)
    return found


def _named(
    features: pl.DataFrame,
    label: np.ndarray[tuple[int], np.dtype[np.int64]],
    refused: list[tuple[int, int, float, str]],
) -> Clustering:
    nodes = features["node"].cast(pl.UInt32)
    assignment = pl.DataFrame({"node": nodes, "cluster": nodes.gather(pl.Series(label))}, schema=CLUSTER_SCHEMA)
    rows = pl.DataFrame(refused, schema=["l", "r", "linkage", "constraint"], orient="row") if refused else None
    if rows is None:
        return Clustering(assignment, pl.DataFrame(schema=REFUSAL_SCHEMA))
    refusals = rows.select(
        left_cluster=nodes.gather(rows["l"]),
        right_cluster=nodes.gather(rows["r"]),
        linkage="linkage",
        constraint="constraint",
    ).cast(REFUSAL_SCHEMA)
    return Clustering(assignment, refusals.sort("left_cluster", "right_cluster"))
