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
        summaries: by model, at 5 % of the area over all origins; without figures when nothing could be tested.
        bar: what a model has to show.

    Past counts are published as their shrunken values unless another model passes; of several, the one that gains most.
    """
    rivals = {name: summary for name, summary in summaries.items() if name not in (BASELINE, SHRUNKEN)}
    refusals = {name: _refusal(name, summary, bar) for name, summary in rivals.items()}
    through = [name for name, refusal in refusals.items() if refusal is None]
    best = max(through, key=lambda name: summaries[name].gain, default=SHRUNKEN)
    verdicts = {name: refusals[name] or _passed(name, rivals[name], best, bar) for name in rivals}
    return {BASELINE: _BASELINE, SHRUNKEN: _of_counts(best)} | verdicts


def published_model(verdicts: Mapping[str, Verdict]) -> str:
    """Return the model that a class is published with."""
    return next(name for name, verdict in verdicts.items() if verdict.published)


_BASELINE = Verdict(
    published=False,
    reason_zh="基准：过去计数；公布其收缩值",
    reason_en="The bar: past counts; what is shown is their shrunken value",
)


def _refusal(name: str, summary: Summary, bar: Bar) -> Verdict | None:
    """Return why the model stays behind the gate, null when it passes."""
    if name == SPARSE_ONLY and summary.events >= bar.sparse_events:
        zh = f"每期{summary.events:.0f}起，不属稀疏类别（少于{bar.sparse_events}起），不用平滑图"
        en = f"{summary.events:.0f} incidents per horizon, not under {bar.sparse_events}: no smoothed map"
    elif summary.origins < bar.origins:
        zh = f"仅{summary.origins}个回测起点，少于{bar.origins}个"
        en = f"Only {summary.origins} of {bar.origins} origins could be tested"
    elif not (summary.gain >= bar.gain and summary.gain_low > 0.0):
        zh = f"5%面积命中较过去计数{_figures(summary)}，未达到+{bar.gain:.0%}且区间大于0"
        en = f"Hits at 5 % of the area {_figures(summary)} against past counts: not +{bar.gain:.0%} with it above 0"
    else:
        return None
    return Verdict(published=False, reason_zh=zh, reason_en=en)


def _passed(name: str, summary: Summary, best: str, bar: Bar) -> Verdict:
    zh = f"5%面积命中较过去计数{_figures(summary)}，达到+{bar.gain:.0%}且区间大于0"
    en = f"Hits at 5 % of the area {_figures(summary)} against past counts: +{bar.gain:.0%} with interval above 0"
    if name == best:
        return Verdict(published=True, reason_zh=zh, reason_en=en)
    return Verdict(published=False, reason_zh=f"{zh}，但不及{best}", reason_en=f"{en}, but {best} gains more")


def _of_counts(best: str) -> Verdict:
    if best == SHRUNKEN:
        zh, en = "按过去计数排序，数值经收缩", "Ranked by past counts, their values shrunken"
        return Verdict(published=True, reason_zh=zh, reason_en=en)
    return Verdict(published=False, reason_zh=f"{best}通过门槛", reason_en=f"{best} passed the gate")


def _figures(summary: Summary) -> str:
    return f"{summary.gain:+.1%} ({summary.gain_low:+.1%} … {summary.gain_high:+.1%})"
