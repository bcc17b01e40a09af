"""Which model and which code a night was made with; a change of either is a row in ``internal.identity_version``."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.identity.outputs import VERSION_SCHEMA
from pipelines.identity.scoring.model import Model

_IDENTITY: Final = Path(__file__).resolve().parents[1]
_READERS: Final = (_IDENTITY, _IDENTITY.parent / "normalise")
_REFERENCE: Final = _IDENTITY.parents[1] / "data" / "reference"
_LIBRARIES: Final = ("polars", "numpy", "scipy", "rapidfuzz", "pypinyin", "opencc")
_NOT_RULES: Final = ("identity_model.json", "divisions", "city_")


@cache
def rules_fingerprint() -> str:
    """Hash of everything but the model that decides who is who: modules, reference lists, versions of libraries."""
    found = hashlib.sha256()
    sources = [path for folder in _READERS for path in sorted(folder.rglob("*.py"))]
    lists = [path for path in sorted(_REFERENCE.iterdir()) if path.is_file() and not path.name.startswith(_NOT_RULES)]
    for path in (*sources, *lists):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        found.update(f"{library} {version(library)}\0".encode())
    return found.hexdigest()


@dataclass(frozen=True)
class Adoption:
    """Somebody's order to put a model in force.

    Attributes:
        adoption_id: of the order.
        adopted_by: who gave it (an account).
        note: why, in their words.
    """

    adoption_id: str
    adopted_by: str
    note: str


def model_changed(versions: pl.DataFrame, model: Model) -> bool:
    """Say whether the last night was made with another model; not on the first."""
    return not versions.is_empty() and versions["model_sha256"][-1] != model.digest


def rules_changed(versions: pl.DataFrame) -> bool:
    """Say whether the last night was made with other code or libraries, or kept no record of it."""
    return versions.is_empty() or versions["rules_sha256"][-1] != rules_fingerprint()


def next_versions(
    versions: pl.DataFrame, model: Model, adoption: Adoption | None, run_id: str, now: datetime
) -> pl.DataFrame:
    """Append what tonight was made with, where it is not what the last night was made with.

    Args:
        versions: ``VERSION_SCHEMA`` rows so far.
        model: tonight's model.
        adoption: the order by which it is in force; None for the model that came with the software.
        run_id: tonight's run.
        now: instant of the run, with zone.
    """
    if not model_changed(versions, model) and not rules_changed(versions):
        return versions
    row = {
        "version": versions.height + 1,
        "at": now,
        "run_id": run_id,
        "model_sha256": model.digest,
        "rules_sha256": rules_fingerprint(),
        "model": model.model_dump_json(),
        **({} if adoption is None else asdict(adoption)),
    }
    return pl.concat([versions, pl.DataFrame([row], schema=VERSION_SCHEMA)])
