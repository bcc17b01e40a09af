"""The linkage model: per comparison level how often persons agree on it, and how often strangers and house-mates do."""

from __future__ import annotations

import json
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ConfigError
from pipelines.identity.scoring.levels import COMPARISONS
from pipelines.normalise.reference import REFERENCE

SHIPPED = REFERENCE / "identity_model.json"


class LevelModel(BaseModel):
    """Chances of one comparison level.

    Attributes:
        label, sql, frequency: as in `levels.Level`.
        m: chance among pairs of one person; null for the `null` level.
        u: chance among pairs of two persons.
        h: chance among pairs of two persons of one household.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    sql: str
    frequency: str | None = None
    m: float | None = Field(default=None, gt=0, le=1)
    u: float | None = Field(default=None, gt=0, le=1)
    h: float | None = Field(default=None, gt=0, le=1)


class ComparisonModel(BaseModel):
    """One comparison with its levels in order."""

    model_config = ConfigDict(frozen=True)

    name: str
    levels: tuple[LevelModel, ...]


class Model(BaseModel):
    """A trained model; it holds counts and chances, no value of any person.

    Attributes:
        version: of the format.
        provenance: what it was trained on, with which tool, seed and counts.
    """

    model_config = ConfigDict(frozen=True)

    version: int = 1
    provenance: dict[str, Any]
    comparisons: tuple[ComparisonModel, ...]

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Model:
        """Read a model and check that it is one for the comparisons of this version.

        Raises:
            ConfigError: the file is missing, no model, or made for other comparison levels.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ConfigError(f"{path.name}: no such model; `streetlake identity train` makes one") from error
        return cls.parse(content, path.name)

    @classmethod
    def parse(cls, content: bytes | str, told_as: str) -> Model:
        """Read a model from its JSON; `told_as` names it in errors.

        Raises:
            ConfigError: no model, or made for other comparison levels.
        """
        try:
            model = cls.model_validate_json(content)
        except ValidationError as error:
            raise ConfigError(f"{told_as}: not a linkage model ({error.error_count()} problems)") from error
        wanted = [(comparison.name, comparison.labels) for comparison in COMPARISONS]
        found = [(part.name, tuple(level.label for level in part.levels)) for part in model.comparisons]
        if wanted != found:
            raise ConfigError(
                f"{told_as}: made for other comparison levels; train it again with `streetlake identity train`"
            )
        return model

    def save(self, path: Path) -> None:
        """Write the model, equal models as equal bytes."""
        path.write_text(json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the chances, which names the model in the lake."""
        return sha256(orjson.dumps(self.model_dump(), option=orjson.OPT_SORT_KEYS)).hexdigest()
