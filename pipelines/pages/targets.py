"""Targets: how one is written, and how far a value is from it."""

from __future__ import annotations

from pipelines.pages.numbers import NOTHING, measured
from pipelines.pages.text import Text, same


def gap_to_target(value: float | None, target: float | None, direction: str) -> float:
    """Return how far a value is from its target, 0 at or beyond it, below 1, comparable between units."""
    if value is None or target is None:
        return 0.0
    worse, better = (target, value) if direction == "up" else (value, target)
    return max(0.0, (worse - better) / max(abs(worse), 1.0))


def target_text(target: float | None, unit: str, direction: str) -> Text:
    """Write a target with the side it is to be reached from; a dash where none is set."""
    if target is None:
        return NOTHING
    sign = same("≥" if direction == "up" else "≤")
    return Text("{sign} {target}", "{sign} {target}").fill(sign=sign, target=measured(target, unit))
