"""What the tests say of each class of incidents: models at three shares of the area, and over the origins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipelines.pages.backtest.models import COUNTS, model_title
from pipelines.pages.numbers import FEW, count
from pipelines.pages.text import Text, same, translated

OVER_ALL = "all"
DECISIVE = 0.05
FIRST_CLASS = "all"
FEWEST_EVENTS = 5.0
"""Fewer incidents in a mean test say nothing of a hit rate: one more or less moves it by a fifth and more."""


@dataclass(frozen=True)
class Score:
    """One model at one share of the area; a measure is null where nothing could be measured."""

    area_share: float
    hit_rate: float | None
    low: float | None
    high: float | None
    pai: float | None
    pei: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    calibration: float | None
    jaccard: float | None
    log_score: float | None
    baseline_log_score: float | None


@dataclass(frozen=True)
class ModelResult:
    """One model of one class.

    Attributes:
        model: its key.
        title: for people.
        published: whether the map shows it.
        reason: the verdict of the gate.
        scores: by share of the area, rising.
        origins: origin (first day of the test), hit rate at the decisive share, and calibration there.
    """

    model: str
    title: Text
    published: bool
    reason: Text
    scores: tuple[Score, ...]
    origins: tuple[tuple[str, float | None, float | None], ...]

    @property
    def decisive(self) -> Score | None:
        """The score at 5 % of the area, by which the gate decides."""
        return next((score for score in self.scores if math.isclose(score.area_share, DECISIVE)), None)


@dataclass(frozen=True)
class ClassResult:
    """One class of incidents.

    Attributes:
        key: as in the mart.
        title: for people.
        models: past counts first, then the published one, then the others by name.
        events: incidents of a mean horizon; null when nothing was tested.
        origins: how many tests.
        period: from the first to the last day of all tests.
    """

    key: str
    title: Text
    models: tuple[ModelResult, ...]
    events: float | None
    origins: int
    period: str

    @property
    def shown(self) -> ModelResult | None:
        """The model that the map shows; None where none is published."""
        return next((model for model in self.models if model.published), None)

    @property
    def counts(self) -> ModelResult | None:
        """Past counts, the bar for every model."""
        return next((model for model in self.models if model.model == COUNTS), None)

    @property
    def tested(self) -> bool:
        """Whether anything could be tested."""
        return self.origins > 0

    @property
    def few(self) -> bool:
        """Whether there were tests, and too few incidents in them to tell anything."""
        return self.tested and (self.events or 0.0) < FEWEST_EVENTS

    @property
    def events_written(self) -> str:
        """The incidents of a mean test, to a tenth where they are few: 0.4 is not none."""
        return count(self.events) if self.events is None or self.events >= FEW else f"{self.events:.1f}"


@dataclass(frozen=True)
class Results:
    """All classes, and the figures that they have in common."""

    classes: tuple[ClassResult, ...]
    cells: int | None
    horizon_days: int | None


def results_of(rows: pl.DataFrame, names: Mapping[str, Text]) -> Results | None:
    """Arrange the rows of `marts.backtest`; None when it is empty.

    Args:
        rows: of the mart.
        names: titles of the classes; one without is shown by its key.
    """
    if not rows.height:
        return None
    whole = rows.filter(pl.col("origin") == OVER_ALL)
    classes = whole["incident_class"].drop_nulls().unique().to_list()
    ordered = sorted(classes, key=lambda key: (key != FIRST_CLASS, -(_events(whole, key) or 0.0), key))
    first = rows.select(pl.col("cells", "horizon_days").max()).row(0, named=True)
    return Results(
        tuple(_class(rows, key, names.get(key, same(key))) for key in ordered), first["cells"], first["horizon_days"]
    )


def class_names(rows: pl.DataFrame) -> dict[str, Text]:
    """Return the titles of the classes from the forecasts."""
    known = rows.filter(pl.col("incident_class").is_not_null()).unique("incident_class", keep="first")
    return {
        row["incident_class"]: translated(row["class_zh"], row["class_en"], row["incident_class"])
        for row in known.sort("incident_class").to_dicts()
    }


def _class(rows: pl.DataFrame, key: str, title: Text) -> ClassResult:
    here = rows.filter(pl.col("incident_class") == key)
    whole = here.filter(pl.col("origin") == OVER_ALL).sort("model", "area_share")
    models = [_model(here, model) for model in whole["model"].unique(maintain_order=True).to_list()]
    models.sort(key=lambda model: (model.model != COUNTS, not model.published, model.model))
    top = whole.select(pl.col("origins").max(), pl.col("period").drop_nulls().first()).row(0, named=True)
    return ClassResult(key, title, tuple(models), _events(whole, key), top["origins"] or 0, top["period"] or "–")


def _model(rows: pl.DataFrame, model: str) -> ModelResult:
    here = rows.filter(pl.col("model") == model).sort("area_share", "origin")
    whole = here.filter(pl.col("origin") == OVER_ALL).to_dicts()
    decisive = here.filter((pl.col("origin") != OVER_ALL) & ((pl.col("area_share") - DECISIVE).abs() < 1e-9))
    origins = [
        (row["origin"], _known(row["hit_rate"]), _known(row["calibration_top_decile"])) for row in decisive.to_dicts()
    ]
    return ModelResult(
        model=model,
        title=model_title(model),
        published=any(row["published"] for row in whole),
        reason=translated(whole[0]["gate_reason_zh"], whole[0]["gate_reason_en"], "–"),
        scores=tuple(_score(row) for row in whole),
        origins=tuple(origins),
    )


def _score(row: Mapping[str, Any]) -> Score:
    return Score(
        area_share=row["area_share"],
        hit_rate=_known(row["hit_rate"]),
        low=_known(row["hit_rate_low"]),
        high=_known(row["hit_rate_high"]),
        pai=_known(row["pai"]),
        pei=_known(row["pei"]),
        gain=_known(row["gain"]),
        gain_low=_known(row["gain_low"]),
        gain_high=_known(row["gain_high"]),
        calibration=_known(row["calibration_top_decile"]),
        jaccard=_known(row["jaccard"]),
        log_score=_known(row["log_score"]),
        baseline_log_score=_known(row["baseline_log_score"]),
    )


def _events(whole: pl.DataFrame, key: str) -> float | None:
    return _known(whole.filter(pl.col("incident_class") == key)["events"].max())


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
