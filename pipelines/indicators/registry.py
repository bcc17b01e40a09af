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
        unit: `share` 0..1, `minutes`, `per_10000` of residents, or `count`.
        direction: whether more (`up`) or less (`down`) is better.
        target, baseline: in the unit; null where none is set, and the light is then grey.
        min_denominator: fewer cases give a grey light.
        counts_persons: the denominator is persons, so that a small one is suppressed.
        levels: area levels it is given for.
        source_feeds: feeds it needs fresh, `<department>_<feed>`.
        max_age_hours: a source older than this makes the light grey.
        owner, cadence: who answers for it, and how often.
        numerator_en, denominator_en: in words; empty for medians and for counts.
        method: what is counted when, and both ends of every clock.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_zh: str = Field(min_length=2)
    name_en: str = Field(min_length=3)
    unit: Literal["share", "minutes", "per_10000", "count"]
    direction: Literal["up", "down"]
    target: float | None = Field(gt=0)
    baseline: float | None
    min_denominator: int = Field(ge=0)
    counts_persons: bool
    levels: tuple[Literal["district", "street", "community"], ...] = Field(min_length=1)
    source_feeds: tuple[str, ...] = Field(min_length=1)
    max_age_hours: int = Field(gt=0)
    owner: str = Field(min_length=3)
    cadence: Literal["month", "quarter"]
    numerator_en: str
    denominator_en: str
    method: str = Field(min_length=10)

    @field_validator("levels", "source_feeds", mode="before")
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(filter(None, text.split(";"))) if isinstance(text, str) else text

    @field_validator("target", "baseline", mode="before")
    @classmethod
    def _empty_is_none(cls, text: object) -> object:
        return None if text == "" else text

    @model_validator(mode="after")
    def _can_reach_its_target(self) -> Indicator:
        if self.unit == "share" and max(self.target or 0, self.baseline or 0) > 1:
            raise ValueError("a share has its target and baseline between 0 and 1")
        if self.unit == "minutes" and "clock" not in self.method and not self.id.endswith("p90_minutes"):
            raise ValueError("the method of a duration names both ends of its clock")
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
