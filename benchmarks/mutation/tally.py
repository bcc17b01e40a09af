"""Verdicts in counts: by family, by layer, and what nobody noticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mutation.alarms import LAYERS, Alarm
from mutation.judge import Verdict

NOT_CAUGHT, HARMLESS = "not caught", "read as meant"

OUTCOMES = (*LAYERS, HARMLESS, NOT_CAUGHT)


def outcome(verdict: Verdict) -> str:
    """Return the first layer that told of a corruption, or why none did."""
    return verdict.layer or (HARMLESS if verdict.is_harmless else NOT_CAUGHT)


def summary(verdicts: Sequence[Verdict], quiet: Mapping[date, Sequence[Alarm]]) -> dict[str, Any]:
    """Return the figures of one set, ready for JSON: counts, names of families, feeds, headers and checks.

    Args:
        verdicts: of all its corruptions.
        quiet: clean night -> alarms that should not have been.
    """
    caught = [v for v in verdicts if v.layer is not None]
    harmless = sum(outcome(v) == HARMLESS for v in verdicts)
    return {
        "corruptions": len(verdicts),
        "read_as_meant": harmless,
        "caught": len(caught),
        "share_caught": round(len(caught) / max(1, len(verdicts) - harmless), 4),
        "by_layer": {layer: sum(v.layer == layer for v in verdicts) for layer in LAYERS},
        "each_layer_alone": {layer: sum(_heard_by(v, layer) for v in verdicts) for layer in LAYERS},
        "by_family": _by_family(verdicts),
        "by_feed": _by_feed(verdicts),
        "clean_nights": len(quiet),
        "clean_nights_with_alarm": sum(bool(alarms) for alarms in quiet.values()),
        "false_alarms": [
            f"{day}: {a.feed} {a.check} {a.column}".strip() for day, found in sorted(quiet.items()) for a in found
        ],
        "verdicts": [verdict_row(v) for v in verdicts],
    }


def verdict_row(verdict: Verdict) -> dict[str, Any]:
    """Return one corruption and who noticed it."""
    mutation = verdict.mutation
    return {
        "family": mutation.family,
        "feed": mutation.feed,
        "seed": mutation.seed,
        "note": mutation.damage.note,
        "layer": outcome(verdict),
        "told_by": sorted({f"{a.layer}: {a.check}" for a in verdict.alarms})[:8],
    }


def _heard_by(verdict: Verdict, layer: str) -> bool:
    return any(alarm.layer == layer for alarm in verdict.alarms)


def _by_family(verdicts: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for verdict in sorted(verdicts, key=lambda v: v.mutation.family):
        row = found.setdefault(verdict.mutation.family, dict.fromkeys(OUTCOMES, 0))
        row[outcome(verdict)] += 1
    return found


def _by_feed(verdicts: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for verdict in sorted(verdicts, key=lambda v: v.mutation.feed):
        row = found.setdefault(verdict.mutation.feed, {"corruptions": 0, "caught": 0})
        row["corruptions"] += outcome(verdict) != HARMLESS
        row["caught"] += verdict.layer is not None
    return found
