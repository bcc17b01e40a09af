"""Verdicts in counts: by family, by layer, and what nobody noticed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mutation.alarms import LAYERS, Alarm, Layer
from mutation.plan import Mutation

NOT_CAUGHT, HARMLESS = "not caught", "read as meant"
OUTCOMES = (*LAYERS, HARMLESS, NOT_CAUGHT)
SHOWN = 8

Row = dict[str, Any]
"""One corruption and who noticed it, as kept in JSON: counts, names of families, feeds, headers and checks."""


def row_of(mutation: Mutation, alarms: Sequence[Alarm], *, is_harmless: bool, has_whole_night: bool = False) -> Row:
    """Return what is kept of a corruption.

    Args:
        mutation: the corruption.
        alarms: the news about its feeds.
        is_harmless: its rows are those of the clean night.
        has_whole_night: a whole night was asked too.
    """
    told = {alarm.layer for alarm in alarms}
    first: Layer | None = next((layer for layer in LAYERS if layer in told), None)
    return {
        "number": mutation.number,
        "family": mutation.family,
        "feed": mutation.feed,
        "seed": mutation.seed,
        "note": mutation.damage.note,
        "outcome": first or (HARMLESS if is_harmless else NOT_CAUGHT),
        "layers": [layer for layer in LAYERS if layer in told],
        "told_by": sorted({f"{a.layer}: {a.check}" for a in alarms})[:SHOWN],
        "has_whole_night": has_whole_night,
    }


class Ledger:
    """The rows of a run that may be cut short: a line each, the last of a number holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rows: dict[int, Row] = {row["number"]: row for row in map(json.loads, lines)}

    def add(self, row: Row) -> None:
        """Keep a row."""
        self.rows[row["number"]] = row
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def summary(rows: Sequence[Row], quiet: Mapping[date, Sequence[Alarm]]) -> dict[str, Any]:
    """Return the figures of one set, ready for JSON.

    Args:
        rows: of all its corruptions.
        quiet: clean night -> alarms that should not have been.
    """
    caught = sum(row["outcome"] in LAYERS for row in rows)
    harmless = sum(row["outcome"] == HARMLESS for row in rows)
    return {
        "corruptions": len(rows),
        "read_as_meant": harmless,
        "caught": caught,
        "share_caught": round(caught / max(1, len(rows) - harmless), 4),
        "by_layer": {layer: sum(row["outcome"] == layer for row in rows) for layer in LAYERS},
        "each_layer_alone": {layer: sum(layer in row["layers"] for row in rows) for layer in LAYERS},
        "by_family": _counts(rows, "family"),
        "by_feed": _counts(rows, "feed"),
        "clean_nights": len(quiet),
        "clean_nights_with_alarm": sum(bool(alarms) for alarms in quiet.values()),
        "false_alarms": [
            f"{day}: {a.feed} {a.check} {a.column}".strip() for day, found in sorted(quiet.items()) for a in found
        ],
        "rows": list(rows),
    }


def _counts(rows: Iterable[Row], by: str) -> dict[str, dict[str, int]]:
    """Return name -> outcome -> corruptions, names sorted."""
    found: dict[str, dict[str, int]] = {}
    for row in sorted(rows, key=lambda row: str(row[by])):
        found.setdefault(row[by], dict.fromkeys(OUTCOMES, 0))[row["outcome"]] += 1
    return found
