"""Our comparison levels as Splink settings, and Splink's trained chances as lists by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pipelines.identity.scoring.levels import COMPARISONS, Comparison

# EM may leave a level without any pair of its own; it gets this chance, as Splink's own missing value would.
UNSEEN = 1e-5
MAX_ITERATIONS = 10
# Two valid numbers are two persons (a re-issue is a steward's decision). EM would let this chance lose many powers of
# ten a round, until the double underflows and Splink stops.
NEVER_ONE: Mapping[tuple[str, str], float] = MappingProxyType({("id", "both_valid_differ"): 0.001})

Chances = Mapping[str, Sequence[float | None]]


def splink_settings(
    u: Chances, m: Chances | None = None, *, prior: float = 0.0001, rules: Sequence[str] = ()
) -> dict[str, Any]:
    """Return Splink settings with the given chances by comparison and level (null for the null level).

    Args:
        u: chances among strangers; kept fixed in EM.
        m: chances among persons; Splink's own start values where absent.
        prior: chance that a random pair is one person.
        rules: blocking rules for `predict`.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": list(rules),
        "comparisons": [_comparison(part, u[part.name], m[part.name] if m else None) for part in COMPARISONS],
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": False,
        "max_iterations": MAX_ITERATIONS,
    }


def read_chances(settings: Mapping[str, Any], key: str) -> dict[str, list[float | None]]:
    """Return `m_probability` or `u_probability` of saved settings by comparison, in our order of levels.

    Comparisons of which the session learnt nothing are absent.
    """
    result: dict[str, list[float | None]] = {}
    for part in settings["comparisons"]:
        levels = part["comparison_levels"]
        # Splink saves no chance for a level that no pair of the session showed; where all are missing the comparison
        # was left out of the session, or could not be made on its pairs, and nothing was learnt of it.
        if all(level.get(key) is None for level in levels):
            continue
        result[part["output_column_name"]] = [
            None if level.get("is_null_level") else max(float(level.get(key) or UNSEEN), UNSEEN) for level in levels
        ]
    return result


def _comparison(part: Comparison, u: Sequence[float | None], m: Sequence[float | None] | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = []
    for place, level in enumerate(part.levels):
        settings: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if level.label == "null":
            settings["is_null_level"] = True
        else:
            settings["u_probability"] = u[place]
            if m is None and (part.name, level.label) in NEVER_ONE:
                settings |= {"m_probability": NEVER_ONE[part.name, level.label], "fix_m_probability": True}
            if m is not None:
                settings["m_probability"] = m[place]
        if level.frequency is not None:
            settings |= {
                "tf_adjustment_column": level.frequency,
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(settings)
    return {"output_column_name": part.name, "comparison_levels": levels}
