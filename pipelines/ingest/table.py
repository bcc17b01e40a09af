"""The text table: what every format becomes before the contract casts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson
import polars as pl

# A noncharacter of Unicode: never text, so it can mark a byte that could not be decoded; two hex digits follow.
BAD_BYTE = "\ufdd0"
PAYLOAD_CHARACTERS = 20_000
BAD_ROW_SCHEMA = {"row_number": pl.Int64, "reason_code": pl.String, "reason": pl.String, "payload": pl.String}
_TOTAL = r"^(合计|总计|小计)([::(（\d].*)?$"
_BLANKS = r"[\s\u00a0\u3000\ufeff\u200b]+"


@dataclass(frozen=True)
class TextChunk:
    """Some rows of a file, every cell as text.

    Attributes:
        frame: `row_number` (Int64, 1 = first data row) and one String column a header, named by position `0`, `1`, …
        bad: rows that have no cells to speak of: row_number, reason_code, reason, payload (JSON).
    """

    frame: pl.DataFrame
    bad: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BAD_ROW_SCHEMA))


@dataclass(frozen=True)
class TextTable:
    """One table of a file (a CSV has one, a workbook may have several).

    Attributes:
        headers: as delivered, blank where a column has none.
        chunks: the rows, in order; may be read once.
        notes: what is worth telling a steward about the form, without any value.
    """

    headers: list[str]
    chunks: Iterator[TextChunk]
    notes: list[str] = field(default_factory=list)


def positions(count: int) -> list[str]:
    """Return the column names of a text table with `count` columns."""
    return [str(index) for index in range(count)]


def squeeze(column: str) -> pl.Expr:
    """Return the text of `column` without any white space; null stays null."""
    return pl.col(column).str.replace_all(_BLANKS, "")


def is_blank(columns: Sequence[str]) -> pl.Expr:
    """True for a row without any character but white space."""
    return pl.all_horizontal(squeeze(name).fill_null("") == "" for name in columns)


def is_total(columns: Sequence[str]) -> pl.Expr:
    """True for a total row: its first cell that is neither blank nor a number says 合计, 总计 or 小计.

    Rule: feeds.md, "Rows".
    """
    texts = [squeeze(name) for name in columns]
    first = pl.coalesce(pl.when((text != "") & ~text.str.contains(r"^[\d.,-]+$")).then(text) for text in texts)
    return first.str.contains(_TOTAL).fill_null(value=False)


def is_repeated_header(headers: Sequence[str]) -> pl.Expr:
    """True for a row that only repeats the header, as a workbook printed page by page does."""
    named = [(str(index), "".join(header.split())) for index, header in enumerate(headers) if header.strip()]
    return pl.all_horizontal(squeeze(column).fill_null("") == text for column, text in named)


def payload_of(cells: Sequence[str | None]) -> str:
    """Return the payload of a row that does not fit the header: its cells, long ones cut."""
    shown = [None if cell is None else reveal(cell[:PAYLOAD_CHARACTERS]) for cell in cells]
    return orjson.dumps({"cells": shown}).decode()[: 5 * PAYLOAD_CHARACTERS]


def reveal(text: str) -> str:
    r"""Write marked bytes as ``\xNN``, and NUL as ``\x00``."""
    return text.replace(BAD_BYTE, "\\x").replace("\x00", "\\x00")
