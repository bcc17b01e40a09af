"""The gate: which model's values are published for a class, and why not the others'.

On three public sets of incidents nothing beat past counts by more than 1.3 % (docs/risk_of_places.md), so that a model
which seems to has to show it: 5 % more hits at 5 % of the area, with the paired interval over all origins above 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.risk.places.models import BASELINE, SHRUNKEN, SPARSE_ONLY
from pipelines.risk.places.summary import Summary

DECISIVE_SHARE = 0.05


@dataclass(frozen=True)
class Bar:
    """What a model has to show.

    Attributes:
        gain: relative, in hits over past counts.
        origins: over how many origins.
        sparse_events: incidents per horizon under which the smoothed map may be shown at all.
    """

    gain: float
    origins: int
    sparse_events: int


@dataclass(frozen=True)
class Verdict:
    """Whether a model's values are published, and why."""

    published: bool
    reason_zh: str
    reason_en: str


def judge_models(summaries: Mapping[str, Summary], bar: Bar) -> dict[str, Verdict]:
    """Return the verdict of each model of one class; exactly one is published.

    Args:
        summaries: by model, at 5 % of the area over all origins; empty when nothing could be tested.
        bar: what a model has to show.
    """
    refusals = {name: _refusal(name, summary, bar) for name, summary in summaries.items()}
    through = [name for name, refusal in refusals.items() if refusal is None]
    best = max(through, key=lambda name: summaries[name].gain, default=SHRUNKEN)
    return {name: refusals[name] or _passed(name, summaries[name], best, bar) for name in summaries} | {
        BASELINE: Verdict(False, "基准：过去计数；公布其收缩值", "The bar: past counts; what is shown is their shrunken value"),
        SHRUNKEN: _counts(best),
    }


def published_model(verdicts: Mapping[str, Verdict]) -> str:
    """Return the model that a class is published with."""
    return next(name for name, verdict in verdicts.items() if verdict.published)


def _refusal(name: str, summary: Summary, bar: Bar) -> Verdict | None:
    """Return why the model stays behind the gate, null when it passes; past counts, shrunken or not, never pass."""
    if name in (BASELINE, SHRUNKEN):
        return Verdict(False, "", "")
    if name == SPARSE_ONLY and summary.events >= bar.sparse_events:
        return Verdict(
            False,
            f"每期 {summary.events:.0f} 起，不属稀疏类别（少于 {bar.sparse_events} 起），不用平滑图",
            f"{summary.events:.0f} incidents per horizon: not sparse (under {bar.sparse_events}), so no smoothed map",
        )
    if summary.origins < bar.origins:
        return Verdict(
            False,
            f"仅 {summary.origins} 个回测起点，少于 {bar.origins} 个",
            f"Only {summary.origins} of {bar.origins} origins could be tested",
        )
    if not (summary.gain >= bar.gain and summary.gain_low > 0.0):
        return Verdict(False, *_not_better(summary, bar))
    return None


def _not_better(summary: Summary, bar: Bar) -> tuple[str, str]:
    figures = f"{summary.gain:+.1%} ({summary.gain_low:+.1%} … {summary.gain_high:+.1%})"
    return (
        f"5% 面积命中较过去计数 {figures}，未达到 +{bar.gain:.0%} 且区间大于 0",
        f"Hits at 5 % of the area against past counts {figures}: not +{bar.gain:.0%} with the interval above 0",
    )


def _passed(name: str, summary: Summary, best: str, bar: Bar) -> Verdict:
    figures = f"{summary.gain:+.1%} ({summary.gain_low:+.1%} … {summary.gain_high:+.1%})"
    if name != best:
        return Verdict(False, f"通过门槛 {figures}，但不及 {best}", f"Passed the gate with {figures}, but {best} is better")
    return Verdict(
        True,
        f"5% 面积命中较过去计数 {figures}，达到 +{bar.gain:.0%} 且区间大于 0",
        f"Hits at 5 % of the area against past counts {figures}: +{bar.gain:.0%} reached, interval above 0",
    )


def _counts(best: str) -> Verdict:
    if best == SHRUNKEN:
        return Verdict(True, "按过去计数排序，数值经收缩；无模型通过门槛", "Ranked by past counts, values shrunken; no model passed the gate")
    return Verdict(False, f"{best} 通过门槛", f"{best} passed the gate")
