"""One delivery read to its end: typed parts on disk, and in memory only what decides about its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.headers import HeaderMap
from pipelines.contracts.model import Contract
from pipelines.contracts.schema import column_schema
from pipelines.errors import FileRejected
from pipelines.ingest.cast import TypedChunk, cast_chunk, json_objects
from pipelines.ingest.content import content_hash, updated_at
from pipelines.ingest.delivery import Delivery
from pipelines.ingest.formats import gunzip, is_gzip, open_table
from pipelines.ingest.header_row import check_headers
from pipelines.ingest.keys import base_keys
from pipelines.ingest.table import BAD_BYTE, BAD_ROW_SCHEMA, PAYLOAD_CHARACTERS, TextChunk, TextTable
from pipelines.lake.parquet import write_parquet

ROWS_SCHEMA: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "content": pl.UInt64(),
    "core": pl.UInt64(),
    "updated": pl.Int64(),
    "scope": pl.String(),
    "row_number": pl.Int64(),
    "part": pl.Int64(),
    "position": pl.Int64(),
}


@dataclass
class Staged:
    """A delivery that was read.

    Attributes:
        delivery: the file.
        rows: the rows that can be taken, slim (`ROWS_SCHEMA`); `part` and `position` say where they lie whole.
        parts: Parquet files with row_number, the typed columns and `extra`.
        refused: row_number, reason_code, reason, payload.
        rows_read: all rows of the file.
    """

    delivery: Delivery
    rows: pl.DataFrame
    parts: list[Path] = field(default_factory=list)
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BAD_ROW_SCHEMA))
    rows_read: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    unknown_codes: Counter[str] = field(default_factory=Counter)
    unknown_columns: list[str] = field(default_factory=list)


class Source:
    """A delivery as a text table that can be opened more than once."""

    def __init__(self, delivery: Delivery, contract: Contract, limits: IngestConfig, folder: Path) -> None:
        self.delivery, self.contract, self.limits = delivery, contract, limits
        folder.mkdir(parents=True, exist_ok=True)
        self._unpacked = folder / "unpacked"

    def open(self) -> tuple[TextTable, HeaderMap]:
        """Open the file.

        Raises:
            FileRejected: with the reason code that the format's reader found.
        """
        path, name = Path(self.delivery.local), self.delivery.path.rsplit("/", 1)[-1]
        if is_gzip(path):
            path = self._unpacked if self._unpacked.exists() else gunzip(path, self._unpacked, self.limits)
            name = name.removesuffix(".gz").removesuffix(".GZ")
        table = open_table(path, name, self.contract, self.limits)
        return table, check_headers(self.contract, table.headers)

    def close(self) -> None:
        """Remove what was unpacked."""
        self._unpacked.unlink(missing_ok=True)


def stage_delivery(
    delivery: Delivery, contract: Contract, limits: IngestConfig, folder: Path, first_part: int
) -> Staged:
    """Read a delivery to its end.

    Args:
        delivery: the file.
        contract: of its feed.
        limits: the configured limits.
        folder: where its parts go.
        first_part: number of its first part.

    Raises:
        FileRejected: when the file cannot be used as a whole; nothing of it is then taken.
    """
    staged = Staged(delivery, pl.DataFrame(schema=ROWS_SCHEMA))
    for piece in stage_chunks(delivery, contract, limits, folder, first_part):
        staged.rows = pl.concat([staged.rows, piece.rows])
        staged.refused = pl.concat([staged.refused, piece.refused])
        staged.parts += piece.parts
        staged.rows_read += piece.rows_read
        staged.unread += piece.unread
        staged.unknown_codes += piece.unknown_codes
        staged.unknown_columns = piece.unknown_columns
    return staged


def stage_chunks(
    delivery: Delivery, contract: Contract, limits: IngestConfig, folder: Path, first_part: int
) -> Iterator[Staged]:
    """Read a delivery chunk by chunk; see `stage_delivery`. Raises FileRejected `empty` at the end without a row."""
    source = Source(delivery, contract, limits, folder)
    table, headers = source.open()
    total, part = 0, first_part
    for chunk in table.chunks:
        piece = _stage_chunk(delivery, contract, chunk, table, headers, folder, part)
        part += len(piece.parts)
        total += piece.rows_read
        if piece.rows_read:
            yield piece
    source.close()
    if total == 0:
        raise FileRejected("empty", "the file has a header and no row. Ask the department whether that is meant.")


def payloads(
    delivery: Delivery, contract: Contract, limits: IngestConfig, folder: Path, row_numbers: list[int]
) -> pl.DataFrame:
    """Read some rows of a file again, as delivered: row_number and payload.

    Rows in conflict are found only when a file has been read to its end, and are few; so it is read twice rather than
    every row kept as text.
    """
    source = Source(delivery, contract, limits, folder)
    table, _ = source.open()
    found = [
        chunk.frame.filter(pl.col("row_number").is_in(row_numbers)).pipe(_with_payload, table.headers)
        for chunk in table.chunks
    ]
    source.close()
    return pl.concat(found)


def _stage_chunk(
    delivery: Delivery,
    contract: Contract,
    chunk: TextChunk,
    table: TextTable,
    headers: HeaderMap,
    folder: Path,
    part: int,
) -> Staged:
    typed = cast_chunk(chunk.frame, contract, headers)
    good = typed.frame.filter(pl.col("reason_code").is_null())
    refused = _refused(typed, chunk, table.headers)
    staged = Staged(delivery, pl.DataFrame(schema=ROWS_SCHEMA), refused=pl.concat([chunk.bad, refused]))
    staged.rows_read = chunk.frame.height + chunk.bad.height
    staged.unread, staged.unknown_codes = Counter(typed.unread), Counter(typed.unknown_codes)
    staged.unknown_columns = sorted(set(headers.unknown.values()))
    if good.height:
        path = folder / f"part-{part:06d}.parquet"
        path.unlink(missing_ok=True)
        write_parquet(good.select("row_number", *column_schema(contract), "extra"), path)
        staged.parts = [path]
        staged.rows = _slim(good, contract, part)
    return staged


def _slim(good: pl.DataFrame, contract: Contract, part: int) -> pl.DataFrame:
    scope = pl.col(contract.full_scope).fill_null("") if contract.full_scope else pl.lit(None, dtype=pl.String)
    return good.select(
        base_keys(good, contract).alias("record_key"),
        content_hash(contract).alias("content"),
        content_hash(contract, without=contract.updated_by).alias("core"),
        updated_at(contract).alias("updated"),
        scope.alias("scope"),
        "row_number",
        pl.lit(part, dtype=pl.Int64).alias("part"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("position"),
    )


def _refused(typed: TypedChunk, chunk: TextChunk, headers: list[str]) -> pl.DataFrame:
    verdicts = typed.frame.filter(pl.col("reason_code").is_not_null()).select("row_number", "reason_code", "reason")
    texts = chunk.frame.join(verdicts.select("row_number"), on="row_number", how="semi").pipe(_with_payload, headers)
    return verdicts.join(texts, on="row_number", how="left").select(list(BAD_ROW_SCHEMA))


def _with_payload(frame: pl.DataFrame, headers: list[str]) -> pl.DataFrame:
    named = [(header.strip() or f"column {i + 1}", i) for i, header in enumerate(headers)]
    shown = [
        (name, frame[str(i)].str.slice(0, PAYLOAD_CHARACTERS).str.replace_all(BAD_BYTE, "\\x", literal=True))
        for name, i in named
    ]
    payload = json_objects(shown) if frame.height else pl.Series([], dtype=pl.String)
    return frame.select("row_number").with_columns(payload.fill_null("{}").alias("payload"))
