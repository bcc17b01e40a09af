"""A feed's state written back as raw files: copy on write, file by file (ADR 0003)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.contracts.schema import polars_schema
from pipelines.ingest.content import content_hash, updated_at
from pipelines.ingest.delivery import Delivery
from pipelines.ingest.keys import without_suffix
from pipelines.ingest.versions import STATE_SCHEMA
from pipelines.lake.parquet import write_parquet
from pipelines.lake.store import Transaction

ORIGINAL_SCHEMA: dict[str, pl.DataType] = {"was_last": pl.Date(), "was_current": pl.Boolean(), "sha256": pl.String()}


@dataclass(frozen=True)
class RawTable:
    """The raw table of one feed within a transaction."""

    tx: Transaction
    contract: Contract
    part_rows: int

    @property
    def name(self) -> str:
        """`raw.<department>_<feed>`."""
        return f"raw.{self.contract.name}"

    def files(self) -> list[Path]:
        """Return its files, none before the first run."""
        return self.tx.files(self.name) if self.tx.has(self.name) else []

    def counts(self) -> tuple[int, int]:
        """Return its rows and its current rows."""
        if not self.tx.has(self.name):
            return 0, 0
        counted = self.tx.scan(self.name).select(pl.len(), pl.col("is_current").sum().alias("current")).collect()
        rows, current = counted.row(0)
        return int(rows), int(current)

    def ensure(self) -> None:
        """Write the empty table where there is none yet, so that everything downstream finds its columns."""
        if not self.tx.has(self.name):
            self.tx.replace(self.name, pl.DataFrame(schema=polars_schema(self.contract)))

    def state(self, keys: pl.Series | None) -> pl.DataFrame:
        """Return the state (see `versions`) with `was_last` and `was_current`.

        Args:
            keys: record keys without suffix to which it is limited; None for all. All versions of a key are in it.
        """
        found = [self._file_state(number, path, keys) for number, path in enumerate(self.files())]
        return pl.concat(found) if found else pl.DataFrame(schema=STATE_SCHEMA | ORIGINAL_SCHEMA)

    def _file_state(self, number: int, path: Path, keys: pl.Series | None) -> pl.DataFrame:
        scope = self.contract.full_scope
        frame = _aligned(path, self.contract).with_row_index("position")
        if keys is not None:
            wanted = pl.LazyFrame({"base": keys})
            frame = frame.with_columns(without_suffix(pl.col("record_key")).alias("base"))
            frame = frame.join(wanted, on="base", how="semi", maintain_order="left")
        return frame.select(
            "record_key",
            content_hash(self.contract).alias("content"),
            updated_at(self.contract).alias("updated"),
            (pl.col(scope).fill_null("") if scope else pl.lit(None, dtype=pl.String)).alias("scope"),
            "delivered_on",
            "last_delivered_on",
            "batch_id",
            "row_number",
            pl.lit(number, dtype=pl.Int64).alias("source"),
            pl.col("position").cast(pl.Int64),
            pl.col("last_delivered_on").alias("was_last"),
            pl.col("is_current").alias("was_current"),
            pl.col("file_sha256").alias("sha256"),
        ).collect(engine="streaming")

    def write(self, state: pl.DataFrame, parts: Sequence[Path], ingested_at: datetime) -> None:
        """Write a state that has `is_current`: new rows from `parts`, changed flags into copies of their files.

        A file without a changed row is listed again. The last file, while it is small, is written anew together with
        the new rows, so that a small table is one file.
        """
        files = self.files()
        changed = state.filter(
            (pl.col("source") >= 0)
            & ((pl.col("last_delivered_on") != pl.col("was_last")) | (pl.col("is_current") != pl.col("was_current")))
        )
        fresh = state.filter(pl.col("source") < 0).sort("delivered_on", "batch_id", "row_number")
        touched = set(changed["source"].unique())
        tail = self._small_tail(files) if fresh.height else None
        keep = [path for i, path in enumerate(files) if i not in touched and i != tail]
        add = [self._rewrite(files[i], changed, i) for i in sorted(touched - {tail})]
        begun = [_patched(files[tail], self.contract, changed, tail)] if tail is not None else []
        add += self._pack(chain(begun, self._new_rows(fresh, parts, ingested_at)))
        if add:
            self.tx.set_files(self.name, keep=keep, add=add)
        self.ensure()

    def _small_tail(self, files: list[Path]) -> int | None:
        entries = self.tx.entries(self.name) if files else ()
        return len(files) - 1 if entries and entries[-1].rows < self.part_rows else None

    def _rewrite(self, path: Path, changed: pl.DataFrame, number: int) -> Path:
        draft = self.tx.new_file(self.name)
        write_parquet(_patched(path, self.contract, changed, number), draft)
        return draft

    def _new_rows(self, fresh: pl.DataFrame, parts: Sequence[Path], ingested_at: datetime) -> Iterator[pl.DataFrame]:
        schema = polars_schema(self.contract)
        for (source,), rows in fresh.group_by("source", maintain_order=True):
            path = parts[_part_of(int(str(source)))]
            columns = [name for name in STATE_SCHEMA if name not in ("row_number",)]
            joined = (
                rows.select(*columns, "is_current", pl.col("sha256").alias("file_sha256"))
                .drop("content", "updated", "scope", "source")
                .join(pl.read_parquet(path).with_row_index("position").cast({"position": pl.Int64}), on="position")
                .with_columns(pl.lit(ingested_at, dtype=pl.Datetime("us", "UTC")).alias("ingested_at"))
            )
            yield joined.sort("row_number").select(pl.col(name).cast(kind) for name, kind in schema.items())

    def _pack(self, frames: Iterable[pl.DataFrame]) -> list[Path]:
        """Write frames into files of `part_rows` rows; the last may be smaller."""
        drafts: list[Path] = []
        held: list[pl.DataFrame] = []
        count = 0
        for frame in frames:
            held.append(frame)
            count += frame.height
            while count >= self.part_rows:
                whole = pl.concat(held)
                drafts.append(self._write(whole.head(self.part_rows)))
                held, count = [whole.slice(self.part_rows)], count - self.part_rows
        if count:
            drafts.append(self._write(pl.concat(held)))
        return drafts

    def _write(self, frame: pl.DataFrame) -> Path:
        draft = self.tx.new_file(self.name)
        write_parquet(frame, draft)
        return draft


def as_versions(taken: pl.DataFrame, delivery: Delivery) -> pl.DataFrame:
    """Return the taken rows of a delivery as rows of a state; their `source` is negative: the part they lie in."""
    on = pl.lit(delivery.delivered_on, dtype=pl.Date)
    return taken.select(
        *("record_key", "content", "updated", "scope"),
        on.alias("delivered_on"),
        on.alias("last_delivered_on"),
        pl.lit(delivery.batch_id).alias("batch_id"),
        "row_number",
        (-pl.col("part") - 1).alias("source"),
        "position",
        pl.lit(None, dtype=pl.Date).alias("was_last"),
        pl.lit(None, dtype=pl.Boolean).alias("was_current"),
        pl.lit(delivery.sha256).alias("sha256"),
    )


def _part_of(source: int) -> int:
    return -source - 1


def _aligned(path: Path, contract: Contract) -> pl.LazyFrame:
    """Scan a raw file with the columns of today's contract: those it lacks are null, those gone are left out."""
    present = pl.read_parquet_schema(path)
    return pl.scan_parquet(path, glob=False).select(
        pl.col(name).cast(kind) if name in present else pl.lit(None, dtype=kind).alias(name)
        for name, kind in polars_schema(contract).items()
    )


def _patched(path: Path, contract: Contract, changed: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return a raw file's rows with the flags that changed."""
    flags = changed.filter(pl.col("source") == number).select(
        "position", pl.col("last_delivered_on").alias("new_last"), pl.col("is_current").alias("new_current")
    )
    frame = _aligned(path, contract).collect().with_row_index("position").cast({"position": pl.Int64})
    return (
        frame.join(flags, on="position", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("new_last", "last_delivered_on").alias("last_delivered_on"),
            pl.coalesce("new_current", "is_current").alias("is_current"),
        )
        .select(list(polars_schema(contract)))
    )
