"""Workbooks (`.xlsx`, and old `.xls`) as text tables."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.headers import must_be_present, resolve_headers
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.header_row import SEARCH_ROWS, HeaderFinder
from pipelines.ingest.table import TextChunk, TextTable, positions
from pipelines.ingest.text_rows import RowSink

# XML compresses well; below this a workbook is harmless whatever its ratio.
HARMLESS_BYTES = 64 * 2**20


def read_workbook(path: Path, contract: Contract, limits: IngestConfig) -> TextTable:
    """Read the first sheet with the contract's header, and further visible ones that have it whole.

    Titles, blank rows and 填报单位 above the header are passed over. Numbers become text without an exponent, dates
    and times ISO text. The columns of further sheets are put in the order of the first.

    Raises:
        FileRejected: `unreadable`, `unsafe_archive`, `empty` or `no_header`.
    """
    _check_size(path, limits)
    sheets = _sheets(path)
    if all(sheet.is_empty() for _, sheet in sheets):
        raise FileRejected("empty", "no visible sheet holds a cell. Ask the department to deliver it again.")
    finder = HeaderFinder(contract)
    found = [(name, sheet, at) for name, sheet in sheets if (at := finder.find(_top(sheet))) is not None]
    if not found:
        raise FileRejected(
            "no_header",
            f"no row among the first {SEARCH_ROWS} of any visible sheet names a column of the contract.",
        )
    found.sort(key=lambda item: not _is_complete(contract, _row(item[1], item[2])))
    first = _row(found[0][1], found[0][2])
    tables = [_body(sheet, at) for _, sheet, at in found[:1]]
    tables += [
        _reorder(_body(sheet, at), _row(sheet, at), first)
        for _, sheet, at in found[1:]
        if _is_complete(contract, _row(sheet, at)) and set(_row(sheet, at)) == set(first)
    ]
    notes = [f"{len(sheets) - len(tables)} of {len(sheets)} sheets not read"] if len(sheets) > len(tables) else []
    return TextTable(first, _chunks(tables, first, limits), notes)


def _check_size(path: Path, limits: IngestConfig) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        return  # an old .xls, or damaged: its reader will tell
    packed = max(path.stat().st_size, 1)
    if unpacked > limits.max_archive_bytes or (
        unpacked > HARMLESS_BYTES and unpacked > limits.max_archive_ratio * packed
    ):
        raise FileRejected("unsafe_archive", f"the workbook unpacks to {unpacked} bytes, {unpacked // packed} times.")


def _sheets(path: Path) -> list[tuple[str, pl.DataFrame]]:
    try:
        reader = fastexcel.read_excel(path.read_bytes())  # by content: by path it would go by the suffix
        return [(name, sheet) for name in reader.sheet_names if (sheet := _load(reader, name)) is not None]
    except fastexcel.FastExcelError as error:
        raise FileRejected(
            "unreadable", "the workbook is damaged, cut off or protected. Ask for it again, without a password."
        ) from error


def _load(reader: fastexcel.ExcelReader, name: str) -> pl.DataFrame | None:
    sheet = reader.load_sheet(name, header_row=None, dtypes="string")
    if sheet.visible != "visible":
        return None
    frame: pl.DataFrame = sheet.to_polars()
    frame.columns = positions(frame.width)
    return frame.with_columns(pl.all().cast(pl.String))


def _top(sheet: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return sheet.head(SEARCH_ROWS).rows()


def _row(sheet: pl.DataFrame, at: int) -> list[str]:
    return [cell or "" for cell in sheet.row(at)]


def _is_complete(contract: Contract, headers: list[str]) -> bool:
    found = resolve_headers(contract, headers)
    needed = [column.name for column in contract.columns if must_be_present(contract, column)]
    return found.is_usable and all(name in found.columns for name in needed)


def _body(sheet: pl.DataFrame, at: int) -> pl.DataFrame:
    return sheet.slice(at + 1)


def _reorder(body: pl.DataFrame, headers: list[str], wanted: list[str]) -> pl.DataFrame:
    """Put the columns of a further sheet, which has the same headers, in the order of the first sheet."""
    left = list(range(len(headers)))
    order = []
    for header in wanted:
        place = next((i for i in left if headers[i] == header), None)
        if place is not None:
            left.remove(place)
        order.append(pl.lit(None, dtype=pl.String) if place is None else pl.col(str(place)))
    return body.select(expr.alias(str(i)) for i, expr in enumerate(order))


def _chunks(tables: list[pl.DataFrame], headers: list[str], limits: IngestConfig) -> Iterator[TextChunk]:
    sink = RowSink(headers)
    names = positions(len(headers))
    for table in tables:
        for part in table.iter_slices(limits.chunk_rows):
            frame = part.with_row_index("at")
            odd = pl.any_horizontal(
                (pl.col(names).str.len_chars() > limits.max_cell_characters) | pl.col(names).str.contains("\x00")
            ).fill_null(value=False)
            special = [(row[0], [cell or "" for cell in row[1:]]) for row in frame.filter(odd).iter_rows()]
            yield sink.take(frame.filter(~odd), special, limits.max_cell_characters)
