"""What a corruption is told about the delivery that it damages, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from mutation.export import Export, Files
from pipelines.contracts.model import Column, Contract


@dataclass(frozen=True)
class Case:
    """One feed's delivery of one night.

    Attributes:
        contract: the feed's specification: which header is of which type.
        exports: the clean delivery.
        before: returns the exports of an earlier delivery, by how many deliveries back.
        lately: the feed's deliveries of the last weeks, tonight's the last of them.
        others: clean deliveries of the same night by other feeds.
    """

    contract: Contract
    exports: list[Export]
    before: Callable[[int], list[Export]]
    lately: list[list[Export]]
    others: dict[str, list[Export]] = field(default_factory=dict)


@dataclass(frozen=True)
class Damage:
    """What a corruption made of a delivery.

    Attributes:
        files: what is delivered instead, path below landing -> bytes; empty where nothing comes.
        note: what was done: headers, shares and factors, never a cell.
        feeds: the feeds that a person must be told of; empty for the case's own.
        weeks: what the feed delivered on its nights of the last weeks instead, tonight's among them; null where only
            tonight is damaged. A feed that sent nothing for weeks has none.
    """

    files: Files
    note: str
    feeds: tuple[str, ...] = ()
    weeks: tuple[Files, ...] | None = None


Rng = np.random.Generator
Corrupt = Callable[[Case, Rng], Damage | None]
"""A corruption; null where it does not fit the delivery."""

REGISTRY: dict[str, Corrupt] = {}
SENSOR_FEEDS = ("sensors_events", "sensors_devices")


def family(corrupt: Corrupt) -> Corrupt:
    """Register a corruption under the name of its function."""
    REGISTRY[corrupt.__name__] = corrupt
    return corrupt


def columns(case: Case, frame: pl.DataFrame, *types: str, filled: float = 0.3, distinct: int = 2) -> list[Column]:
    """Return the contract's columns that stand in `frame` under some header, are filled, and vary.

    Args:
        case: whose contract says the types.
        frame: of an export.
        types: contract types to choose from; none means all.
        filled: smallest share of cells that must hold something.
        distinct: smallest number of different texts.
    """
    found = []
    for column in case.contract.columns:
        header = header_of(frame, column)
        if header is None or (types and column.type not in types):
            continue
        cells = texts(frame, header).drop_nulls()
        if len(cells) >= filled * len(frame) and cells.n_unique() >= distinct:
            found.append(column)
    return found


def header_of(frame: pl.DataFrame, column: Column) -> str | None:
    """Return the header under which a contract column stands in a frame."""
    return next((header for header in frame.columns if header in column.headers), None)


def texts(frame: pl.DataFrame, header: str) -> pl.Series:
    """Return a column as text, empty cells as null."""
    return frame[header].cast(pl.String).replace("", None)


def pick(rng: Rng, items: list[Column]) -> Column | None:
    """Draw one; null where there is none."""
    return items[int(rng.integers(0, len(items)))] if items else None


def some_rows(rng: Rng, size: int, low: float = 0.05, high: float = 0.6) -> tuple[pl.Series, float]:
    """Draw rows to damage: a share between `low` and `high`, and never fewer than three.

    Returns:
        A mask, and the share of rows in it.
    """
    count = min(size, max(3, round(size * float(rng.uniform(low, high)))))
    mask = np.zeros(size, dtype=bool)
    mask[rng.permutation(size)[:count]] = True
    return pl.Series(mask), count / max(size, 1)


def put(frame: pl.DataFrame, header: str, mask: pl.Series, cells: pl.Series) -> pl.DataFrame:
    """Return the frame with other cells where the mask says so; a typed column takes what its type can hold."""
    kind = frame.schema[header]
    new = cells.cast(kind, strict=False)
    return frame.with_columns(new.zip_with(mask, frame[header]).alias(header))


def changed_share(before: pl.DataFrame, after: pl.DataFrame) -> float:
    """Return the share of rows of `before` that `after` does not have at the same place."""
    if before.columns != after.columns or len(before) != len(after) or before.is_empty():
        return 1.0
    differs = pl.any_horizontal(
        [(before[c].cast(pl.String).fill_null("") != after[c].cast(pl.String).fill_null("")) for c in before.columns]
    )
    return float(before.select(differs.mean()).item())
