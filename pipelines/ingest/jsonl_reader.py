"""JSON Lines (or one JSON array) as a text table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import orjson
import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.decode import Encoding, Opener, blocks, detect
from pipelines.ingest.header_row import HeaderFinder
from pipelines.ingest.lines import line_chunks
from pipelines.ingest.table import BAD_BYTE, TextChunk, TextTable, positions
from pipelines.ingest.text_rows import RowSink

_KEY = r'"([^"\\]+)"\s*:'


def read_jsonl(open_file: Opener, contract: Contract, limits: IngestConfig) -> TextTable:
    """Read one JSON object a line; headers are the keys in the order of their first appearance.

    Numbers, booleans and nested values become their JSON text. A line that is no object is `undecodable`.

    Raises:
        FileRejected: `empty` or `no_header` (no key of the contract).
    """
    encoding = detect(open_file)
    headers = _keys(_lines(open_file, encoding, limits))
    if headers is None:
        raise FileRejected("empty", "the file holds no record. Ask the department to deliver it again.")
    if HeaderFinder(contract).score(headers) == 0:
        raise FileRejected(
            "no_header",
            f"none of its {len(headers)} keys is in the contract. Add their names to headers: in the contract.",
        )
    return TextTable(headers, _chunks(_lines(open_file, encoding, limits), headers, limits), [encoding.name])


def _lines(open_file: Opener, encoding: Encoding, limits: IngestConfig) -> Iterator[list[str]]:
    for lines in line_chunks(_unwrapped(blocks(open_file, encoding)), limits.chunk_rows):
        kept = [line for line in lines if line.strip(" \t\r,\x00")]
        if kept:
            yield kept


def _unwrapped(text_blocks: Iterable[str]) -> Iterator[str]:
    """Yield blocks of lines; a file that is one JSON array is turned into lines (it has to be held in memory)."""
    whole: list[str] | None = None
    for number, block in enumerate(text_blocks):
        if number == 0 and block.lstrip().startswith("["):
            whole = []
        if whole is None:
            yield block
        else:
            whole.append(block)
    if whole is not None:
        yield _array_lines("".join(whole))


def _array_lines(text: str) -> str:
    try:
        items = orjson.loads(text.replace(BAD_BYTE, "\ufffd"))
    except orjson.JSONDecodeError as error:
        raise FileRejected("unreadable", f"the JSON array breaks off at character {error.pos}.") from error
    return "\n".join(orjson.dumps(item).decode() for item in items)


def _keys(chunks: Iterable[list[str]]) -> list[str] | None:
    found: dict[str, None] = {}
    any_line = False
    for lines in chunks:
        any_line = True
        keys = pl.Series("line", lines, dtype=pl.String).str.extract_all(r'"[^"\\]+"\s*:').explode().drop_nulls()
        found.update(dict.fromkeys(keys.str.extract(_KEY, 1).unique(maintain_order=True)))
    return list(found) if any_line else None


def _chunks(chunks: Iterable[list[str]], headers: list[str], limits: IngestConfig) -> Iterator[TextChunk]:
    sink = RowSink(headers)
    for lines in chunks:
        frame, broken = _parse(lines, headers)
        longest = pl.any_horizontal(pl.col(positions(len(headers))).str.len_chars() > limits.max_cell_characters)
        long = frame.filter(longest.fill_null(value=False))
        special = [(at, [lines[at]]) for at in broken]
        special += [(row[0], [cell or "" for cell in row[1:]]) for row in long.iter_rows()]
        kept = frame.join(long.select("at"), on="at", how="anti", maintain_order="left")
        yield sink.take(kept, special, limits.max_cell_characters, broken)


def _parse(lines: list[str], headers: list[str]) -> tuple[pl.DataFrame, list[int]]:
    """Return the cells of the lines that are objects, and the positions of the others."""
    marked = [at for at, line in enumerate(lines) if BAD_BYTE in line or "\x00" in line]
    try:
        if not marked:
            return _objects(lines, list(range(len(lines))), headers), []
    except pl.exceptions.PolarsError:
        marked = []
    broken = {*marked, *(at for at, line in enumerate(lines) if not _is_object(line))}
    good = [at for at in range(len(lines)) if at not in broken]
    return _objects([lines[at] for at in good], good, headers), sorted(broken)


def _is_object(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _objects(lines: list[str], at: list[int], headers: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys(headers, pl.String)
    names = positions(len(headers))
    if not lines:
        return pl.DataFrame(schema={"at": pl.UInt32, **dict.fromkeys(names, pl.String)})
    frame = pl.read_ndjson(io.BytesIO("\n".join(lines).encode()), schema=schema)
    frame.columns = names
    return frame.insert_column(0, pl.Series("at", at, dtype=pl.UInt32))
