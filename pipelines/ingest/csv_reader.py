"""Delimited text of any encoding as a text table."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.csv_lines import JOINED_LINES, join_record, split_record
from pipelines.ingest.decode import Encoding, Opener, blocks, detect
from pipelines.ingest.header_row import SEARCH_ROWS, HeaderFinder
from pipelines.ingest.lines import line_chunks
from pipelines.ingest.table import BAD_BYTE, TextChunk, TextTable, positions
from pipelines.ingest.text_rows import RowSink

SEPARATORS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written: its encoding, separator, headers and the lines above the rows."""

    encoding: Encoding
    separator: str
    headers: list[str]
    skip: int


def read_csv(open_file: Opener, contract: Contract, limits: IngestConfig) -> TextTable:
    """Read delimited text.

    Cells stay text. A row whose number of cells differs from the header is `ragged_row`, but for blank surplus cells;
    one with bytes outside the encoding or with NUL is `undecodable`; one with an overlong cell is `row_too_long`.

    Raises:
        FileRejected: `empty`, `encoding` or `no_header`.
    """
    dialect = _dialect(open_file, contract)
    return TextTable(dialect.headers, _chunks(open_file, dialect, limits), [f"encoding {dialect.encoding.name}"])


def _dialect(open_file: Opener, contract: Contract) -> Dialect:
    encoding = detect(open_file)
    first = next(line_chunks(blocks(open_file, encoding), 4 * SEARCH_ROWS), [])
    lines = [line.rstrip("\r") for line in first]
    if not any(line.strip(' ,;|\t"\x00\u3000\r') for line in lines):
        raise FileRejected("empty", "the file holds no text. Ask the department to deliver it again.")
    finder = HeaderFinder(contract)
    best = max(SEPARATORS, key=lambda mark: _best_score(finder, lines, mark))
    rows = [split_record(line, best)[0] for line in lines[:SEARCH_ROWS]]
    at = finder.find(rows)
    if at is None:
        raise _no_header(lines)
    headers, taken = rows[at], 1
    if not split_record(lines[at], best)[1]:
        headers, taken = _broken_header(lines, at, best)
    return Dialect(encoding, best, headers, at + taken)


def _best_score(finder: HeaderFinder, lines: list[str], separator: str) -> int:
    marked = [line for line in lines[:SEARCH_ROWS] if separator in line]
    return max((finder.score(split_record(line, separator)[0]) for line in marked), default=0)


def _broken_header(lines: list[str], at: int, separator: str) -> tuple[list[str], int]:
    r"""Read a header with a line break inside a quoted cell (`"联系\n电话"`)."""
    text = lines[at]
    for taken in range(2, min(SEARCH_ROWS, len(lines) - at) + 1):
        text = f"{text}\n{lines[at + taken - 1]}"
        cells, whole = split_record(text, separator)
        if whole:
            return cells, taken
    return split_record(lines[at], separator)[0], 1


def _no_header(lines: list[str]) -> FileRejected:
    if any(BAD_BYTE in line or "\x00" in line for line in lines[:SEARCH_ROWS]):
        return FileRejected(
            "encoding",
            "the text is in none of UTF-8, GB18030 and UTF-16. Ask the department to save it as UTF-8 or GB18030.",
        )
    return FileRejected(
        "no_header",
        f"no row among the first {SEARCH_ROWS} names a column of the contract. "
        "Ask for the header row, or add its names to headers: in the contract.",
    )


def _chunks(open_file: Opener, dialect: Dialect, limits: IngestConfig) -> Iterator[TextChunk]:
    sink = RowSink(dialect.headers)
    carried: list[str] = []
    skip = dialect.skip
    for lines in line_chunks(blocks(open_file, dialect.encoding), limits.chunk_rows):
        pending = carried + lines[skip:]
        skip = max(0, skip - len(lines))
        chunk, carried = _read_lines(pending, dialect, limits, sink, last=False)
        yield chunk
    chunk, _ = _read_lines(carried, dialect, limits, sink, last=True)
    yield chunk


def _read_lines(
    lines: list[str], dialect: Dialect, limits: IngestConfig, sink: RowSink, *, last: bool
) -> tuple[TextChunk, list[str]]:
    frame = pl.DataFrame({"line": pl.Series(lines, dtype=pl.String)}).with_row_index("at")
    frame = frame.with_columns(pl.col("line").str.strip_suffix("\r")).with_columns(_flags(dialect, limits))
    odd = frame.filter("odd")["at"].to_list()
    special, swallowed, keep_from = _read_odd(lines, odd, dialect, last=last)
    frame = frame.filter(
        (pl.col("at") < keep_from) & ~pl.col("blank") & ~pl.col("odd") & ~pl.col("at").is_in(swallowed)
    )
    good = _fast(frame.filter("plain"), dialect)
    for at, line in frame.filter(~pl.col("plain")).select("at", "line").iter_rows():
        special.append((at, split_record(line, dialect.separator)[0]))
    return sink.take(good, special, limits.max_cell_characters), lines[keep_from:]


def _flags(dialect: Dialect, limits: IngestConfig) -> list[pl.Expr]:
    line, mark = pl.col("line"), re.escape(dialect.separator)
    cell = rf'(?:[^"{mark}]*|"(?:[^"]|"")*")'
    quoted = line.str.contains('"', literal=True)
    clean = ~quoted | line.str.contains(rf"^{cell}(?:{mark}{cell})*$")
    bare = pl.when(quoted).then(line.str.replace_all(r'"(?:[^"]|"")*"', "")).otherwise(line)
    fits = bare.str.count_matches(dialect.separator, literal=True) == len(dialect.headers) - 1
    readable = ~line.str.contains_any([BAD_BYTE, "\x00"]) & (line.str.len_bytes() <= limits.max_cell_characters)
    return [
        line.str.contains(rf'^[\s\x00"{mark}\u3000]*$').alias("blank"),
        (~clean).alias("odd"),
        (clean & fits & readable).alias("plain"),
    ]


def _read_odd(
    lines: list[str], odd: list[int], dialect: Dialect, *, last: bool
) -> tuple[list[tuple[int, list[str]]], list[int], int]:
    """Read the lines with irregular quotes.

    Returns:
        The rows by the position of their first line, the positions of lines that belong to a row above, and the
        position from which the lines must wait for the next chunk.
    """
    rows: list[tuple[int, list[str]]] = []
    swallowed: list[int] = []
    free = 0
    for at in odd:
        if at < free:
            continue
        cells, whole = split_record(lines[at].removesuffix("\r"), dialect.separator)
        if not whole and not last and at + JOINED_LINES > len(lines):
            return rows, swallowed, at
        joined = None if whole else join_record(lines, at, dialect.separator, len(dialect.headers))
        taken = joined[1] if joined else 1
        rows.append((at, joined[0] if joined else cells))
        swallowed.extend(range(at + 1, at + taken))
        free = at + taken
    return rows, swallowed, len(lines)


def _fast(frame: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    names = positions(len(dialect.headers))
    if frame.is_empty():
        return pl.DataFrame(schema={"at": pl.UInt32, **dict.fromkeys(names, pl.String)})
    text = frame["line"].str.join("\n").item().encode()
    cells = pl.read_csv(
        io.BytesIO(text),
        has_header=False,
        separator=dialect.separator,
        schema=dict.fromkeys(names, pl.String),
        infer_schema=False,
    )
    return cells.insert_column(0, frame["at"])
