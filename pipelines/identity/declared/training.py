"""Train a declared linkage without truth: m by Splink's EM, one session a rule; u from random pairs; the prior by EM.

Random pairs of a table with many rows a person hold pairs of one person, and exactly those show the rare levels. So u
counts every random pair by its chance to be two persons, under the model of the round before.
"""

from __future__ import annotations

import math
from typing import Any

import duckdb
import numpy as np
import polars as pl

from pipelines.errors import ConfigError
from pipelines.identity.declared.definition import DeclaredComparison, Definition, TrainingRule
from pipelines.identity.declared.link import link_once
from pipelines.identity.declared.model import DeclaredModel, PassModel
from pipelines.identity.declared.records import Records
from pipelines.identity.declared.scoring import candidates, compare, frequencies, weigh, with_frequencies
from pipelines.identity.scoring.model import ComparisonModel, LevelModel

SEED = 20251101
RANDOM_PAIRS = 2_000_000  # at most; a small table has fewer
ROUNDS = 2
# A level that no pair showed is rare, not impossible.
PSEUDO_COUNT = 0.5
PRIOR_ROUNDS = 8
MAX_ITERATIONS = 15

Chances = dict[str, list[float | None]]


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
    u, prior = _chances(strangers, None if known is None else _apart(strangers, known), parts), 1 / records.height
    for _ in range(ROUNDS if known is None else 1):
        m = _learn_m(records, u)
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
    prior, pairs = model.prior, height * (height - 1) / 2
    for _ in range(PRIOR_ROUNDS):
        odds = np.exp2(np.clip(weights + math.log2(prior / (1 - prior)), -300, 300))
        prior = min(max(float((odds / (1 + odds)).sum()) / pairs, 1 / pairs), 0.5)
    return prior


def _learn_m(records: Records, u: Chances) -> Chances:
    """Return m of every level: the mean over the sessions that teach its comparison."""
    sessions = [_session(records, rule, u) for rule in records.definition.training]
    result: Chances = {}
    least = records.definition.least_m
    for part in records.definition.comparisons:
        taught = [session[part.name] for session in sessions if part.name in session]
        if not taught:
            raise ConfigError(f"{records.definition.name}: no session taught comparison {part.name}; add a rule")
        means = [None if at[0] is None else max(float(np.mean(at)), least) for at in zip(*taught, strict=True)]
        total = sum(mean for mean in means if mean is not None)
        result[part.name] = [None if mean is None else mean / total for mean in means]
    return result


def _session(records: Records, rule: TrainingRule, u: Chances) -> Chances:
    """One EM session in a linker of its own, with the comparisons that the rule leaves open."""
    from splink import DuckDBAPI, Linker

    parts = [part for part in records.definition.comparisons if part.name not in rule.decides]
    with duckdb.connect(config={"threads": 2}) as connection:
        api = DuckDBAPI(connection=connection)
        table = api.register(
            records.query("SELECT * FROM records ORDER BY node").rename({"node": "unique_id"}).to_arrow()
        )
        linker = Linker(table, splink_settings(parts, u), log_level=40)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule.sql, estimate_without_term_frequencies=True
            )
        except ValueError:
            return {}  # a chance underflowed: the rule brings no mixture, and teaches nothing
        trained = linker.misc.save_model_to_json()
    return {
        part["output_column_name"]: [
            None if level.get("is_null_level") else float(level.get("m_probability") or 0.0)
            for level in part["comparison_levels"]
        ]
        for part in trained["comparisons"]
    }


def splink_settings(
    parts: list[DeclaredComparison],
    u: Chances,
    m: Chances | None = None,
    *,
    prior: float = 1e-4,
    rules: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return declared comparisons as Splink settings.

    Args:
        parts: the comparisons.
        u: chances among strangers by comparison and level.
        m: chances among persons; Splink's start values where absent.
        prior: chance that a random pair is one person.
        rules: blocking rules for `predict`.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": list(rules),
        "comparisons": [_splink_comparison(part, u[part.name], m[part.name] if m else None) for part in parts],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "max_iterations": MAX_ITERATIONS,
    }


def _splink_comparison(part: DeclaredComparison, u: list[float | None], m: list[float | None] | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = []
    for place, level in enumerate(part.levels):
        written: dict[str, Any] = {"sql_condition": part.written_out(level.sql), "label_for_charts": level.label}
        if place == 0:
            written["is_null_level"] = True
        else:
            written["u_probability"] = u[place]
            if m is not None:
                written["m_probability"] = m[place]
        if level.frequency is not None:
            written |= {
                "tf_adjustment_column": level.frequency,
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(written)
    return {"output_column_name": part.name, "comparison_levels": levels}


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
