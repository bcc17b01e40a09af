"""EM sessions of Splink over declared comparisons, one a training rule, and the settings that say them to Splink."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from pipelines.errors import ConfigError
from pipelines.identity.declared.definition import DeclaredComparison, TrainingRule
from pipelines.identity.declared.records import Records

MAX_ITERATIONS = 15

Chances = dict[str, list[float | None]]


def learn_m(records: Records, u: Chances) -> Chances:
    """Return m of every level: the mean over the sessions that teach its comparison.

    Args:
        records: the prepared table.
        u: chances among strangers by comparison and level (null for the null level), kept fixed.

    Raises:
        ConfigError: no session taught a comparison.
    """
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
    from splink.internals.exceptions import EMTrainingException

    parts = [part for part in records.definition.comparisons if part.name not in rule.decides]
    # One thread: sums of chances in another order differ in the last digit, and so would the model.
    with duckdb.connect(config={"threads": 1}) as connection:
        api = DuckDBAPI(connection=connection)
        table = api.register(
            records.query("SELECT * FROM records ORDER BY node").rename({"node": "unique_id"}).to_arrow()
        )
        linker = Linker(table, splink_settings(parts, u), log_level=40)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule.sql, estimate_without_term_frequencies=True
            )
        except (EMTrainingException, ValueError):
            return {}  # no pair at all, or no mixture (a chance underflowed): the rule teaches nothing
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
