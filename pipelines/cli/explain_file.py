"""Texts from a file for `streetlake explain`, and the answers as a CSV that a spreadsheet opens safely."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from pipelines.errors import ConfigError
from pipelines.ingest.decode import blocks, detect

_NAMES: Final = ("address", "address_text", "text", "地址", "住址", "详细地址", "居住地址")
# A spreadsheet takes a cell that begins so for a formula; `'` before it makes it text.
_FORMULA: Final = r"^[=+\-@\t\r]"
_MOST_BYTES: Final = 200 * 2**20


def read_texts(file: Path, column: str | None = None) -> list[str]:
    """The texts of a .txt (one a line) or a .csv (one column), in any of the encodings that departments use.

    Raises:
        ConfigError: with the remedy, when the file is missing, too large, of another kind, or lacks the column.
    """
    if not file.is_file():
        raise ConfigError(f"{file} is no file: name a .txt with one text a line, or a .csv")
    if file.stat().st_size > _MOST_BYTES:
        raise ConfigError(f"{file} is larger than {_MOST_BYTES // 2**20} MiB: deliver it as a feed instead")
    if file.suffix.lower() not in (".txt", ".csv"):
        raise ConfigError(f"{file.name} is neither .txt nor .csv: save it as one of them")
    if column is not None and file.suffix.lower() == ".txt":
        raise ConfigError("a .txt has no columns: leave --column out")
    text = _decoded(file)
    if file.suffix.lower() == ".txt":
        return text.splitlines()
    return _column(file, list(csv.reader(text.splitlines(keepends=True))), column)


def _decoded(file: Path) -> str:
    def open_file() -> BinaryIO:
        return file.open("rb")

    return "".join(blocks(open_file, detect(open_file)))


def _column(file: Path, rows: list[list[str]], column: str | None) -> list[str]:
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    if column is not None and column not in header:
        raise ConfigError(f"{file.name} has no column {column}; there are: {', '.join(header)}")
    name = column or next((name for name in header if name in _NAMES), header[0])
    index = header.index(name)
    return [row[index] if index < len(row) else "" for row in rows[1:]]


def write_answers(table: pl.DataFrame, out: Path) -> None:
    """Write `explain_table` as CSV with a byte order mark, so that Excel reads it as UTF-8.

    A text that a spreadsheet would take for a formula gets a `'` before it.
    """
    texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
    safe = table.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name in texts
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    safe.write_csv(out, include_bom=True)
