"""Train a declared linkage without truth: m by Splink's EM, one session a rule; u from random pairs; the prior by EM.

Random pairs of a table with many rows a person hold pairs of one person, and exactly those show the rare levels. So u
counts every random pair by its chance to be two persons, under the model of the round before.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from pipelines.identity.declared.definition import DeclaredComparison, Definition
from pipelines.identity.declared.link import link_once
from pipelines.identity.declared.model import DeclaredModel, PassModel
from pipelines.identity.declared.records import Records
from pipelines.identity.declared.scoring import candidates, compare, frequencies, weigh, with_frequencies
from pipelines.identity.declared.sessions import Chances, learn_m
from pipelines.identity.scoring.model import ComparisonModel, LevelModel

SEED = 20251101
RANDOM_PAIRS = 2_000_000  # at most; a small table has fewer
ROUNDS = 2
# A level that no pair showed is rare, not impossible.
PSEUDO_COUNT = 0.5
PRIOR_ROUNDS = 8


def train(source: pl.DataFrame, definition: Definition, *, seed: int = SEED) -> DeclaredModel:
    """Train a model on the table it is to link.

    Args:
        source: one row a record; see `Records`.
        definition: the declared linkage.
        seed: of the random pairs.

    Returns:
        The model; the same rows and seed give the same model, in whatever order they come.

    Raises:
        ConfigError: a comparison was taught by no session, for want of pairs.
    """
    passes: list[PassModel] = []
    with Records(source, definition) as records:
        passes.append(_train_pass(records, None, seed))
        if definition.revise:
            _, _, found = link_once(records, passes[0])
            records.revise(found)
            passes.append(_train_pass(records, found["cluster"], seed))
    provenance = {
        "tool": "Splink 5 (EM); strangers from random pairs",
        "rows": source.height,
        "rounds": ROUNDS,
        "sessions": [rule.sql for rule in definition.training],
        "seed": seed,
    }
    return DeclaredModel(name=definition.name, passes=tuple(passes), provenance=provenance)


def _train_pass(records: Records, known: pl.Series | None, seed: int) -> PassModel:
    """Train one pass; `known` are the clusters of the pass before, by node."""
    parts = records.definition.comparisons
    tables = frequencies(records)
    strangers = with_frequencies(records, compare(records, _random_pairs(records.height, seed)), tables)
    blocked = with_frequencies(records, compare(records, candidates(records).pairs), tables)
    u, prior = (
        _chances(strangers, None if known is None else _apart(strangers, known), parts),
        min(1 / records.height, 0.5),
    )
    for _ in range(ROUNDS if known is None else 1):
        m = learn_m(records, u)
        prior = _prior(blocked, _pass_model(records, m, u, prior), records.height)
        doubt = 1 - weigh(strangers, _pass_model(records, m, u, prior))["probability"]
        u = _chances(strangers, doubt, parts)
    return _pass_model(records, m, u, prior)


def _apart(pairs: pl.DataFrame, cluster_of: pl.Series) -> pl.Series:
    """1 for pairs of two clusters, 0 inside one."""
    left, right = (cluster_of.gather(pairs[side]) for side in ("left_node", "right_node"))
    return (left != right).cast(pl.Float64)


def _chances(levels: pl.DataFrame, weights: pl.Series | None, parts: tuple[DeclaredComparison, ...]) -> Chances:
    return {part.name: _shares(levels[f"level_{part.name}"], weights, part) for part in parts}


def _random_pairs(height: int, seed: int) -> pl.DataFrame:
    count = min(RANDOM_PAIRS, height * (height - 1) // 2)
    drawn = np.random.default_rng(seed).integers(0, height, size=(2, count))
    drawn = drawn[:, drawn[0] != drawn[1]]
    return pl.DataFrame(
        {"left_node": drawn.min(axis=0), "right_node": drawn.max(axis=0)},
        schema={"left_node": pl.UInt32, "right_node": pl.UInt32},
    )


def _shares(levels: pl.Series, weights: pl.Series | None, part: DeclaredComparison) -> list[float | None]:
    """Share of every level among the pairs that can be compared; null for the null level."""
    counts = np.bincount(levels.to_numpy(), weights, minlength=len(part.levels))[1:] + PSEUDO_COUNT
    return [None, *(float(count) for count in counts / counts.sum())]


def _prior(blocked: pl.DataFrame, model: PassModel, height: int) -> float:
    """The prior under which candidate pairs hold as many matches as it says that all pairs hold."""
    weights = weigh(blocked, model)["match_weight"].to_numpy() - math.log2(model.prior / (1 - model.prior))
    prior, pairs = model.prior, max(height * (height - 1) / 2, 1.0)
    for _ in range(PRIOR_ROUNDS):
        odds = np.exp2(np.clip(weights + math.log2(prior / (1 - prior)), -300, 300))
        prior = min(max(float((odds / (1 + odds)).sum()) / pairs, 1 / pairs), 0.5)
    return prior


def _pass_model(records: Records, m: Chances, u: Chances, prior: float) -> PassModel:
    comparisons = tuple(
        ComparisonModel(
            name=part.name,
            levels=tuple(
                LevelModel(
                    label=level.label,
                    sql=part.written_out(level.sql),
                    frequency=level.frequency,
                    m=m[part.name][place],
                    u=u[part.name][place],
                )
                for place, level in enumerate(part.levels)
            ),
        )
        for part in records.definition.comparisons
    )
    return PassModel(prior=prior, comparisons=comparisons)
