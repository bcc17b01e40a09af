"""Scored pairs of a declared table to clusters: components at the threshold, inside them the night's agglomeration."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.identity.clustering.agglomerate import agglomerate
from pipelines.identity.clustering.state import ClusterState

Labels = npt.NDArray[np.int64]

LARGEST_COMPLETED = 500
"""Rows of the largest component in which every pair is compared (125,000 pairs). A larger one is the work of a value
that many share; it is cut by the pairs that were blocked."""


def unmet_pairs(scored: pl.DataFrame, height: int, false_merge_cost: float) -> pl.DataFrame:
    """Pairs that may come into one cluster although no block brought them together.

    Two groups of ten rows that one pair ties are judged by that pair alone, unless the other ninety-nine are asked too.

    Args:
        scored: `left_node, right_node, match_weight`, the pairs of the blocks.
        height: number of rows.
        false_merge_cost: as for `cluster`; components are those at its threshold.

    Returns:
        `left_node < right_node, rule` (`component`), sorted: all pairs inside a component that `scored` does not have.
    """
    strong = scored.filter(pl.col("match_weight") >= math.log2(false_merge_cost))
    label = pl.Series("home", _components(height, strong))
    members = pl.DataFrame({"node": np.arange(height), "home": label}).with_columns(pl.col("node").cast(pl.UInt32))
    members = members.filter(pl.len().over("home").is_between(3, LARGEST_COMPLETED))
    inside = members.join(members, on="home", suffix="_r").filter(pl.col("node") < pl.col("node_r"))
    return (
        inside.select(left_node="node", right_node="node_r", rule=pl.lit("component"))
        .join(scored, on=["left_node", "right_node"], how="anti")
        .sort("left_node", "right_node")
    )


def cluster(scored: pl.DataFrame, height: int, false_merge_cost: float) -> pl.DataFrame:
    """Cluster rows 0..height-1 by scored pairs.

    Args:
        scored: `left_node, right_node, match_weight` (bits, prior included), each pair once.
        height: number of rows.
        false_merge_cost: what a false merge costs against a missed link. Merging pays from the probability
            cost / (1 + cost) on, which is log2(cost) bits: the one threshold, and no truth in it.

    Returns:
        `node, cluster` (UInt32), one row a node, sorted; a cluster is named by its smallest node. It does not depend on
        the order of pairs.
    """
    threshold = math.log2(false_merge_cost)
    strong = scored.filter(pl.col("match_weight") >= threshold)
    label = _components(height, strong)
    home = pl.Series("home", label)
    inside = scored.select("left_node", "right_node", "match_weight", home=home.gather(scored["left_node"])).filter(
        pl.col("home") == home.gather(scored["right_node"])
    )
    # Where all pairs of two or three rows agree, agglomeration can only join them.
    sized = inside.with_columns(weakest=pl.col("match_weight").min().over("home"), pairs=pl.len().over("home"))
    uneasy = sized.filter((pl.col("weakest") < threshold) | (pl.col("pairs") > 3)).sort(
        "home", "left_node", "right_node"
    )
    for pairs in uneasy.partition_by("home", maintain_order=True):
        edges = list(pairs.select("left_node", "right_node", "match_weight").iter_rows())
        states = {node: ClusterState({node}) for edge in edges for node in edge[:2]}
        found, _ = agglomerate(states, edges, threshold)
        for name, state in found.items():
            label[list(state.nodes)] = name
    nodes = pl.DataFrame({"node": np.arange(height), "cluster": label}).cast(pl.UInt32)
    return nodes.with_columns(cluster=pl.col("node").min().over("cluster"))


def _components(height: int, links: pl.DataFrame) -> Labels:
    """Label rows by connected component, each label being the smallest row in it."""
    ends = tuple(links[side].to_numpy().astype(np.int64) for side in ("left_node", "right_node"))
    graph = coo_array((np.ones(links.height, dtype=np.int8), ends), shape=(height, height))
    count, found = connected_components(graph, directed=False)
    smallest = np.full(count, height, dtype=np.int64)
    np.minimum.at(smallest, found, np.arange(height, dtype=np.int64))
    return np.asarray(smallest[found], dtype=np.int64)
