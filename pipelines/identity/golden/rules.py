"""Rules of survivorship as data (``data/reference/survivorship.yml``): what each source is worth for each attribute."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from pipelines.errors import ConfigError
from pipelines.normalise.reference import REFERENCE

SHIPPED = REFERENCE / "survivorship.yml"
DEFAULT = "*"

Chance = Annotated[float, Field(gt=0.0, lt=1.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AttributeRule(_Strict):
    """What decides about one attribute; the file explains each figure.

    Attributes:
        reliability: chance by source that its value is right on the day it was told.
        change_per_year: chance that the true value changes within a year; 0 for what stays.
        misses_change: chance by source that it does not hear of a change; 1 for sources without an entry.
        coincidence: chance that two wrong values agree.
        live_days: a row changed at most so many days before its delivery tells a change as it happens.
        live_gain: share of the doubt that such a row loses.
        lost_character: how many times likelier a character gets lost than invented (names).
        usage_weight: share of the city's own usage of characters that counts as prior odds (names).
        earliest_age_years: nobody is older.
        impossible: dates that are never believed.
        doubtful: dates that are oftener a default than the truth.
    """

    reliability: dict[str, Chance]
    change_per_year: float = Field(default=0.0, ge=0.0, lt=1.0)
    misses_change: dict[str, Chance] = Field(default_factory=dict)
    coincidence: float = Field(default=1.0, gt=0.0, le=1.0)
    live_days: int = Field(default=0, ge=0)
    live_gain: float = Field(default=0.0, ge=0.0, lt=1.0)
    lost_character: float = Field(default=1.0, ge=1.0)
    usage_weight: float = Field(default=0.0, ge=0.0, le=1.0)
    earliest_age_years: int = Field(default=125, gt=0)
    impossible: tuple[date, ...] = ()
    doubtful: tuple[date, ...] = ()

    def reliability_of(self, source: str) -> float | None:
        """Return what a source is worth: its own entry, that of what stands before its last ``/``, the default."""
        return _look_up(self.reliability, source)

    def doubts(self, sources: pl.Series) -> pl.Expr:
        """Return the chance that the row's ``source`` is wrong; null for sources that tell nothing of the attribute."""
        known = {name: self.reliability_of(str(name)) for name in sources.unique().to_list() if name is not None}
        doubt = {name: 1.0 - worth for name, worth in known.items() if worth is not None}
        if not doubt:
            return pl.lit(None, dtype=pl.Float64)
        return pl.col("source").cast(pl.String).replace_strict(doubt, default=None, return_dtype=pl.Float64)

    def missed(self, sources: pl.Series) -> pl.Expr:
        """Return the chance that the row's ``source`` does not hear of a change."""
        known = {str(name): _look_up(self.misses_change, str(name)) or 1.0 for name in sources.unique().to_list()}
        if not known:
            return pl.lit(1.0)
        return pl.col("source").cast(pl.String).replace_strict(known, default=1.0, return_dtype=pl.Float64)


def _look_up(table: dict[str, float], source: str) -> float | None:
    """The entry of a source, that of what stands before its last ``/``, the default."""
    while source:
        if source in table:
            return table[source]
        source = source.rpartition("/")[0]
    return table.get(DEFAULT)


class Attributes(_Strict):
    """One rule an attribute."""

    name: AttributeRule
    sex: AttributeRule
    birth_date: AttributeRule
    phone: AttributeRule
    residence: AttributeRule
    hukou: AttributeRule


class SurvivorshipRules(_Strict):
    """The whole file."""

    version: Literal[1]
    attributes: Attributes


def read_rules(path: Path) -> SurvivorshipRules:
    """Read a rules file.

    Raises:
        ConfigError: the file cannot be read as rules; the message names each wrong key.
    """
    try:
        return SurvivorshipRules.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path.name}:{line}: {error.problem}: mend the YAML") from error
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"{path.name}: {found}: see the comments at its head") from error


@cache
def shipped_rules() -> Attributes:
    """The rules that come with Streetlake, read once a process."""
    return read_rules(SHIPPED).attributes
