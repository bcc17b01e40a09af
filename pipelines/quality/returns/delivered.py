"""The rows as they were delivered: their cells under the department's own headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import polars as pl

from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.model import Contract

Entry = Mapping[str, Any]
"""An entry with `number`, `cells` and `titles`."""

RAGGED: Final = "cells"
RAGGED_TITLE: Final = "整行原文（列数不符）"


def with_cells(entries: pl.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    """Return entries as dicts with `number` (from 1) and `cells`: contract column or own header -> text.

    Headers that are synonyms of one column of the contract share a column, so that files of different years do.
    """
    known: dict[tuple[str, ...], dict[str, str]] = {}
    rows = []
    for number, entry in enumerate(entries.iter_rows(named=True), start=1):
        parsed = _parsed(entry["row_as_delivered"])
        headers = tuple(parsed)
        if headers not in known:
            known[headers] = _names(contract, list(headers))
        cells = {known[headers][header]: _text(value) for header, value in parsed.items()}
        titles = {known[headers][header]: header for header in headers}
        rows.append({**entry, "number": number, "cells": cells, "titles": titles})
    return rows


def _parsed(text: str | None) -> dict[str, Any]:
    """Return the row as header to text; what was cut when it was kept, as one text."""
    try:
        parsed = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {RAGGED: text}
    return parsed if isinstance(parsed, dict) else {RAGGED: text}


def _names(contract: Contract, headers: list[str]) -> dict[str, str]:
    places = {at: name for name, at in resolve_headers(contract, headers).columns.items()}
    return {header: places.get(at, header) for at, header in enumerate(headers)}


def _text(value: object) -> str | None:
    if isinstance(value, list):
        return " | ".join("" if one is None else str(one) for one in value)
    return None if value is None else str(value)


def delivered_columns(contract: Contract, entries: Sequence[Entry]) -> dict[str, str]:
    """Return the delivered columns, those of the contract in its order, then the others by name, with their headers.

    A column of the contract has the header that most rows have it under (the first by name among equals).
    """
    seen: dict[str, dict[str, int]] = {}
    for entry in entries:
        for name, title in entry["titles"].items():
            counts = seen.setdefault(name, {})
            counts[title] = counts.get(title, 0) + 1
    best = {name: min(counts, key=lambda title: (-counts[title], title)) for name, counts in seen.items()}
    best |= {RAGGED: RAGGED_TITLE} if RAGGED in best else {}
    order = [column.name for column in contract.columns if column.name in best]
    return {name: best[name] for name in [*order, *sorted(set(best) - set(order))]}
