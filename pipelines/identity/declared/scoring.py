"""Candidate pairs, levels, weights: from prepared records to scored pairs."""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from pipelines.identity.candidates.blocking import Candidates
from pipelines.identity.candidates.blocks import block_pairs
from pipelines.identity.declared.model import PassModel
from pipelines.identity.declared.records import Records
from pipelines.identity.scoring.score import MAX_BITS, level_weight


def candidates(records: Records) -> Candidates:
    """Return the pairs that any declared rule brings together, and what its bounds drop.

    Returns:
        As `candidate_pairs` of the night: `left_node < right_node`, sorted, each with its first rule.
    """
    parts, counts = [], []
    for order, rule in enumerate(records.definition.blocking):
        pairs, count = block_pairs(records.keys(rule), rule.name, rule.bound)
        parts.append(pairs.with_columns(order=pl.lit(order, dtype=pl.UInt8)))
        counts.append(count)
    names = {order: rule.name for order, rule in enumerate(records.definition.blocking)}
    united = (
        pl.concat(parts)
        .group_by("left_node", "right_node")
        .agg(pl.col("order").min())
        .sort("left_node", "right_node")
        .select("left_node", "right_node", rule=pl.col("order").replace_strict(names, return_dtype=pl.String))
    )
    return Candidates(united, pl.DataFrame(counts))


def compare(records: Records, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `level_<comparison>` (Int8) for every declared comparison."""
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left_node", "right_node"))
    return pairs.with_columns(
        pl.Series(f"level_{part.name}", records.levels(part, left, right), dtype=pl.Int8)
        for part in records.definition.comparisons
    )


def frequencies(records: Records) -> dict[str, pl.DataFrame]:
    """`value, tf` by column: the share of rows with the value among rows with any."""
    return {column: records.shares(column) for column in records.definition.frequency_columns}


def with_frequencies(records: Records, pairs: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Add `tf_<column>` for every counted column: the larger of both sides."""
    left, right = (pairs[side].to_numpy() for side in ("left_node", "right_node"))
    added = []
    for column, table in tables.items():
        values = records.values(column)
        share = values.join(table, on="value", how="left", maintain_order="left")["tf"]
        sides = pl.DataFrame({"l": share.gather(left), "r": share.gather(right)})
        added.append(sides.select(pl.max_horizontal("l", "r").alias(f"tf_{column}")).to_series())
    return pairs.with_columns(added)


def weigh(pairs: pl.DataFrame, model: PassModel) -> pl.DataFrame:
    """Add `weight_<comparison>`, `match_weight` (bits, prior included) and `probability`."""
    weighed = pairs.with_columns(level_weight(part, {}).alias(f"weight_{part.name}") for part in model.comparisons)
    prior = math.log2(model.prior / (1 - model.prior))
    total = pl.lit(prior) + pl.sum_horizontal(f"weight_{part.name}" for part in model.comparisons)
    odds = pl.lit(2.0).pow(pl.col("match_weight").clip(-MAX_BITS, MAX_BITS))
    return weighed.with_columns(match_weight=total).with_columns(probability=odds / (1 + odds))


def score(records: Records, model: PassModel, pairs: pl.DataFrame) -> pl.DataFrame:
    """Compare and weigh pairs of nodes."""
    return weigh(with_frequencies(records, compare(records, pairs), frequencies(records)), model)
