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
_TOTAL_WORD = r"(合|总|小)\s*计"
_VISIBLE = r"[^\s\u00a0\u3000\ufeff\u200b]"
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


def is_data(frame: pl.DataFrame, headers: Sequence[str]) -> pl.Series:
    """Return for each row of a text table whether it is a data row.

    A blank row is none, nor a total row, nor one that only repeats the header, as a workbook printed page by page
    has it. Rule: feeds.md, "Rows".
    """
    names = positions(len(headers))
    doubted = frame.select(_doubt(headers).alias("doubt")).to_series()
    if not doubted.any():
        return ~doubted
    no_data = _is_blank(names) | _is_total(names) | _is_repeated_header(headers)
    verdict = frame.filter(doubted).select(no_data.alias("no_data")).to_series()
    answer = ~doubted
    return answer.scatter(doubted.arg_true(), ~verdict)


def _doubt(headers: Sequence[str]) -> pl.Expr:
    """A cheap test that holds for every row which is no data, and for few others."""
    names = positions(len(headers))
    named = next((i for i, header in enumerate(headers) if header.strip()), 0)
    total = pl.any_horizontal(pl.col(name).str.contains(_TOTAL_WORD) for name in names)
    blank = ~pl.any_horizontal(pl.col(name).str.contains(_VISIBLE) for name in names)
    repeated = pl.col(str(named)).str.contains(headers[named].strip()[:1] or " ", literal=True)
    return total.fill_null(value=False) | blank.fill_null(value=True) | repeated.fill_null(value=False)


def _is_blank(columns: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(squeeze(name).fill_null("") == "" for name in columns)


def _is_total(columns: Sequence[str]) -> pl.Expr:
    """True where the first cell that is neither blank nor a number says 合计, 总计 or 小计."""
    texts = [squeeze(name) for name in columns]
    is_text = [(text != "") & ~text.str.contains(r"^[\d.,-]+$") for text in texts]
    first = pl.coalesce([pl.when(kept).then(text).otherwise(None) for kept, text in zip(is_text, texts, strict=True)])
    return first.str.contains(_TOTAL).fill_null(value=False)


def _is_repeated_header(headers: Sequence[str]) -> pl.Expr:
    named = [(str(index), "".join(header.split())) for index, header in enumerate(headers) if header.strip()]
    return pl.all_horizontal(squeeze(column).fill_null("") == text for column, text in named)


def payload_of(cells: Sequence[str | None]) -> str:
    """Return the payload of a row that does not fit the header: its cells, long ones cut."""
    shown = [None if cell is None else reveal(cell[:PAYLOAD_CHARACTERS]) for cell in cells]
    return orjson.dumps({"cells": shown}).decode()[: 5 * PAYLOAD_CHARACTERS]


def reveal(text: str) -> str:
    r"""Write marked bytes as ``\xNN``, and NUL as ``\x00``."""
    return text.replace(BAD_BYTE, "\\x").replace("\x00", "\\x00")
