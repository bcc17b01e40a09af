"""Levels to weights to probability: one pure function over a frame of compared pairs.

Fellegi-Sunter with a third class. Two nodes are one person (m), two strangers (u), or two persons of one household
(h), who share room, phone, kin and surname without being one person. Without that class every father and son would be
linked: independence holds among strangers and fails at home. The correction is a column of its own, so that all
others equal what Splink computes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.identity.scoring.model import ComparisonModel, Model

# Beyond this many bits either way a probability is 0 or 1 in doubles, and powers of two overflow.
MAX_BITS = 300.0
Chances = Mapping[tuple[str, str], float]
WEIGHTS = tuple(f"weight_{comparison.name}" for comparison in COMPARISONS)


def add_frequencies(pairs: pl.DataFrame, features: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Join what a level may ask for, `tf_name, tf_pinyin, tf_surname, tf_given`: the larger of both sides."""
    frame = features.select("node", *night.frequencies)
    for column, table in night.frequencies.items():
        frame = frame.join(table.rename({"value": column, "tf": f"tf_{column}"}), on=column, how="left")
    columns = [f"tf_{column}" for column in night.frequencies]
    sides = frame.select("node", *columns)
    joined = pairs.join(sides, left_on="left_node", right_on="node", how="left", maintain_order="left").join(
        sides, left_on="right_node", right_on="node", how="left", maintain_order="left", suffix="_r"
    )
    largest = [pl.max_horizontal(column, f"{column}_r").alias(column) for column in columns]
    return joined.with_columns(largest).drop(f"{column}_r" for column in columns)


def score(pairs: pl.DataFrame, model: Model, night: Night) -> pl.DataFrame:
    """Apply the model to compared pairs.

    Args:
        pairs: `left_node, right_node, rule`, `level_<comparison>` (Int8) and `tf_<column>` (Float64, null when
        unknown).
        model: the chances of every level on this night (`habits.tonight`).
        night: the prior and the chance of house-mates.

    Returns:
        `left_node, right_node, match_weight, probability, rule`, one `weight_<comparison>` each (log2 Bayes factors;
        0 when not comparable) and `weight_household` (what speaks for two house-mates; hardly above 0). `match_weight`
        is the log2 odds: prior plus all weights.
    """
    weights = {part.name: level_weight(part) for part in model.comparisons}
    at_home = pl.sum_horizontal(household_ratio(part) for part in model.comparisons)
    scored = pairs.with_columns(
        **{f"weight_{name}": weight for name, weight in weights.items()},
        at_home=at_home,
    )
    share = night.household
    household = -(1 - share + share * pl.lit(2.0).pow(pl.col("at_home").clip(-MAX_BITS, MAX_BITS))).log(2)
    scored = scored.with_columns(weight_household=household)
    prior = math.log2(night.prior / (1 - night.prior))
    match_weight = pl.lit(prior) + pl.sum_horizontal(*WEIGHTS, "weight_household")
    odds = pl.lit(2.0).pow(pl.col("match_weight").clip(-MAX_BITS, MAX_BITS))
    return (
        scored.with_columns(match_weight=match_weight)
        .with_columns(probability=odds / (1 + odds))
        .select("left_node", "right_node", "match_weight", "probability", "rule", *WEIGHTS, "weight_household")
    )


def level_weight(part: ComparisonModel, chances: Chances = MappingProxyType({})) -> pl.Expr:
    """The weight of a comparison in bits: log2(m/u) by level, the term frequency in place of u where one is named.

    Args:
        part: the comparison with its chances.
        chances: (comparison, level) -> u that replaces the model's own.

    Returns:
        An expression over `level_<name>` and, for levels with a frequency, `tf_<column>` (null: the level's own u).
    """
    ratios, columns = {}, {}
    for place, level in enumerate(part.levels):
        if level.m is None or level.u is None:
            continue
        ratios[place] = math.log2(level.m / chances.get((part.name, level.label), level.u))
        if level.frequency is not None:
            columns[place] = (level.frequency, math.log2(level.m))
    code = pl.col(f"level_{part.name}")
    weight = code.replace_strict(ratios, default=0.0, return_dtype=pl.Float64)
    for place, (column, log_m) in columns.items():
        frequency = pl.col(f"tf_{column}")
        weight = (
            pl.when((code == place) & frequency.is_not_null()).then(pl.lit(log_m) - frequency.log(2)).otherwise(weight)
        )
    return weight


def household_ratio(part: ComparisonModel) -> pl.Expr:
    """log2(h/u) by level, as `level_weight`: how much likelier house-mates show the level than strangers."""
    ratios, columns = {}, {}
    for place, level in enumerate(part.levels):
        if level.h is None or level.u is None:
            continue
        ratios[place] = math.log2(level.h / level.u)
        if level.frequency is not None:
            columns[place] = (level.frequency, level.h)
    code = pl.col(f"level_{part.name}")
    ratio = code.replace_strict(ratios, default=0.0, return_dtype=pl.Float64)
    for place, (column, chance) in columns.items():
        frequency = pl.col(f"tf_{column}")
        # House-mates may bear one name as strangers may; kinship only adds to it.
        kinship = (pl.max_horizontal(pl.lit(chance), frequency) / frequency).log(2)
        ratio = pl.when((code == place) & frequency.is_not_null()).then(kinship).otherwise(ratio)
    return ratio
