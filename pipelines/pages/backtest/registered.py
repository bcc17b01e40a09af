"""The register of models, and what was measured of those that are tested elsewhere."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.pages.backtest.models import mart_title, measure_title, model_title
from pipelines.pages.numbers import count
from pipelines.pages.text import Text, translated

DASH = "–"


@dataclass(frozen=True)
class Registered:
    """One row of the register; a date that is not told is a dash.

    Attributes:
        mart: its title.
        table: its name.
        model: for people.
        code_hash: of the sources that made it.
        data: first and last day of what it read.
        owner: who answers for it.
        review_on: when it is looked at again.
        published: whether its mart holds rows.
        reason: why or why not.
        scores: names and values.
    """

    mart: Text
    table: str
    model: Text
    code_hash: str
    data: str
    owner: str
    review_on: str
    published: bool
    reason: Text
    scores: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Measured:
    """One measure of a model: its name and key, its value with the interval (empty for none), and of how many cases."""

    model: Text
    measure: Text
    key: str
    value: str
    interval: str
    cases: str
    period: str


@dataclass(frozen=True)
class Evaluation:
    """All measures of one mart."""

    mart: Text
    table: str
    rows: Sequence[Measured]


def registered_of(rows: pl.DataFrame) -> tuple[Registered, ...]:
    """Return the register in the order of marts and models."""
    return tuple(
        Registered(
            mart=mart_title(row["mart"]),
            table=row["mart"] or DASH,
            model=model_title(row["model"]),
            code_hash=row["code_hash"] or DASH,
            data=f"{_day(row['data_from'])} – {_day(row['data_until'])}",
            owner=row["owner"] or DASH,
            review_on=_day(row["review_on"]),
            published=bool(row["published"]),
            reason=translated(row["reason_zh"], row["reason_en"], DASH),
            scores=_scores(row["scores"]),
        )
        for row in rows.sort("mart", "model", nulls_last=True).to_dicts()
    )


def evaluations_of(rows: pl.DataFrame) -> tuple[Evaluation, ...]:
    """Group what was measured by mart."""
    ordered = rows.sort("mart", "model", "measure", "period", nulls_last=True)
    return tuple(
        Evaluation(
            mart=mart_title(group["mart"][0]),
            table=group["mart"][0] or DASH,
            rows=[
                Measured(
                    model=model_title(row["model"]),
                    measure=measure_title(row["measure"]),
                    key=row["measure"] or DASH,
                    value=_number(row["value"]),
                    interval=_interval(row["value_low"], row["value_high"]),
                    cases=count(row["cases"]) if _finite(row["cases"]) else DASH,
                    period=row["period"] or DASH,
                )
                for row in group.to_dicts()
            ],
        )
        for group in ordered.partition_by("mart", maintain_order=True)
    )


def _scores(written: str | None) -> list[tuple[str, str]]:
    try:
        told = json.loads(written or "{}")
    except json.JSONDecodeError:
        return [(written or "", "")]
    if not isinstance(told, dict):
        return [(str(told), "")]
    return [(name, _number(value)) for name, value in sorted(told.items())]


def _interval(low: float | None, high: float | None) -> str:
    return f"{_number(low)} … {_number(high)}" if _finite(low) or _finite(high) else DASH


def _number(value: object) -> str:
    if not isinstance(value, (int, float)):
        return DASH if value is None else str(value)
    if not math.isfinite(value):
        return DASH
    return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:,.0f}"


def _finite(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _day(value: object) -> str:
    return DASH if value is None else str(value)
