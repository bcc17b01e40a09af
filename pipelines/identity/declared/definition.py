"""What an adopter declares to link a table of his own; read from YAML, and checked before anything runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from pipelines.errors import ConfigError

_MEASURE = re.compile(r"\{([a-z_]\w*)\}")  # `{2,3}` of a pattern and `{'key': value}` are no measures
_NAME = r"^[a-z_][a-z0-9_]*$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """One SQL query of the preparation; later steps and `records` read it by its name."""

    name: str = Field(pattern=_NAME)
    sql: str


class DeclaredLevel(_Part):
    """One level: the condition on `<column>_l` and `<column>_r`, and `{measure}`s of its comparison.

    Attributes:
        label: unique in its comparison; `null` says nothing.
        sql: the condition; the last level of a comparison is `ELSE`.
        frequency: column whose share of rows takes the place of the average chance among strangers.
    """

    label: str
    sql: str
    frequency: str | None = None


class DeclaredComparison(_Part):
    """One comparison: levels tried in order, and named expressions that levels and later measures use."""

    name: str = Field(pattern=_NAME)
    measures: dict[str, str] = Field(default_factory=dict)
    levels: tuple[DeclaredLevel, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order; the place of a label is the number of its level."""
        return tuple(level.label for level in self.levels)

    def written_out(self, sql: str) -> str:
        """Return the condition with every measure in full, as Splink reads it."""
        while found := _MEASURE.search(sql):
            sql = f"{sql[: found.start()]}({self.measures[found[1]]}){sql[found.end() :]}"
        return sql

    @staticmethod
    def by_name(sql: str) -> str:
        """Return the condition with every measure as a column of its name."""
        return _MEASURE.sub(r"\1", sql)

    def columns(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the known columns that the comparison reads, in the order given."""
        text = " ".join(self.written_out(level.sql) for level in self.levels)
        return tuple(column for column in known if re.search(rf"\b{re.escape(column)}_[lr]\b", text))

    @model_validator(mode="after")
    def _complete(self) -> DeclaredComparison:
        if self.labels[0] != "null" or self.levels[-1].sql != "ELSE":
            raise ValueError(f"comparison {self.name}: the first level must be `null`, the last condition ELSE")
        if len(set(self.labels)) < len(self.labels):
            raise ValueError(f"comparison {self.name}: a label occurs twice")
        known: set[str] = set()
        unknown: set[str] = set()
        for name, sql in self.measures.items():
            unknown |= set(_MEASURE.findall(sql)) - known
            known.add(name)
        unknown |= {name for level in self.levels for name in _MEASURE.findall(level.sql)} - known
        if unknown:
            raise ValueError(f"comparison {self.name}: unknown measures {sorted(unknown)}")
        return self


class BlockingRule(_Part):
    """Rows that share a key are compared, where no more rows than `bound` share it.

    Attributes:
        key: SQL expression over `records`: a text, or a list of texts for several keys; null for none.
    """

    name: str
    key: str
    bound: int = Field(gt=1)


class TrainingRule(_Part):
    """One EM session of Splink.

    Attributes:
        sql: which pairs it looks at (`l.x = r.x`).
        decides: comparisons that the rule says something about beforehand; the session learns the others only.
    """

    sql: str
    decides: tuple[str, ...]


class Definition(_Part):
    """Everything declared for one table.

    Attributes:
        name: of the linkage.
        prepare: SQL from the table `source` (with a column `node`, 0..n-1) to `records` (with `node`).
        revise: SQL to a second `records`, from what is there and `linked` (`node, cluster`), the outcome of a first
            pass: what the clusters teach, such as which values stand for one another. Without it there is one pass.
        blocking, comparisons, training: as above, for every pass.
        least_m: least chance of any level among rows of one person, whatever EM says: no source writes better.
        false_merge_cost: what a false merge costs against a missed link; the only choice of threshold.
    """

    name: str
    prepare: tuple[Step, ...]
    revise: tuple[Step, ...] = ()
    blocking: tuple[BlockingRule, ...]
    comparisons: tuple[DeclaredComparison, ...]
    training: tuple[TrainingRule, ...]
    least_m: float = Field(default=0.001, gt=0, lt=0.1)
    false_merge_cost: float = Field(default=1.0, gt=0)

    @property
    def passes(self) -> int:
        """How often the table is linked: twice where the outcome of the first pass teaches something."""
        return 2 if self.revise else 1

    @property
    def frequency_columns(self) -> tuple[str, ...]:
        """Columns whose values are counted, sorted."""
        named = {level.frequency for part in self.comparisons for level in part.levels}
        return tuple(sorted(column for column in named if column is not None))

    @model_validator(mode="after")
    def _consistent(self) -> Definition:
        if not self.prepare or self.prepare[-1].name != "records":
            raise ValueError("the last step of `prepare` must be `records`")
        if self.revise and self.revise[-1].name != "records":
            raise ValueError("the last step of `revise` must be `records`")
        names = {part.name for part in self.comparisons}
        strange = {name for rule in self.training for name in rule.decides} - names
        if strange:
            raise ValueError(f"training decides unknown comparisons {sorted(strange)}")
        taught = [names - set(rule.decides) for rule in self.training]
        untaught = names - set().union(*taught)
        if untaught:
            raise ValueError(f"no training rule teaches {sorted(untaught)}")
        return self

    @classmethod
    def load(cls, path: Path) -> Definition:
        """Read a definition.

        Raises:
            ConfigError: the file is missing, no YAML, or not a definition; the message names every problem.
        """
        try:
            raw: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
            return cls.model_validate(raw)
        except FileNotFoundError as error:
            raise ConfigError(f"{path.name}: no such file") from error
        except YAMLError as error:
            raise ConfigError(f"{path.name}: not YAML: {error}") from error
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
            raise ConfigError(f"{path.name}: {problems}") from error
