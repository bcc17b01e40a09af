"""Frames of text as the files that departments send; the same frame gives the same bytes."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import polars as pl
import polars.selectors as cs
import xlsxwriter

Format = Literal["csv", "xlsx", "jsonl", "jsonl.gz", "parquet"]
_CHUNK_ROWS = 100_000
_CREATED = datetime(2026, 1, 1, tzinfo=UTC)
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Form:
    """How a file is written.

    Attributes:
        format: of the file.
        encoding: of a CSV: gb18030, utf-8, utf-8-sig or utf-16 (little endian with its mark).
        newline: of a CSV.
        title: a row above the header of a workbook, null for none; `unit_row` adds a 填报单位 row below it.
        total: a 合计 row below the data of a workbook.
        order: positions of columns in another order, empty for the usual one.
        vendor_column: name of an extra column that the vendor adds, null for none.
        blank_columns: empty columns at the right end of a workbook.
        typed: short whole numbers of a workbook, Excel dates among them, are numbers and not text.
    """

    format: Format = "csv"
    encoding: str = "utf-8"
    newline: str = "\n"
    title: str | None = None
    unit_row: str | None = None
    total: bool = False
    order: tuple[int, ...] = ()
    vendor_column: str | None = None
    blank_columns: int = 0
    typed: bool = False


def encode(frame: pl.DataFrame, form: Form) -> bytes:
    """Return the bytes of a file with the rows of `frame`."""
    columns = [frame.columns[i] for i in form.order] if form.order else frame.columns
    shown = frame.select(columns).with_columns(cs.string().replace("", None))
    if form.vendor_column is not None:
        shown = shown.with_columns(pl.lit("V2.3").alias(form.vendor_column))
    if form.format == "csv":
        return _csv(shown, form)
    if form.format == "xlsx":
        return _workbook(shown, form)
    if form.format == "parquet":
        buffer = io.BytesIO()
        shown.write_parquet(buffer, compression="zstd", statistics=False)
        return buffer.getvalue()
    lines = _json_lines(shown)
    return gzip.compress(lines, compresslevel=6, mtime=0) if form.format == "jsonl.gz" else lines


def _csv(frame: pl.DataFrame, form: Form) -> bytes:
    parts = []
    for begin in range(0, max(1, len(frame)), _CHUNK_ROWS):
        text = frame.slice(begin, _CHUNK_ROWS).write_csv(include_header=begin == 0, line_terminator=form.newline)
        parts.append(text.encode({"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(form.encoding, form.encoding)))
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(form.encoding, b"")
    return mark + b"".join(parts)


def _json_lines(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ndjson(buffer)
    return buffer.getvalue()


def _workbook(frame: pl.DataFrame, form: Form) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "in_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": _CREATED, "author": ""})
    sheet = book.add_worksheet("Sheet1")
    line = 0
    numbers = form.typed
    if form.title is not None:
        sheet.write_string(line, 0, form.title)
        line += 1
    if form.unit_row is not None:
        sheet.write_string(line, 0, form.unit_row)
        line += 1
    for cells in ([*frame.columns, *([""] * form.blank_columns)], *frame.iter_rows()):
        for column, cell in enumerate(cells):
            if numbers and cell and len(cell) < 8 and cell.isdecimal() and cell.isascii() and cell[0] != "0":
                sheet.write_number(line, column, int(cell))
            elif cell:
                sheet.write_string(line, column, cell)
        line += 1
    if form.total:
        sheet.write_string(line, 0, "合计")
        sheet.write_number(line, 1, len(frame))
    book.close()
    return buffer.getvalue()


class _GbkName(zipfile.ZipInfo):
    """A member whose name is written in GBK without the UTF-8 flag, as Windows archivers in China do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name zipfile calls
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def archive(members: dict[str, bytes]) -> bytes:
    """Return a zip of the members, with GBK names and a fixed time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in members.items():
            info = _GbkName(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            box.writestr(info, content)
    return buffer.getvalue()
