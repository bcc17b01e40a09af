"""The registry of indicators: `dbt/seeds/indicators.csv`, read strictly.

The file is data for dbt; this model is what keeps a typing error in it from becoming a wrong light.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT

REGISTRY = CHECKOUT / "dbt" / "seeds" / "indicators.csv"
LEVELS = ("district", "street", "community")


class Indicator(BaseModel):
    """One indicator.

    Attributes:
        id: name in `marts.kpi_monthly.indicator`.
        name_zh, name_en: for people.
        unit: `share` 0..1, `minutes`, `per_10000` of residents, `count`, `change` (-0.4 is 40 % less), or `ratio`.
        direction: whether more (`up`) or less (`down`) is better.
        target, baseline: in the unit; null where none is set; without a target the light is grey.
        min_denominator: fewer cases give a grey light.
        counts_persons: the denominator is persons, so that a small one is suppressed.
        levels: area levels it is given for.
        source_feeds: feeds it needs fresh, `<department>_<feed>`; none where it is about the deliveries themselves.
        max_age_hours: a source older than this makes the light grey; null without sources.
        window_months: months that end with the value's own which deliveries must hold whole; 0 for single cases.
        whole_month: a count that means nothing while its month runs.
        owner, cadence: who answers for it, and how often.
        numerator_zh, numerator_en: in words; empty for medians and percentiles.
        denominator_zh, denominator_en: in words; empty for counts.
        method_zh, method: what is counted when, and both ends of every clock.
        method_version: number of the method, raised with its meaning.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_zh: str = Field(min_length=2)
    name_en: str = Field(min_length=3)
    unit: Literal["share", "minutes", "per_10000", "count", "change", "ratio"]
    direction: Literal["up", "down"]
    target: float | None
    baseline: float | None
    min_denominator: int = Field(ge=0)
    counts_persons: bool
    levels: tuple[Literal["district", "street", "community"], ...] = Field(min_length=1)
    source_feeds: tuple[str, ...]
    max_age_hours: int | None = Field(gt=0)
    window_months: int = Field(ge=0, le=12)
    whole_month: bool
    owner: str = Field(min_length=3)
    cadence: Literal["month", "quarter"]
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    method_zh: str = Field(min_length=5)
    method: str = Field(min_length=10)
    method_version: str = Field(pattern=r"^[1-9][0-9]*$")

    @field_validator("levels", "source_feeds", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(filter(None, text.split(";"))) if isinstance(text, str) else text

    @field_validator("target", "baseline", "max_age_hours", mode="before")
    @classmethod
    def _empty_is_none(cls, text: object) -> object:
        return None if text == "" else text

    @model_validator(mode="after")
    def _can_reach_its_target(self) -> Indicator:
        figures = [figure for figure in (self.target, self.baseline) if figure is not None]
        if self.unit == "share" and not all(0 <= figure <= 1 for figure in figures):
            raise ValueError("a share has its target and baseline between 0 and 1")
        if self.unit != "change" and any(figure < 0 for figure in figures):
            raise ValueError("only a change can be negative")
        if len(figures) == 2 and (figures[0] > figures[1]) != (self.direction == "up"):
            raise ValueError("the baseline is at or beyond the target")
        return self

    @model_validator(mode="after")
    def _says_what_it_counts(self) -> Indicator:
        in_words = (self.numerator_zh, self.numerator_en), (self.denominator_zh, self.denominator_en)
        for name, (chinese, english), exempt in zip(
            ("numerator", "denominator"), in_words, ("minutes", "count"), strict=True
        ):
            if bool(chinese) != bool(english) or bool(chinese) == (self.unit == exempt):
                raise ValueError(f"the {name} is told in both languages, but for that of {exempt}")
        if self.unit == "minutes" and ("clock: from " not in self.method or "计时：" not in self.method_zh):
            raise ValueError("the method of a duration names both ends of its clock")
        return self

    @model_validator(mode="after")
    def _knows_its_sources(self) -> Indicator:
        if bool(self.source_feeds) != (self.max_age_hours is not None):
            raise ValueError("sources and the age they may have are given together")
        if self.whole_month and self.window_months != 1:
            raise ValueError("a count of a whole month has a window of that month")
        return self


def load_registry(feeds: Collection[str], path: Path = REGISTRY) -> list[Indicator]:
    """Return the indicators in the order of the file.

    Args:
        feeds: names of the feeds there are, `<department>_<feed>`.
        path: the CSV.

    Raises:
        ConfigError: naming every wrong row with its line.
    """
    indicators: list[Indicator] = []
    problems: list[str] = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                indicator = Indicator.model_validate(row)
            except ValidationError as error:
                found = [f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors()]
                problems += [f"line {reader.line_num}: {problem}" for problem in found]
                continue
            unknown = sorted(set(indicator.source_feeds) - set(feeds))
            problems += [f"line {reader.line_num}: source_feeds: there is no feed {name}" for name in unknown]
            if indicator.id in {known.id for known in indicators}:
                problems.append(f"line {reader.line_num}: id: {indicator.id} stands twice")
            indicators.append(indicator)
    if problems:
        raise ConfigError(f"{len(problems)} problems in {path.name}:\n" + "\n".join(problems))
    return indicators
