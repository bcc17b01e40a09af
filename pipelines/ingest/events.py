"""Append-only feeds: taken chunk by chunk, because a night's file may be larger than memory."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl

from pipelines.config import Config
from pipelines.errors import FileRejected
from pipelines.ingest.delivery import QUARANTINE_SCHEMA, Delivery, Outcome
from pipelines.ingest.keys import within_file
from pipelines.ingest.materialise import RawTable, as_versions
from pipelines.ingest.outcome import conflict_rows, loaded, quarantine_rows, refused
from pipelines.ingest.stage import ROWS_SCHEMA, Staged, payloads, stage_chunks
from pipelines.ingest.versions import add_versions, current_flags
from pipelines.lake.parquet import write_parquet


def append_delivery(
    raw: RawTable, delivery: Delivery, config: Config, folder: Path, now: datetime
) -> tuple[Outcome, pl.DataFrame]:
    """Take one file; memory holds one chunk and the known versions of its keys.

    The file is read to its end into parts on disk before any of it is taken, so that one which breaks off in the
    middle leaves nothing.

    Returns:
        The outcome, and rows of `raw.quarantine`.
    """
    whole = Staged(delivery, pl.DataFrame(schema=ROWS_SCHEMA))
    pieces: list[tuple[Path, Path]] = []
    try:
        for piece in stage_chunks(delivery, raw.contract, config.ingest, folder, 0):
            _count(whole, piece)
            pieces += [(part, _set_aside(piece, part)) for part in piece.parts]
    except FileRejected as rejected:
        return refused(delivery, rejected), pl.DataFrame(schema=QUARANTINE_SCHEMA)
    new = 0
    conflicts: list[int] = []
    for part, rows in pieces:
        added, lost = _append_chunk(raw, delivery, part, pl.read_parquet(rows), now)
        new += added
        conflicts += lost
        part.unlink()
        rows.unlink()
    quarantined = whole.refused
    if conflicts:
        told = conflict_rows(payloads(delivery, raw.contract, config.ingest, folder, conflicts))
        quarantined = pl.concat([quarantined, told.select(quarantined.columns)]).sort("row_number")
    outcome = loaded(whole, new, len(conflicts), "append", None, is_resent=False)
    return outcome, quarantine_rows(delivery, quarantined)


def _set_aside(piece: Staged, part: Path) -> Path:
    """Write what decides about a chunk's rows beside its part. The hashes hold within this process, as they must."""
    path = part.with_suffix(".rows")
    path.unlink(missing_ok=True)
    write_parquet(piece.rows, path)
    return path


def _append_chunk(
    raw: RawTable, delivery: Delivery, part: Path, found: pl.DataFrame, now: datetime
) -> tuple[int, list[int]]:
    """Write one chunk; returns the number of new versions, and the row numbers in conflict."""
    judged = within_file(found, raw.contract)
    taken = judged.filter(pl.col("fate") == "taken").with_columns(pl.lit(0, dtype=pl.Int64).alias("part"))
    rows = as_versions(taken, delivery)
    state, repeats = add_versions(raw.state(rows["record_key"].unique()), rows)
    flags = current_flags(state, raw.contract, {})
    raw.write(state.with_columns(flags), [part], now)
    conflicts = judged.filter(pl.col("fate") == "conflict")["row_number"].to_list()
    return rows.height - repeats.height, conflicts


def _count(whole: Staged, piece: Staged) -> None:
    whole.rows_read += piece.rows_read
    whole.refused = pl.concat([whole.refused, piece.refused])
    whole.unread = Counter(whole.unread) + piece.unread
    whole.unknown_codes = Counter(whole.unknown_codes) + piece.unknown_codes
    whole.unknown_columns = piece.unknown_columns
