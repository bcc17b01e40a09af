"""The evidence of one pair as a waterfall: prior, one step a comparison, sum; in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from pipelines.identity.outputs import LEVEL_COLUMNS, WEIGHT_COLUMNS

COMPARISONS_ZH: Final = {
    "prior": "先验", "name": "姓名", "birth": "出生日期", "sex": "性别", "id": "证件号码", "phone": "电话",
    "address": "住址", "kin": "亲属", "household": "同住折扣", "sum": "合计",
}  # fmt: skip
_WIDTH, _ROW, _LEFT, _RIGHT = 760, 26, 250, 90
# Blue against orange is told apart by every kind of colour blindness; the sign stands beside each bar as well.
_FOR, _AGAINST, _SUM = "#1f6fb4", "#d9730d", "#444444"


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: comparison, ``prior``, ``household`` or ``sum``.
        zh: its Chinese term.
        level: the comparison level that held; empty where there is none.
        bits: log2 of how much likelier the step makes one person than two.
        start: bits before the step.
    """

    name: str
    zh: str
    level: str
    bits: float
    start: float


def waterfall(link: Mapping[str, Any]) -> list[Step]:
    """Steps of a row of ``master.person_link``; none where the link was not scored (same number, exact repeat)."""
    if link["weight_name"] is None:
        return []
    comparisons = [column.removeprefix("weight_") for column in WEIGHT_COLUMNS]
    bits = {name: float(link[f"weight_{name}"] or 0.0) for name in (*comparisons, "household")}
    levels = {column.removeprefix("level_"): link[column] or "" for column in LEVEL_COLUMNS}
    prior = float(link["match_weight"]) - sum(bits.values())
    steps = [_step("prior", "", prior, 0.0)]
    for name, weight in bits.items():
        if weight != 0.0 or levels.get(name, "null") not in ("", "null"):
            steps.append(_step(name, levels.get(name, ""), weight, steps[-1].start + steps[-1].bits))
    return [*steps, _step("sum", "", float(link["match_weight"]), 0.0)]


def _step(name: str, level: str, bits: float, start: float) -> Step:
    return Step(name, COMPARISONS_ZH[name], level, bits, start)


def text_bar(step: Step, steps: list[Step], width: int = 40) -> str:
    """The bar of a step as characters, on the scale of all its steps."""
    low, high = _span(steps)
    scale = width / (high - low)
    ends = sorted((step.start, step.start + step.bits))
    first, last = (round((end - low) * scale) for end in ends)
    mark = "▆" if step.name == "sum" else "█" if step.bits >= 0 else "░"
    return " " * first + mark * max(last - first, 1)


def _span(steps: list[Step]) -> tuple[float, float]:
    ends = [0.0, *(step.start for step in steps), *(step.start + step.bits for step in steps)]
    return min(ends), max(max(ends), min(ends) + 1.0)


def svg(steps: list[Step], title: str) -> str:
    """The waterfall as a stand-alone picture: one row a step, right is evidence for one person, left against."""
    low, high = _span(steps)
    scale = (_WIDTH - _LEFT - _RIGHT) / (high - low)
    zero = _LEFT - low * scale
    height = _ROW * (len(steps) + 2)
    rows = [_svg_row(step, place, low, scale) for place, step in enumerate(steps)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif"'
        f' font-size="13" role="img" aria-label="{escape(title)}"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>'
        f'<line x1="{zero:.1f}" y1="{_ROW}" x2="{zero:.1f}" y2="{height - 8}" stroke="#999"/>'
        + "".join(rows)
        + "</svg>"
    )


def _svg_row(step: Step, place: int, low: float, scale: float) -> str:
    top = _ROW * (place + 1) + 6
    first, last = sorted((step.start, step.start + step.bits))
    left, width = _LEFT + (first - low) * scale, max((last - first) * scale, 1.5)
    colour = _SUM if step.name == "sum" else _FOR if step.bits >= 0 else _AGAINST
    label = f"{step.zh} {step.name}" + (f": {step.level}" if step.level else "")
    return (
        f'<text x="8" y="{top + 13}">{escape(label)}</text>'
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_ROW - 10}" fill="{colour}"/>'
        f'<text x="{left + width + 5:.1f}" y="{top + 13}">{step.bits:+.1f}</text>'
    )
