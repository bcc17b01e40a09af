"""Parquet as a text table, in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.config import IngestConfig
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.header_row import HeaderFinder
from pipelines.ingest.table import TextChunk, TextTable, positions
from pipelines.ingest.text_rows import RowSink


def read_parquet(path: Path, contract: Contract, limits: IngestConfig) -> TextTable:
    """Read a Parquet file; typed values become the text a department would have written.

    Raises:
        FileRejected: `unreadable`, `empty` or `no_header`.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRejected("unreadable", "the Parquet file is damaged or cut off. Ask for it again.") from error
    headers = [str(name) for name in file.schema_arrow.names]
    if file.metadata.num_rows == 0:
        raise FileRejected("empty", "the file has columns but no row.")
    if HeaderFinder(contract).score(headers) == 0:
        raise FileRejected("no_header", f"none of its {len(headers)} columns is in the contract.")
    return TextTable(headers, _chunks(file, headers, limits))


def _chunks(file: pq.ParquetFile, headers: list[str], limits: IngestConfig) -> Iterator[TextChunk]:
    sink = RowSink(headers)
    names = positions(len(headers))
    try:
        for batch in file.iter_batches(batch_size=limits.chunk_rows):
            typed = pl.DataFrame(pa.Table.from_batches([batch.rename_columns(names)]))
            frame = typed.select(_as_text(typed[name]) for name in names).with_row_index("at")
            long = frame.filter(
                pl.any_horizontal(pl.col(names).str.len_chars() > limits.max_cell_characters).fill_null(value=False)
            )
            special = [(row[0], [cell or "" for cell in row[1:]]) for row in long.iter_rows()]
            kept = frame.join(long.select("at"), on="at", how="anti", maintain_order="left")
            yield sink.take(kept, special, limits.max_cell_characters)
    except (pa.ArrowException, OSError) as error:
        raise FileRejected("unreadable", "a row group of the Parquet file is damaged. Ask for it again.") from error


def _as_text(values: pl.Series) -> pl.Series:
    kind = values.dtype
    if kind == pl.String:
        return values
    if kind.is_float():
        whole = values.drop_nulls().is_finite().all() and (values.drop_nulls() % 1 == 0).all()
        small = bool((values.drop_nulls().abs() < 2**62).all())
        return (values.cast(pl.Int64) if whole and small else values).cast(pl.String)
    if isinstance(kind, pl.Datetime):
        zone = "%:z" if kind.time_zone else ""
        return values.dt.strftime(f"%Y-%m-%dT%H:%M:%S%.6f{zone}")
    if kind == pl.Binary:
        return values.cast(pl.String, strict=False)
    if kind.is_nested():
        return pl.Series(values.name, [None if v is None else _json(v) for v in values.to_list()], dtype=pl.String)
    return values.cast(pl.String)


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
