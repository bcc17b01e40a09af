"""Which linkage model is in force: the newest that somebody adopted, else that of the last night, else the shipped one.

A model that comes with a new release changes nothing by itself: the lake keeps the model of its last night and goes on
with it until somebody adopts another.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

import orjson
import polars as pl

from pipelines.errors import ConfigError
from pipelines.home import Home
from pipelines.identity.night.rules import Adoption
from pipelines.identity.scoring.model import Model
from pipelines.lake.durable import write_bytes
from pipelines.lake.journal import append_line, finished_lines

FILE = "identity_model.jsonl"
_KEYS = ("adoption_id", "model_sha256", "adopted_by", "note", "adopted_at")


def adoptions_file(home: Home) -> Path:
    """Where the orders to adopt a model lie, one JSON object a line."""
    return home.root / "decisions" / FILE


def model_file(home: Home, digest: str) -> Path:
    """Where an adopted model lies."""
    return home.root / "decisions" / "models" / f"{digest}.json"


def read_adoptions(home: Home) -> list[dict[str, str]]:
    """All orders, oldest first; a line that a kill left unfinished is none.

    Raises:
        ConfigError: naming the first line that is no order.
    """
    return [_read(line, number) for number, line in enumerate(finished_lines(adoptions_file(home)), start=1)]


def _read(line: bytes, number: int) -> dict[str, str]:
    try:
        row = orjson.loads(line)
        return {name: str(row[name]) for name in _KEYS}
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{FILE}, line {number}: no order to adopt a model. Mend or remove the line.") from error


def adopt_model(home: Home, model: Model, note: str, adopted_by: str, adopted_at: datetime) -> dict[str, str]:
    """Order that every later run uses `model`; the caller holds the run lock.

    Args:
        home: the home.
        model: the model; a copy is kept in the home.
        note: why, in the words of whoever orders it; never a person's value.
        adopted_by: an account, not a name.
        adopted_at: with zone.

    Returns:
        The order as written.

    Raises:
        ConfigError: without a note.
    """
    if not note.strip():
        raise ConfigError("a model is adopted for a reason: say which (--note)")
    write_bytes(model_file(home, model.digest), model.model_dump_json(indent=1).encode())
    order = {
        "adoption_id": str(uuid.uuid4()),
        "model_sha256": model.digest,
        "adopted_by": adopted_by,
        "note": note.strip(),
        "adopted_at": adopted_at.isoformat(timespec="microseconds"),
    }
    append_line(adoptions_file(home), order)
    return order


def model_in_force(home: Home, versions: pl.DataFrame) -> tuple[Model, Adoption | None]:
    """The model of the next night, and the order by which it is in force (None for one that nobody ordered).

    Args:
        home: the home with the orders.
        versions: ``internal.identity_version`` of the last snapshot; empty before the first night.

    Raises:
        ConfigError: the model cannot be read, or was made for the comparisons of another release.
    """
    orders = read_adoptions(home)
    if orders:
        return _adopted(home, orders[-1])
    if versions.is_empty():
        return Model.load(), None
    last = versions.row(-1, named=True)
    by = None if last["adoption_id"] is None else Adoption(last["adoption_id"], last["adopted_by"], last["note"])
    return _parsed(last["model"], f"the model of the last night ({last['model_sha256'][:12]})"), by


def _adopted(home: Home, order: dict[str, str]) -> tuple[Model, Adoption]:
    path = model_file(home, order["model_sha256"])
    if not path.exists():
        raise ConfigError(f"{path.name}: an order of {FILE} adopts this model, and it is gone: put it back")
    model = _parsed(path.read_bytes(), path.name)
    if model.digest != order["model_sha256"]:
        raise ConfigError(f"{path.name}: altered since it was adopted: put the original back, or adopt this one")
    return model, Adoption(order["adoption_id"], order["adopted_by"], order["note"])


def _parsed(content: bytes | str, told_as: str) -> Model:
    try:
        return Model.parse(content, told_as)
    except ConfigError as error:
        raise ConfigError(
            f"{error}. `streetlake identity preview --shipped` tells what the model of this release would change, "
            "`streetlake identity adopt --shipped` puts it in force"
        ) from error


def adoption_waits(home: Home, versions: pl.DataFrame) -> bool:
    """Say whether somebody adopted a model with which no night was made yet."""
    orders = read_adoptions(home)
    return bool(orders) and not versions.is_empty() and versions["model_sha256"][-1] != orders[-1]["model_sha256"]
