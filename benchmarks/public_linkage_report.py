"""The report of the public linkage benchmark: Markdown and SVG."""

from __future__ import annotations

from typing import Any

from address_plots import COLOURS, Chart

NAMES = {"ours": "Streetlake, declared linkage", "splink": "Splink 5, documented settings"}
FIGURES = ("precision", "recall", "f1", "b3_precision", "b3_recall", "b3")


def report(figures: dict[str, Any]) -> str:
    """Return the Markdown."""
    machine = figures["machine"]
    lines = [
        "# Linkage of public data that nobody here made",
        "",
        f"{machine['cpus']} cores, Python {machine['python']}, Polars {machine['polars']}, load average at the start"
        f" {machine['load']:.1f}. `python benchmarks/public_linkage.py`; definitions and models in"
        " `benchmarks/public_linkage_definitions`.",
        "",
        "Both linkers get the same shuffled rows without identifiers (they hold the person) and without truth. Our"
        " model is trained on the rows themselves: m by Splink's EM, one session a rule; u from random pairs, each"
        " counted by its chance to be two persons; the prior by EM over the candidate pairs. There is one choice, made"
        " beforehand: a false merge is taken to cost as much as a missed link, so two groups are joined from even odds"
        " on. Rules, levels and lists were written from looking at rows, never at the truth.",
        "",
        "Splink is set up as its documentation does for the same data, with fixed seeds; beside its usual .95 stands"
        " the threshold that is best on the truth, which nobody knows outside a benchmark. Of goldenmatch 3.22,"
        " auto-configured, an earlier run on historical_50k is known: pair F1 .840, B-cubed .862.",
        "",
    ]
    for name, found in figures["sets"].items():
        lines += _section(name, found)
    lines += _looks(figures["looked_at_truth"])
    return "\n".join(lines) + "\n"


def _section(name: str, found: dict[str, Any]) -> list[str]:
    splink, cost = found["splink"], found["cost"]
    halves = found.get("halves", {})
    rows = [
        ("**Streetlake**, threshold by cost", found["ours"]),
        *((f"… on the half of the persons {half}", of) for half, of in halves.items()),
        ("Splink, .95", splink["at_95"]),
        (f"Splink, best pair F1 on truth ({splink['best_f1_on_truth']['threshold']})", splink["best_f1_on_truth"]),
        (f"Splink, best B-cubed on truth ({splink['best_b3_on_truth']['threshold']})", splink["best_b3_on_truth"]),
    ]
    return [
        f"## {name}",
        "",
        f"{found['rows']:,} rows, {found['persons']:,} persons, {found['true_pairs']:,} true pairs.",
        "",
        "| after clustering | pair precision | recall | F1 | B-cubed precision | recall | F1 |",
        "|---|---|---|---|---|---|---|",
        *(f"| {who} | " + " | ".join(f"{of[figure]:.4f}" for figure in FIGURES) + " |" for who, of in rows),
        "",
        "| | CPU s | wall s | peak MB | pairs compared |",
        "|---|---|---|---|---|",
        _cost("Streetlake, train", cost["train"], ""),
        _cost("Streetlake, link with the trained model", cost["link"], f"{found['candidate_pairs']['ours']:,}"),
        _cost("Splink, train and predict", cost["splink"], f"{found['candidate_pairs']['splink']:,} returned"),
        "",
        "Another cost of a false merge would have given (pair F1 / B-cubed): "
        + ", ".join(f"{at}: {of['f1']:.3f} / {of['b3']:.3f}" for at, of in found["ours_by_cost"].items())
        + ".",
        "",
        f"Calibration error of pair probabilities from .02 up, before clustering: ours"
        f" {found['calibration']['ours']['error']:.3f}, Splink {found['calibration']['splink']['error']:.3f}.",
        "",
        f"![Precision and recall](public_linkage_{name}_precision_recall.svg)",
        f"![Calibration](public_linkage_{name}_calibration.svg)",
        "",
    ]


def _cost(who: str, used: dict[str, Any], pairs: str) -> str:
    return f"| {who} | {used['cpu_seconds']:.1f} | {used['wall_seconds']:.1f} | {used['peak_mb']:,} | {pairs} |"


def _looks(looks: list[dict[str, Any]]) -> list[str]:
    """Every run that was scored against the truth while this was built."""
    lines = [
        "## How often the truth was looked at",
        "",
        "Every scored run while the definitions were written. `dev` is the half of the persons (by a hash) that could"
        " be looked at while building, `held` the other half, which only whole runs of the benchmark scored. Totals"
        " were looked at, no single error. The second pass and the comparing of every pair inside a component were"
        " kept in the knowledge of the dev figures; that is what the held-out half is for. The benchmark also scores"
        " other costs and Splink's thresholds, as printed above.",
        "",
        "| UTC | data | persons | pair F1 | B-cubed | what |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| {one['at']} | {one['data']} | {one['half']} | {one['F']:.4f} | {one['B3']:.4f} | {one['note']} |"
        for one in looks
    ]


def precision_recall_plot(name: str, curves: dict[str, list[tuple[float, float]]]) -> str:
    """Draw precision over recall of pairs before clustering."""
    chart = Chart(
        f"{name}: pairs before clustering", ("recall (of all true pairs)", 0.0, 1.0), ("precision", 0.0, 1.0), log=False
    )
    ticks = [i / 5 for i in range(6)]
    chart.grid(ticks, ticks, lambda v: f"{v:g}")
    for number, (who, points) in enumerate(curves.items()):
        chart.line(points, COLOURS[number], NAMES[who], number + 12)
    return chart.svg()


def calibration_plot(name: str, found: dict[str, Any]) -> str:
    """Draw the observed share of matches over the said probability."""
    chart = Chart(
        f"{name}: calibration", ("probability said", 0.0, 1.0), ("share that is one person", 0.0, 1.0), log=False
    )
    ticks = [i / 5 for i in range(6)]
    chart.grid(ticks, ticks, lambda v: f"{v:g}")
    chart.line([(0.0, 0.0), (1.0, 1.0)], "#9ca3af", "as said", 0, "4 4")
    for number, (who, one) in enumerate(found.items()):
        points = [(b["said"], b["seen"]) for b in one["bins"]]
        chart.line(points, COLOURS[number], f"{NAMES[who]} (error {one['error']:.3f})", number + 1)
    return chart.svg()
