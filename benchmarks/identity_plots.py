"""The two plots of the identity benchmark, as SVG."""

from __future__ import annotations

from typing import Any

from address_plots import COLOURS, Chart

OURS = ("crosswalk", "ours")


def calibration_plot(found: dict[str, Any]) -> str:
    """Draw observed against expected share of errors by bin of probability, both logarithmic."""
    low, high = 1e-4, 1.0
    chart = Chart(
        "Crosswalk probability: what was wrong against what was expected",
        ("expected share of errors (1 − probability)", low, high),
        ("observed share of errors", low, high),
        log=True,
    )
    ticks = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    chart.grid(ticks, ticks, lambda v: f"{v * 100:g} %")
    chart.line([(low, low), (high, high)], "#9ca3af", "as expected", 0, "4 4")
    points = sorted((1 - b["told"], 1 - b["right"]) for b in found["bins"])
    chart.line(points, COLOURS[0], f"crosswalk (ECE {found['ece']:.4f}); mentions beside each bin", 1)
    for b in found["bins"]:
        x, y = chart.at(1 - b["told"], 1 - b["right"])
        place = f'x="{x:.1f}" y="{y - 7:.1f}" text-anchor="middle" font-size="9"'
        chart.parts.append(f"<text {place}>{b['mentions']}</text>")
    return chart.svg()


def precision_recall_plot(curve: list[dict[str, Any]], systems: dict[str, dict[str, Any]]) -> str:
    """Draw our precision over recall as less and less certain mentions are linked, and each system's point."""
    points = [(row["recall"], row["precision"]) for row in curve if row["precision"] is not None]
    others = {name: found["all"] for name, found in systems.items() if name not in OURS and found["all"]["precision"]}
    placed = [(found["recall"], found["precision"]) for found in others.values()]
    left = max(0.0, min(x for x, _ in points + placed) - 0.05)
    bottom = max(0.0, min(y for _, y in points + placed) - 0.02)
    chart = Chart("Pairs over all roles", ("recall", left, 1.0), ("precision", bottom, 1.0), log=False)
    steps = [i / 5 for i in range(6)]
    xs, ys = [left + (1 - left) * s for s in steps], [bottom + (1 - bottom) * s for s in steps]
    chart.grid(xs, ys, lambda v: f"{v:.3f}")
    placed_points = [(points[-1], "crosswalk, by least probability of a mention"), *zip(placed, others, strict=True)]
    for row, (point, name) in enumerate(placed_points):
        colour = COLOURS[row % len(COLOURS)]
        for x, y in (chart.at(*p) for p in (points if row == 0 else [point])):
            chart.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        x, y = chart.at(*point)
        label = f'x="{x + 8:.1f}" y="{y + 30 if row == 0 else y + 4:.1f}" fill="{colour}"'
        chart.parts.append(f"<text {label}>{name.replace('_', ' ')}</text>")
    return chart.svg()
