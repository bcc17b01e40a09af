"""The identity benchmark as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from identity_goals import goal_rows

PAIR = ("mentions", "true_pairs", "wrong_pairs", "missed_pairs", "precision", "recall", "f1")
SYSTEM = ("system", "F1 all", "precision", "recall", "F1 without name-only", "mixed", "two numbers", "B³ F1", "CPU s",
          "wall s", "peak MB", "load before")  # fmt: skip
GOLDEN = ("persons", "filled", "right", "accuracy", "coverage")
BIN = ("from", "to", "mentions", "told", "right")


def report(result: dict[str, Any], name: str) -> str:
    """Return the whole report: goals, systems side by side, then every breakdown of each city."""
    asked = result["asked"]
    loaded = ", loaded without Dagster and dbt" if asked["direct"] else ""
    head = [
        f"# Identity benchmark `{name}`",
        "",
        f"Generated cities, style {asked['style']}, clerks `{asked['mix']}`, {asked['residents']:,} residents, "
        f"{asked['nights']} nights{loaded}. The generator is part of this project: cities of another make will answer "
        "otherwise. Pairs of a row touch a mention of the row's group at one end or both; a mention without an answer "
        "counts as a person of its own.",
        "",
    ]
    return "\n".join([*head, *(line for city in result["cities"] for line in _city(city, name))]) + "\n"


def _city(city: dict[str, Any], name: str) -> list[str]:
    seed, judged = city["seed"], city["pairs"]["all"]["mentions"]
    return [
        f"## Seed {seed}: {judged:,} judged mentions",
        "",
        f"{city['without_own_full_number']:.1%} of them without their own full number.",
        "",
        *table(["figure", "value", "goal", "reached"], goal_rows(city)),
        f"Load average before: {city['load_before']}; seconds of the nights' loads: {city['seconds']}.",
        "",
        f"![calibration]({name}_{seed}_calibration.svg) ![precision and recall]({name}_{seed}_pr.svg)",
        "",
        *_section(
            "Systems over the same mentions", table(SYSTEM, [_system(*item) for item in city["systems"].items()])
        ),
        *_lookalikes(city),
        *_section("By role", _pairs_table(city["by_role"], ("feed", "person_role"))),
        *_section("By state of the number", _pairs_table(city["by_state"], ("state",))),
        *_section("By feed pair", _pairs_table(city["by_feed_pair"], ("left", "right"), PAIR[1:])),
        *_section("By kind of damage", _pairs_table(city["by_kind"], ("kind",))),
        *_section("Calibration", table(BIN, ([_show(b[c]) for c in BIN] for b in city["calibration"]["bins"]))),
        *_nights(city),
        *_golden(city["golden"]),
    ]


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"### {title}", "", *lines]


def _system(name: str, found: dict[str, Any]) -> list[str]:
    every, clusters, cost = found["all"], found["clusters"], found["cost"]
    values = [
        *(every[c] for c in ("f1", "precision", "recall")),
        found["with_evidence"]["f1"],
        *(clusters[c] for c in ("mixed_clusters", "two_numbers_merged", "b3_f1")),
        *(cost.get(c) for c in ("cpu_seconds", "wall_seconds", "peak_rss_mb", "load_before")),
    ]
    return [name.replace("_", " "), *map(_show, values)]


def _lookalikes(city: dict[str, Any]) -> list[str]:
    children, outsiders = city["children"], city["outsiders"]
    rows = [{"group": group, **found} for group, found in city["lookalikes"].items()]
    return [
        *_section("People who are hard to tell apart", _pairs_table(rows, ("group", "persons"))),
        f"Children under a parent's number: {children['mentions']} mentions, {children['apart']} apart from both "
        f"parents, {children['with_own_rows']} of {children['that_have_own_rows']} with rows of their own.",
        "",
        f"Outsiders: {outsiders['mentions']} mentions, {outsiders['wrongly_linked']} beside somebody else "
        f"({_show(outsiders['wrongly_linked_share'])}), {outsiders['of_them_name_only']} of them a name alone.",
        "",
    ]


def _nights(city: dict[str, Any]) -> list[str]:
    lines = []
    if city["nights"]:
        columns = list(city["nights"][0])
        lines = table(columns, ([_show(night[c]) for c in columns] for night in city["nights"]))
    return _section(
        "Nights", [*lines, f"Review queue: {city['review']['rows']} rows {city['review']['by_reason'] or ''}", ""]
    )


def _golden(golden: dict[str, Any]) -> list[str]:
    households = golden["households"]
    values = ([name, *(_show(found.get(c)) for c in GOLDEN)] for name, found in golden.items() if name != "households")
    lines = [*table(["value", *GOLDEN], values), *table(list(households), [[_show(v) for v in households.values()]])]
    return _section("Golden record and household pairs", lines)


def _pairs_table(rows: Iterable[dict[str, Any]], names: tuple[str, ...], columns: tuple[str, ...] = PAIR) -> list[str]:
    return table([*names, *columns], ([_show(row[c]) for c in (*names, *columns)] for row in rows))


def table(header: Iterable[str], rows: Iterable[list[str]]) -> list[str]:
    """Return a Markdown table with a blank line after it."""
    names = [name.replace("_", " ") for name in header]
    head = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return [*head, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _show(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) <= 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
