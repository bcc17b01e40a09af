"""The file of refusals, `data/reference/refusals.yml`; the comments in it say what each list is for."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from pipelines.home import CHECKOUT

RULES_FILE: Final = CHECKOUT / "data" / "reference" / "refusals.yml"


class CountedRows(BaseModel):
    """What a mart that counts rows may ask for: `columns` of `tables` (names, or patterns with `*`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: tuple[str, ...]
    columns: tuple[str, ...]

    def covers(self, table: str) -> bool:
        """Whether `table` is one of them."""
        return any(fnmatchcase(table, pattern) for pattern in self.tables)

    def allows(self, column: str) -> bool:
        """Whether `<schema>.<table>.<column>` may be asked for."""
        table, _, name = column.rpartition(".")
        return name in self.columns and self.covers(table)


NOTHING_COUNTED: Final = CountedRows(tables=(), columns=())


class Rules(BaseModel):
    """The file of refusals; the comments in it say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    risk_marts: tuple[str, ...]
    gates: tuple[str, ...]
    places: dict[str, str]
    person_tables: tuple[str, ...]
    person_words: tuple[str, ...]
    leading_columns: tuple[str, ...]
    counts: dict[str, str]
    rows_counted: dict[str, CountedRows]
    other_meanings: dict[str, str]
    points: tuple[str, ...]
    points_may_reach: tuple[str, ...]
    needs_mart: str
    score_words: tuple[str, ...]
    needs_fractions: dict[str, str]
    thing_departments: tuple[str, ...]
    thing_words: tuple[str, ...]
    thing_words_zh: tuple[str, ...]
    never_words: tuple[str, ...]
    never_words_zh: tuple[str, ...]


@lru_cache(maxsize=4)
def load_rules(path: Path = RULES_FILE) -> Rules:
    """Read the rules; a key that is unknown or missing is an error of pydantic."""
    return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
