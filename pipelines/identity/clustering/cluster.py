"""Nodes and scored pairs to clusters, one cluster a person, under constraints.

The good path is vectorised: a component of the link graph in which nothing disagrees is a cluster as it stands.
Only components with a conflict, a negative pair or a long thin bridge are cut by ``agglomerate``, and of those only
such as last night did not hold with the very same content.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.clustering.agglomerate import agglomerate
from pipelines.identity.clustering.answers import (
    ANSWER_SCHEMA,
    Partition,
    as_answers,
    fingerprints,
    from_answers,
    local_ranks,
)
from pipelines.identity.clustering.evidence import APART, Evidence, bits, ends_of, gather_evidence
from pipelines.identity.clustering.state import ClusterState, node_states
from pipelines.identity.clustering.trouble import troubled_components

FALSE_MERGE_COST = 3.0
"""What a false merge costs against a missed link. A missed link doubles a record, and any later night may still make
it; a false merge gives somebody the home, phone and benefits of another, and spoils two records."""

LINK_PROBABILITY = FALSE_MERGE_COST / (1 + FALSE_MERGE_COST)
"""Probability from which a join costs less than leaving it: (1 - p) times the cost of a false merge against p. It holds
because probabilities are calibrated against all other candidates (``calibration``); pair F1 is nearly flat from .6 to
.9, so that the cost may decide."""

GREY_ZONE = (0.1, 0.9)
"""Pairs between these probabilities go to a steward: outside, an answer changes the outcome less than once in ten."""

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
        answers: what the next night may be given as ``known`` (``answers.ANSWER_SCHEMA``): one row per component that
            had to be cut.
    """

    assignment: pl.DataFrame
    refusals: pl.DataFrame
    answers: pl.DataFrame


def cluster(
    features: pl.DataFrame,
    pairs: pl.DataFrame,
    decisions: pl.DataFrame | None = None,
    known: pl.DataFrame | None = None,
) -> Clustering:
    """Cluster nodes under constraints; the result does not depend on the order of rows, nor on ``known``.

    Args:
        features: one row per node, from ``constraints.node_features``.
        pairs: scored pairs: ``left_node, right_node, match_weight, probability``.
        decisions: ``left_node, right_node, answer``: a steward's ``same`` and ``different``, and ``same_row`` of
            ``constraints.row_mates``; None for none.
        known: the ``answers`` of an earlier call of the same release; None for none.

    Returns:
        Every node of ``features`` in exactly one cluster, and what was refused.
    """
    threshold = bits(LINK_PROBABILITY)
    evidence = gather_evidence(features, pairs, decisions, threshold)
    ranks = local_ranks(evidence, troubled_components(evidence, threshold))
    prints = fingerprints(evidence, ranks)
    held = from_answers(pl.DataFrame(schema=ANSWER_SCHEMA) if known is None else known, ranks, prints)
    left = ranks.join(held.labels, on="i", how="anti")
    partition = held.joined(_agglomerate_all(evidence, left["component"].unique().sort(), threshold))
    return _named(evidence, partition, as_answers(partition, ranks, prints))


def _agglomerate_all(evidence: Evidence, components: pl.Series, threshold: float) -> Partition:
    states, edges = _states(evidence, components), _edges(evidence, components)
    labels: list[tuple[int, int]] = []
    refused: list[tuple[int, int, int, float, str]] = []
    for home in sorted(states):
        clusters, refusals = agglomerate(states[home], edges.get(home, []), threshold)
        labels.extend((node, name) for name, state in clusters.items() for node in state.nodes)
        refused.extend((home, r.left, r.right, r.linkage, r.constraint) for r in refusals)
    return Partition.of(labels, refused)


def _states(evidence: Evidence, components: pl.Series) -> dict[int, dict[int, ClusterState]]:
    """Starting clusters by component and smallest row: one a row, or one for all that a steward joined."""
    rows = evidence.table.with_row_index("i").filter(pl.col("component").is_in(components.implode()))
    states: dict[int, dict[int, ClusterState]] = {}
    forbidden, row_mates = (_apart(evidence.law, answer) for answer in APART)
    for home, group, i, state in node_states(rows):
        state.forbidden.update(forbidden.get(i, ()))
        state.row_mates.update(row_mates.get(i, ()))
        near = states.setdefault(home, {})
        if group in near:
            near[group].absorb(state)
        else:
            near[group] = state
    return states


def _edges(evidence: Evidence, components: pl.Series) -> dict[int, list[tuple[int, int, float]]]:
    group = evidence.table["group"]
    hard = evidence.scored.filter(pl.col("component").is_in(components.implode()))
    told = hard.with_columns(left=group.gather(hard["left"]), right=group.gather(hard["right"]))
    edges: dict[int, list[tuple[int, int, float]]] = {}
    for home, left, right, weight in told.select("component", "left", "right", "evidence").iter_rows():
        edges.setdefault(home, []).append((left, right, weight))
    return edges


def _apart(law: pl.DataFrame, answer: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for left, right in zip(*(ends.tolist() for ends in ends_of(law, answer)), strict=True):
        found.setdefault(left, []).append(right)
        found.setdefault(right, []).append(left)
    return found


def _named(evidence: Evidence, partition: Partition, answers: pl.DataFrame) -> Clustering:
    nodes = evidence.table["node"].cast(pl.UInt32)
    label = evidence.table["component"].clone().scatter(partition.labels["i"], partition.labels["label"])
    assignment = pl.DataFrame({"node": nodes, "cluster": nodes.gather(label)}, schema=CLUSTER_SCHEMA)
    refused = partition.refusals
    refusals = refused.select(
        left_cluster=nodes.gather(refused["left"]),
        right_cluster=nodes.gather(refused["right"]),
        linkage="linkage",
        constraint="constraint",
    ).cast(REFUSAL_SCHEMA)
    return Clustering(assignment, refusals.sort("left_cluster", "right_cluster"), answers)
