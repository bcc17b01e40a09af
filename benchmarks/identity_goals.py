"""The goals of the identity work, each beside the figure it is for."""

from __future__ import annotations

from typing import Any

GOALS: tuple[tuple[str, tuple[str, ...], str, float], ...] = (
    ("pair F1, all roles", ("pairs", "all", "f1"), "≥", 0.980),
    ("pair F1, without name-only roles", ("pairs", "with_evidence", "f1"), "≥", 0.991),
    ("precision, all roles", ("pairs", "all", "precision"), "≥", 0.997),
    ("precision, without name-only roles", ("pairs", "with_evidence", "precision"), "≥", 0.997),
    ("clusters that mix two persons (all roles)", ("clusters", "mixed_clusters"), "<", 25),
    ("clusters with two persons' valid numbers", ("clusters", "two_numbers_merged"), "≤", 0),
    ("unexplained id changes between nights", ("unexplained",), "≤", 0),
    ("children under a parent's number kept apart", ("children", "apart_share"), "≥", 0.90),
    ("namesakes born the same year, F1", ("lookalikes", "namesakes_same_year", "f1"), "≥", 0.97),
    ("calibration error of `probability`", ("calibration", "ece"), "≤", 0.02),
    ("household pairs F1", ("golden", "households", "f1"), "≥", 0.95),
    ("golden name", ("golden", "name", "accuracy"), "≥", 0.995),
    ("golden birth date", ("golden", "birth_date", "accuracy"), "≥", 0.99),
    ("current dwelling where any department knows it", ("golden", "residence_where_known", "accuracy"), "≥", 0.98),
    ("CPU of vanilla Splink over ours", ("cost", "splink_over_ours"), "≥", 3.0),
)


def value_at(figures: Any, path: tuple[str, ...]) -> Any:
    """Return the figure at a path, null where a part of it is missing."""
    for key in path:
        figures = figures.get(key) if isinstance(figures, dict) else None
    return figures


def reached(value: float | None, sign: str, goal: float) -> bool | None:
    """Tell whether a figure reaches its goal; null where there is no figure."""
    if value is None:
        return None
    return {"≥": value >= goal, "≤": value <= goal, "<": value < goal}[sign]


def goal_rows(figures: dict[str, Any]) -> list[list[str]]:
    """Return a row a goal: name, figure, goal, whether it is reached."""
    rows = []
    for name, path, sign, goal in GOALS:
        value = value_at(figures, path)
        answer = {True: "yes", False: "**no**", None: "—"}[reached(value, sign, goal)]
        shown = "—" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
        rows.append([name, shown, f"{sign} {goal:g}", answer])
    return rows
