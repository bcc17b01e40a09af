"""The model register (模型登记): no row, or a review that is overdue, and a risk mart is published empty.

`data/reference/risk_models.yml` says who answers for a mart, which sources make it and when it is looked at again. What
is registered each night is the code that ran (its hash), the data it saw and how it scored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT

MODELS_FILE = CHECKOUT / "data" / "reference" / "risk_models.yml"
HASH_LETTERS = 16

REGISTER_SCHEMA: Mapping[str, pl.DataType] = {
    "mart": pl.String(),
    "model": pl.String(),
    "code_hash": pl.String(),
    "data_from": pl.Date(),
    "data_until": pl.Date(),
    "scores": pl.String(),
    "owner": pl.String(),
    "review_on": pl.Date(),
    "published": pl.Boolean(),
    "reason_zh": pl.String(),
    "reason_en": pl.String(),
}


@dataclass(frozen=True)
class ModelEntry:
    """What a risk module tells of tonight.

    Attributes:
        mart: the served table, `marts.…`.
        model: what made its values.
        data_from, data_until: first and last day of the data that it read; null when there was none.
        scores: measures by name, of tonight's evaluation; NaN where nothing could be measured.
    """

    mart: str
    model: str
    data_from: dt.date | None
    data_until: dt.date | None
    scores: Mapping[str, float] = field(default_factory=dict)


class RegisteredMart(BaseModel):
    """One row of the file.

    Attributes:
        mart: the served table.
        model: its usual name, for a night on which its module told of none.
        owner: who answers for it.
        review_on: the day by which somebody looks at its scores again.
        modules: Python modules and packages whose sources make it; packages count with all their modules.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mart: str = Field(pattern=r"^marts\.[a-z_]+$")
    model: str = Field(min_length=3)
    owner: str = Field(min_length=3)
    review_on: dt.date
    modules: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Permission:
    """Whether a mart may go out, and why."""

    published: bool
    reason_zh: str
    reason_en: str


@cache
def registered_marts(path: Path = MODELS_FILE) -> tuple[RegisteredMart, ...]:
    """Return the rows of the file; none where there is no file.

    Raises:
        ConfigError: a row is wrong or a mart stands twice.
    """
    if not path.exists():
        return ()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        rows = TypeAdapter(tuple[RegisteredMart, ...]).validate_python(content)
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"{path.name} is not a list of registered marts: {error}") from error
    marts = [row.mart for row in rows]
    if twice := sorted({mart for mart in marts if marts.count(mart) > 1}):
        raise ConfigError(f"{path.name}: registered twice: {', '.join(twice)}.")
    return rows


def may_publish(mart: str, as_of: dt.date, rows: Sequence[RegisteredMart] | None = None) -> Permission:
    """Return whether `mart` may be published on `as_of`, by its row in the register.

    Args:
        mart: the served table.
        as_of: the day that the snapshot speaks of.
        rows: the register; by default the file's.
    """
    found = next((row for row in (registered_marts() if rows is None else rows) if row.mart == mart), None)
    if found is None:
        return Permission(
            published=False,
            reason_zh="模型登记中没有该表，不公布",
            reason_en="Not in the model register: not published",
        )
    if found.review_on < as_of:
        return Permission(
            published=False,
            reason_zh=f"复核已逾期（应于 {found.review_on}），不公布",
            reason_en=f"The review is overdue (it was due on {found.review_on}): not published",
        )
    return Permission(
        published=True, reason_zh=f"下次复核 {found.review_on}", reason_en=f"To be reviewed by {found.review_on}"
    )


def code_hash(modules: Iterable[str], root: Path = CHECKOUT) -> str:
    """Return the first letters of the SHA-256 over the sources of these modules, in the order of their paths.

    Raises:
        ConfigError: a module has no source.
    """
    digest = hashlib.sha256()
    for path in sorted({path for module in modules for path in _sources(module, root)}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:HASH_LETTERS]


def register_models(
    entries: Iterable[ModelEntry], as_of: dt.date, rows: Sequence[RegisteredMart] | None = None
) -> pl.DataFrame:
    """Return `marts.model_register`: one row per mart and model, also for registered marts without an entry.

    Args:
        entries: of all risk modules of tonight.
        as_of: the day that the snapshot speaks of.
        rows: the register; by default the file's.
    """
    known = {row.mart: row for row in (registered_marts() if rows is None else rows)}
    told = list(entries)
    silent = [ModelEntry(row.mart, row.model, None, None) for row in known.values()]
    silent = [entry for entry in silent if entry.mart not in {one.mart for one in told}]
    lines = [_line(entry, known.get(entry.mart), as_of, list(known.values())) for entry in told + silent]
    return pl.DataFrame(lines, schema=dict(REGISTER_SCHEMA), orient="row").sort("mart", "model")


def _line(
    entry: ModelEntry, row: RegisteredMart | None, as_of: dt.date, rows: Sequence[RegisteredMart]
) -> tuple[object, ...]:
    permission = may_publish(entry.mart, as_of, rows)
    return (
        entry.mart,
        entry.model,
        code_hash(row.modules) if row else None,
        entry.data_from,
        entry.data_until,
        _as_text(entry.scores),
        row.owner if row else None,
        row.review_on if row else None,
        permission.published,
        permission.reason_zh,
        permission.reason_en,
    )


def _as_text(scores: Mapping[str, float]) -> str:
    """Return JSON with four decimals; what is not a number becomes null."""
    rounded = {name: None if value != value else round(value, 4) for name, value in scores.items()}
    return json.dumps(rounded, sort_keys=True, ensure_ascii=False)


def _sources(module: str, root: Path) -> list[Path]:
    place = root.joinpath(*module.split("."))
    found = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    if not found or not all(path.exists() for path in found):
        raise ConfigError(f"risk_models.yml: there is no source of {module}.")
    return found
