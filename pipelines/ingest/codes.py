"""Codes and lists of a contract, read from text; pure, over distinct texts."""

from __future__ import annotations

import re

import polars as pl

from pipelines.contracts.forms import code_form
from pipelines.contracts.model import Column


def code_lookup(column: Column) -> dict[str, str]:
    """Return code form -> canonical code, with the forms that a spreadsheet leaves of a code of digits.

    A spreadsheet makes `2` of `02` and back; such a form is taken where no other code has it.
    """
    known: dict[str, str] = {}
    for code, synonyms in column.codes.items():
        for text in (code, *synonyms):
            known.setdefault(code_form(text), code)
    width = max((len(code) for code in column.codes if code.isdigit()), default=0)
    for code in column.codes:
        if code.isdigit():
            known.setdefault(code.lstrip("0") or "0", code)
            known.setdefault(code.zfill(width), code)
    return known


def parse_codes(column: Column, texts: pl.Series) -> pl.DataFrame:
    """Read codes.

    Args:
        column: of type `code`.
        texts: distinct texts, trimmed.

    Returns:
        `value` (the canonical code, or the text itself where it is unknown) and `known`.
    """
    lookup = code_lookup(column)
    read = [None if text is None else lookup.get(code_form(text)) for text in texts.to_list()]
    frame = pl.DataFrame({"text": texts, "read": pl.Series(read, dtype=pl.String)})
    return frame.select(
        pl.coalesce("read", "text").alias("value"),
        (pl.col("read").is_not_null() | pl.col("text").is_null()).alias("known"),
    )


def parse_lists(column: Column, texts: pl.Series, null_tokens: list[str]) -> pl.Series:
    """Split the items of a list, trimmed, each once, in their order; a list without an item is null.

    Args:
        column: its `separators` split.
        texts: distinct texts, trimmed.
        null_tokens: items that mean nothing.
    """
    marks = f"[{re.escape(column.separators)}\n\r]+"
    split = [None if text is None else _items(re.split(marks, text), null_tokens) or None for text in texts.to_list()]
    return pl.Series(texts.name, split, dtype=pl.List(pl.String))


def _items(parts: list[str], null_tokens: list[str]) -> list[str]:
    return list(dict.fromkeys(item for part in parts if (item := part.strip()) not in null_tokens and item))
