"""A delivered file read without a contract: where its header stands, and every cell as text."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow.parquet as pq

from pipelines.config import IngestConfig
from pipelines.contracts.forms import header_form
from pipelines.contracts.model import Column, Contract
from pipelines.errors import FileRejected
from pipelines.ingest.archive import unpack
from pipelines.ingest.csv_lines import split_record
from pipelines.ingest.csv_reader import SEPARATORS
from pipelines.ingest.decode import blocks, detect
from pipelines.ingest.formats import GZIP, OLE, PARQUET, ZIP, gunzip, is_archive, open_table
from pipelines.ingest.header_row import HEADER_CHARACTERS, SEARCH_ROWS
from pipelines.ingest.lines import line_chunks

MOST_ROWS = 200_000
_JSON_START = re.compile(rb'^[\xef\xbb\xbf\s]*\[?\s*\{\s*"')
_JSON_KEY = re.compile(r'"([^"\\]+)"\s*:')
_DATA = re.compile(r"\d{6}|^[\d.,:/\s-]+$")
_FULL_WIDTH_SHARE = 0.6
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Sample:
    """A file as text.

    Attributes:
        file_name: as delivered, of an archive's first member where it was one.
        format: csv, xlsx, jsonl or parquet.
        headers: as delivered, blank where a column has none.
        frame: one String column a header, named by its position; at most `MOST_ROWS` rows.
        refused: rows that could not be read as cells at all.
        above: rows above the header (titles, 填报单位).
        title: the first text above the header, if any.
        notes: what the reader tells of the form, such as the encoding.
    """

    file_name: str
    format: str
    headers: list[str]
    frame: pl.DataFrame
    refused: int
    above: int
    title: str | None
    notes: tuple[str, ...]


def read_sample(path: Path, known_headers: frozenset[str], limits: IngestConfig) -> Sample:
    """Read a file with the readers that loads use; zip (its first member) and gzip are unpacked.

    Args:
        path: the file.
        known_headers: header forms of all contracts, which help to find the header row.
        limits: the configured limits.

    Raises:
        FileRejected: when it cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        local, name = _unpacked(path, Path(folder), limits)
        kind = _format(local)
        rows = _top_rows(local, kind)
        if not rows:
            raise FileRejected("empty", "the file holds no cell.")
        at = _header_at(rows, known_headers)
        table = open_table(local, name, _provisional(rows[at]), limits)
        frames, refused, height = [], 0, 0
        for chunk in table.chunks:
            frames.append(chunk.frame.drop("row_number"))
            refused, height = refused + chunk.bad.height, height + chunk.frame.height
            if height >= MOST_ROWS:
                break
    frame = pl.concat(frames).head(MOST_ROWS) if frames else pl.DataFrame()
    title = next((cell.strip() for row in rows[:at] for cell in row if cell.strip()), None)
    return Sample(name, kind, list(table.headers), frame, refused, at, title, tuple(table.notes))


def _unpacked(path: Path, folder: Path, limits: IngestConfig) -> tuple[Path, str]:
    if is_archive(path, path.name):
        member = next(iter(unpack(path, folder, limits)), None)
        if member is None or member.reason_code:
            raise FileRejected("unreadable", "the archive's first member cannot be read.")
        return member.local, member.name.rsplit("/", 1)[-1]
    with path.open("rb") as handle:
        if handle.read(2) == GZIP:
            return gunzip(path, folder / "unpacked", limits), re.sub(r"(?i)\.gz$", "", path.name)
    return path, path.name


def _format(path: Path) -> str:
    with path.open("rb") as handle:
        start = handle.read(512)
    if start.startswith(PARQUET):
        return "parquet"
    if start.startswith((ZIP, OLE)):
        return "xlsx"
    return "jsonl" if _JSON_START.match(start) else "csv"


def _top_rows(path: Path, kind: str) -> list[list[str]]:
    if kind == "parquet":
        return [list(pq.read_schema(path).names)]
    if kind == "xlsx":
        return _sheet_rows(path)
    encoding = detect(lambda: path.open("rb"))
    lines = next(line_chunks(blocks(lambda: path.open("rb"), encoding), 4 * SEARCH_ROWS), [])
    if kind == "jsonl":
        return [list(dict.fromkeys(_JSON_KEY.findall("\n".join(lines))))]
    top = [line.rstrip("\r") for line in lines[:SEARCH_ROWS]]
    return max(([split_record(line, mark)[0] for line in top] for mark in SEPARATORS), key=_regularity)


def _sheet_rows(path: Path) -> list[list[str]]:
    try:
        reader = fastexcel.read_excel(path.read_bytes())
        for name in reader.sheet_names:
            sheet = reader.load_sheet(name, header_row=None, n_rows=SEARCH_ROWS, dtypes="string")
            if sheet.visible == "visible" and sheet.width:
                frame: pl.DataFrame = sheet.to_polars()
                return [[cell or "" for cell in row] for row in frame.cast(pl.String).iter_rows()]
    except fastexcel.FastExcelError as error:
        raise FileRejected("unreadable", "the workbook is damaged, cut off or protected.") from error
    return []


def _regularity(rows: Rows) -> int:
    """How well a separator cuts: the width that most rows have, times how many have it; one column is no table."""
    width, count = Counter(len(row) for row in rows).most_common(1)[0] if rows else (1, 0)
    return (width - 1) * count


def _header_at(rows: Rows, known: frozenset[str]) -> int:
    """Return the row that reads like labels over the width of the table; of several, the one of most known headers."""
    widest = max(sum(bool(cell.strip()) for cell in row) for row in rows)
    likely = [
        (sum(header_form(cell) in known for cell in row), -at)
        for at, row in enumerate(rows)
        if _reads_like_labels(row) and sum(bool(cell.strip()) for cell in row) >= _FULL_WIDTH_SHARE * widest
    ]
    return -max(likely)[1] if likely else 0


def _reads_like_labels(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    fitting = [cell for cell in cells if len(cell) <= HEADER_CHARACTERS and not _DATA.search(cell)]
    return len(fitting) == len(cells) == len(set(cells)) > 0


def _provisional(headers: Sequence[str]) -> Contract:
    """Return a contract of texts alone with these headers: what the readers need to find the header row."""
    forms = list(dict.fromkeys(form for header in headers if (form := header_form(header))))
    columns = [
        Column(name=f"c{number}", headers=[form], description_en=form, description_zh=form)
        for number, form in enumerate(forms)
    ]
    if not columns:
        raise FileRejected("no_header", "no row among the first reads like a header.")
    return Contract(
        department="sample",
        department_zh="-",
        feed="sample",
        title_zh="-",
        title_en="-",
        description_en="-",
        description_zh="-",
        owner="-",
        formats=["csv"],
        mode="full",
        identity=["c0"],
        columns=columns,
    )
