"""Plots of the address benchmark, drawn as SVG by hand: calibration, and the sweep over wrong digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 400, 74, 56, 44, 24
COLOURS = ("#1f5fa8", "#c2410c", "#15803d", "#7c3aed")


class Chart:
    """One chart with linear or logarithmic axes."""

    def __init__(self, title: str, x: tuple[str, float, float], y: tuple[str, float, float], *, log: bool) -> None:
        self.log, self.x, self.y = log, x, y
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
            ' font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{title}</text>',
            f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{x[0]}</text>',
            f'<text x="16" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle"'
            f' transform="rotate(-90 16 {(TOP + HEIGHT - BOTTOM) / 2})">{y[0]}</text>',
        ]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of a pair of values, kept inside the axes."""
        return (
            LEFT + self._share(x, self.x) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - self._share(y, self.y) * (HEIGHT - TOP - BOTTOM),
        )

    def _share(self, value: float, axis: tuple[str, float, float]) -> float:
        low, high = axis[1], axis[2]
        if self.log:
            value, low, high = (math.log10(max(v, axis[1])) for v in (value, low, high))
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def grid(self, xs: Sequence[float], ys: Sequence[float], show: Any) -> None:
        """Draw grid lines with their labels."""
        for x in xs:
            px, _ = self.at(x, self.y[1])
            self.parts.append(
                f'<line x1="{px:.1f}" x2="{px:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>'
                f'<text x="{px:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{show(x)}</text>'
            )
        for y in ys:
            _, py = self.at(self.x[1], y)
            self.parts.append(
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py:.1f}" y2="{py:.1f}" stroke="#e5e7eb"/>'
                f'<text x="{LEFT - 8}" y="{py + 4:.1f}" text-anchor="end">{show(y)}</text>'
            )

    def line(self, points: Sequence[tuple[float, float]], colour: str, label: str, row: int, dash: str = "") -> None:
        """Draw a line with dots and its label in the legend's row."""
        placed = [self.at(x, y) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        style = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        y = TOP + 16 + row * 17
        self.parts.append(
            f'<line x1="{LEFT + 12}" x2="{LEFT + 36}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="2"'
            f"{style}/>"
            f'<text x="{LEFT + 42}" y="{y}">{label}</text>'
        )

    def svg(self) -> str:
        """Return the drawing."""
        return "\n".join([*self.parts, "</svg>", ""])


def calibration_plot(runs: dict[str, dict[str, Any]]) -> str:
    """Draw observed against expected share of errors by bin of confidence, both on logarithmic axes."""
    low, high = 1e-5, 1.0
    chart = Chart(
        "Calibration: what was wrong against what was expected",
        ("expected share of errors (1 − confidence)", low, high), ("observed share of errors", low, high), log=True,
    )  # fmt: skip
    ticks = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    chart.grid(ticks, ticks, lambda v: f"{v * 100:g} %")
    chart.line([(low, low), (high, high)], "#9ca3af", "as expected", 0, "4 4")
    for number, (name, found) in enumerate(runs.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = [(1 - b["confidence"], 1 - b["right"]) for b in found["fine_bins"]]
        chart.line(sorted(points), colour, f"{name} (ECE {found['ece']:.4f}); bars: 95 % interval", number + 1)
        aside = 5 * number  # so that the bars of several runs stand beside each other
        for b in found["fine_bins"]:
            x, bottom = chart.at(1 - b["confidence"], b["low"])
            _, top = chart.at(1 - b["confidence"], b["high"])
            chart.parts.append(
                f'<line x1="{x + aside:.1f}" x2="{x + aside:.1f}" y1="{bottom:.1f}" y2="{top:.1f}" stroke="{colour}"/>'
            )
            if len(runs) == 1:
                chart.parts.append(
                    f'<text x="{x:.1f}" y="{top - 4:.1f}" text-anchor="middle" font-size="9">{b["texts"]}</text>'
                )
    return chart.svg()


def sweep_plot(sweep: list[dict[str, Any]]) -> str:
    """Draw wrong matches over the share of wrong digits, with and without evidence."""
    top = max(0.005, math.ceil(max(row["wrong_share"] for row in sweep) * 1.2 * 200) / 200)
    chart = Chart(
        "Wrong digits: what is believed", ("share of texts with a wrong or swapped digit", 0.0, 0.1),
        ("wrong among matched", 0.0, top), log=False,
    )  # fmt: skip
    steps = [i * 0.005 for i in range(round(top / 0.005) + 1)]
    chart.grid([i / 50 for i in range(6)], steps, lambda v: f"{v * 100:g} %")
    for number, (evidence, label) in enumerate(((False, "text alone"), (True, "with evidence of other records"))):
        rows = [r for r in sweep if r["evidence"] is evidence]
        chart.line([(r["digit_share"], r["wrong_share"]) for r in rows], COLOURS[1 - number], label, number)
    return chart.svg()
