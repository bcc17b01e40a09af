"""Judge clusters and scored pairs against the truth: pairs, B-cubed, precision and recall, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


def judge(clusters: pl.Series, truth: pl.Series, rows: pl.Series | None = None) -> dict[str, float]:
    """Pair and B-cubed precision, recall and F1 of a clustering.

    Args:
        clusters: the cluster of every row.
        truth: the person of every row.
        rows: mask of rows to judge; every one of their pairs counts by half, so that two halves make the whole.
    """
    sized = pl.DataFrame({"cluster": clusters, "person": truth}).with_columns(
        said=pl.len().over("cluster"), meant=pl.len().over("person"), right=pl.len().over("cluster", "person")
    )
    if rows is not None:
        sized = sized.filter(rows)
    right, said, meant = (float((sized[name].cast(pl.Int64) - 1).sum()) for name in ("right", "said", "meant"))
    shares = sized.select(p=(pl.col("right") / pl.col("said")).mean(), r=(pl.col("right") / pl.col("meant")).mean())
    found = {"precision": right / max(said, 1.0), "recall": right / max(meant, 1.0)}
    found["f1"] = _f1(found["precision"], found["recall"])
    found["b3_precision"], found["b3_recall"] = shares.row(0)
    found["b3"] = _f1(found["b3_precision"], found["b3_recall"])
    return {name: round(value, 4) for name, value in found.items()}


def components(scored: pl.DataFrame, rows: int, threshold: float) -> pl.Series:
    """Label rows by connected component of pairs at or above a probability, which is how Splink clusters."""
    links = scored.filter(pl.col("probability") >= threshold)
    ends = (links["left_row"].to_numpy().astype(np.int64), links["right_row"].to_numpy().astype(np.int64))
    graph = coo_array((np.ones(links.height, dtype=np.int8), ends), shape=(rows, rows))
    return pl.Series("cluster", connected_components(graph, directed=False)[1])


def judged_pairs(scored: pl.DataFrame, truth: pl.Series) -> pl.DataFrame:
    """`probability, same` of every scored pair, likeliest first."""
    same = truth.gather(scored["left_row"]) == truth.gather(scored["right_row"])
    return scored.select("probability", same=same).sort("probability", descending=True)


def precision_recall(pairs: pl.DataFrame, truth: pl.Series, points: int = 80) -> list[tuple[float, float]]:
    """Recall and precision of pairs alone, before any clustering, down the list; recall is over all true pairs."""
    counts = truth.value_counts()["count"].cast(pl.Int64)
    all_pairs = float((counts * (counts - 1) // 2).sum())
    right = pairs["same"].cast(pl.Int64).cum_sum().to_numpy()
    places = np.unique(np.geomspace(max(len(right) // 2000, 1), len(right), points).astype(int)) - 1
    return [(round(right[at] / all_pairs, 4), round(right[at] / (at + 1), 4)) for at in places]


def calibration(pairs: pl.DataFrame) -> dict[str, Any]:
    """Observed against said probability by bin, and the expected calibration error over pairs from 0.02 up."""
    cut = pairs.filter(pl.col("probability") >= BINS[1]).with_columns(
        bin=pl.col("probability").cut(list(BINS[1:-1]), left_closed=True).to_physical()
    )
    bins = (
        cut.group_by("bin")
        .agg(pairs=pl.len(), said=pl.col("probability").mean(), seen=pl.col("same").mean())
        .sort("bin")
        .drop("bin")
    )
    error = float(((bins["said"] - bins["seen"]).abs() * bins["pairs"]).sum()) / max(cut.height, 1)
    return {"error": round(error, 4), "bins": bins.to_dicts()}


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(precision + recall, 1e-12)
