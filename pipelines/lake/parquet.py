"""Parquet as the lake writes and reads it: zstd, one row-group size, the same bytes for the same frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.errors import LakeError
from pipelines.lake.durable import make_folder

# 122,880 is DuckDB's own row-group size; measured bytes did not depend on the source's chunks with it fixed.
ROW_GROUP_ROWS = 122_880
COMPRESSION_LEVEL = 3


def write_parquet(frame: pl.DataFrame | pl.LazyFrame, path: Path) -> None:
    """Write `frame` to the new file `path`, streaming, so that memory does not grow with the rows of a lazy frame.

    Never call it with the name of an existing file: Polars would rewrite the inode that others may have linked.

    Raises:
        LakeError: when `path` exists.
    """
    if path.exists():
        raise LakeError(f"{path.name} exists already and a lake file is written once: choose a new name.")
    make_folder(path.parent)
    frame.lazy().sink_parquet(
        path,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        row_group_size=ROW_GROUP_ROWS,
        maintain_order=True,
        engine="streaming",
    )


def count_rows(path: Path) -> int:
    """Return the number of rows of a Parquet file from its footer.

    Raises:
        LakeError: when the file is not Parquet, as after a writer that died.
    """
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LakeError(f"{path.name} is no whole Parquet file: write it again.") from error


def scan_parts(paths: Sequence[Path]) -> pl.LazyFrame:
    """Scan the files of one table in their order, as one frame.

    Parts written before a contract gained a column lack it; the column is null for their rows.

    Raises:
        LakeError: when there is no file at all.
    """
    if not paths:
        raise LakeError("a table without files cannot be read")
    schemas = [pl.read_parquet_schema(path) for path in paths]
    if all(schema == schemas[0] for schema in schemas):
        return pl.scan_parquet(list(paths), glob=False)
    return pl.concat([pl.scan_parquet(path, glob=False) for path in paths], how="diagonal_relaxed")
