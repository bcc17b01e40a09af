"""A trained linkage of a declared table: the chances of its levels and the prior; JSON, no row of the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ConfigError
from pipelines.identity.declared.definition import Definition
from pipelines.identity.scoring.model import ComparisonModel


class PassModel(BaseModel):
    """Chances of one pass.

    Attributes:
        prior: chance that two rows taken at random are one person.
        comparisons: levels with their conditions in full, m and u.
    """

    model_config = ConfigDict(frozen=True)

    prior: float = Field(gt=0, lt=1)
    comparisons: tuple[ComparisonModel, ...]


class DeclaredModel(BaseModel):
    """Chances of every level, as in the model of the night, and what they were learnt from.

    Attributes:
        name: of the definition.
        passes: one or two, as the definition has.
        provenance: tool, counts, seed and sessions.
    """

    model_config = ConfigDict(frozen=True)

    version: int = 1
    name: str
    passes: tuple[PassModel, ...]
    provenance: dict[str, Any]

    @classmethod
    def load(cls, path: Path, definition: Definition) -> DeclaredModel:
        """Read a model and check that it is one for the definition.

        Raises:
            ConfigError: missing, no model, or trained for other levels.
        """
        try:
            model = cls.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise ConfigError(f"{path.name}: no such model; train one") from error
        except ValidationError as error:
            raise ConfigError(f"{path.name}: not a linkage model ({error.error_count()} problems)") from error
        wanted = [
            (part.name, [(level.label, part.written_out(level.sql)) for level in part.levels])
            for part in definition.comparisons
        ]
        found = [
            [(part.name, [(level.label, level.sql) for level in part.levels]) for part in single.comparisons]
            for single in model.passes
        ]
        if found != [wanted] * definition.passes:
            raise ConfigError(f"{path.name}: trained for other comparison levels than {definition.name}; train again")
        return model

    def save(self, path: Path) -> None:
        """Write the model, equal models as equal bytes."""
        path.write_text(json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
