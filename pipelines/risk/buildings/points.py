"""The points that a building gets and why: `data/reference/building_points.yml`, read strictly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.contracts.yaml_text import read_yaml
from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT

POINTS_FILE = CHECKOUT / "data" / "reference" / "building_points.yml"

Share = Annotated[float, Field(ge=0, le=1)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Banded(_Read):
    """Points by value: from each lower bound (or for each word) on.

    Attributes:
        why, source: what the points rest on.
        points: lower bound or word -> 0..1.
    """

    why: str = Field(min_length=10)
    source: str = Field(min_length=5)
    points: dict[str | float, Share] = Field(min_length=1)


class Part(_Read):
    """One part of a factor.

    Attributes:
        weight: its share of the factor's points; those of a factor add up to 1.
        says_zh, says_en: the sentence of a reason; `{}` is the number or word that it rests on.
        why, source: what the weight rests on.
    """

    weight: float = Field(gt=0, le=1)
    says_zh: str = Field(min_length=2)
    says_en: str = Field(min_length=2)
    why: str = Field(min_length=10)
    source: str = Field(min_length=5)


class Factor(_Read):
    """One factor with its parts; `weight` is its share of the score."""

    weight: float = Field(gt=0, le=1)
    title_zh: str
    title_en: str
    parts: dict[str, Part]

    @model_validator(mode="after")
    def _parts_add_up(self) -> Self:
        _adds_up("the parts of a factor", [part.weight for part in self.parts.values()])
        return self


class Levels(_Read):
    """Points of a factor from which it is called low, medium or high; less is none."""

    low: Share
    medium: Share
    high: Share


class Points(_Read):
    """The whole file; see its comments."""

    levels: Levels
    tiers: tuple[Share, Share, Share]
    min_homes: int = Field(ge=2)
    min_disputes: int = Field(ge=1)
    window_days: int = Field(ge=28)
    bands: dict[str, Banded]
    structures: Banded
    factors: dict[str, Factor]

    @model_validator(mode="after")
    def _factors_add_up(self) -> Self:
        _adds_up("the factors", [factor.weight for factor in self.factors.values()])
        return self


def _adds_up(what: str, weights: list[float]) -> None:
    if abs(sum(weights) - 1) > 1e-9:
        raise ValueError(f"the weights of {what} add up to {sum(weights):g}, not to 1")


@cache
def building_points(path: Path = POINTS_FILE) -> Points:
    """Return the points of `path`.

    Raises:
        ConfigError: the file says something it must not, or weights do not add up.
    """
    try:
        return Points.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"{path.name} cannot be used: {error}") from error
