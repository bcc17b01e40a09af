"""A trained model as one HTML page: its match weights as a chart, its chances as tables, and where they come from.

The page holds chances and counts, no value of any person, and loads nothing from anywhere.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any, Final

from pipelines.identity.scoring.model import ComparisonModel, LevelModel, Model

_BAR, _ROW, _LABEL, _SPAN = 12, 18, 150, 20.0  # pixels; bits either way
_WIDTH: Final = 640
_STYLE: Final = (
    "body{font:14px system-ui,sans-serif;max-width:60rem;margin:2rem auto;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.15rem .8rem;text-align:right}td:first-child,th:first-child"
    "{text-align:left}svg text{font-size:11px}.for{fill:#2b6ca3}.against{fill:#b5532a}"
)


def render_report(model: Model) -> str:
    """Return the page."""
    parts = "".join(f"<h2>{escape(part.name)}</h2>{_chart(part)}{_table(part)}" for part in model.comparisons)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Linkage model {model.digest[:12]}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Linkage model {model.digest[:12]} (人员归一模型)</h1>"
        f"{_provenance(model.provenance)}"
        "<p>Match weight: log2 of how much likelier a level is for one person than for two strangers. Levels marked * "
        "weigh by the frequency of the value instead; the chart shows their average.</p>"
        f"{parts}</body></html>\n"
    )


def _provenance(told: dict[str, Any]) -> str:
    cities = "".join(_city(city) for city in told.get("cities", ()))
    rest = "; ".join(f"{escape(str(key))}: {escape(str(value))}" for key, value in told.items() if key != "cities")
    return f"<p>{rest}</p>{cities}"


def _city(city: dict[str, Any]) -> str:
    sessions = "".join(
        f"<tr><td><code>{escape(session['rule'])}</code></td><td>{escape(', '.join(session['left_out']))}</td>"
        f"<td>{escape(', '.join(session['taught']))}</td></tr>"
        for session in city["em_sessions"]
    )
    return (
        f"<p>{escape(city['name'])}: {city['mentions']} mentions, {city['records']} records, "
        f"sha256 {escape(city['records_sha256'][:12])}</p>"
        f"<table><tr><th>EM session on</th><th>left out</th><th>taught</th></tr>{sessions}</table>"
    )


def _weight(level: LevelModel) -> float | None:
    return None if level.m is None or level.u is None else math.log2(level.m / level.u)


def _chart(part: ComparisonModel) -> str:
    bars = [(level, weight) for level in part.levels if (weight := _weight(level)) is not None]
    middle = _LABEL + (_WIDTH - _LABEL) / 2
    scale = (_WIDTH - _LABEL) / 2 / _SPAN
    rows = []
    for place, (level, weight) in enumerate(bars):
        top = place * _ROW + 4
        length = min(abs(weight), _SPAN) * scale
        left = middle if weight >= 0 else middle - length
        name = escape(level.label) + ("*" if level.frequency else "")
        rows.append(
            f'<text x="0" y="{top + _BAR - 2}">{name}</text>'
            f'<rect class="{"for" if weight >= 0 else "against"}" x="{left:.1f}" y="{top}" width="{length:.1f}" '
            f'height="{_BAR}"><title>{weight:.2f} bits</title></rect>'
        )
    height = len(bars) * _ROW + 8
    return (
        f'<svg role="img" aria-label="match weights of {escape(part.name)}" width="{_WIDTH}" height="{height}">'
        f'<line x1="{middle}" x2="{middle}" y1="0" y2="{height}" stroke="#999"/>{"".join(rows)}</svg>'
    )


def _table(part: ComparisonModel) -> str:
    def told(chance: float | None) -> str:
        return "" if chance is None else f"{chance:.3g}"

    rows = "".join(
        f"<tr><td>{escape(level.label)}</td><td>{told(level.m)}</td><td>{told(level.u)}</td><td>{told(level.h)}</td>"
        f"<td>{'' if (weight := _weight(level)) is None else f'{weight:.2f}'}</td></tr>"
        for level in part.levels
    )
    return (
        "<table><tr><th>level</th><th>m (one person)</th><th>u (strangers)</th><th>h (house-mates)</th>"
        f"<th>weight</th></tr>{rows}</table>"
    )
