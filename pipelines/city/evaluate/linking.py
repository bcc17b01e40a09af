"""Join the truth of a generated city to the rows of a loaded home: by file and row number, current rows only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.lake.snapshot import Snapshot

ROW_KEY = ["file", "row_number"]
UNMEASURED = ("raw.quarantine", "raw.sensors_events")


@dataclass(frozen=True)
class Truth:
    """The truth tables that the generator wrote (see `pipelines.city.truth`)."""

    mention: pl.DataFrame
    address: pl.DataFrame
    row: pl.DataFrame
    person: pl.DataFrame
    household: pl.DataFrame
    place: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """Read the tables below `folder`.

        Raises:
            StreetlakeError: when one is missing.
        """
        names = ("mention", "address", "row", "person", "household", "place")
        missing = [n for n in names if not (folder / f"truth_{n}.parquet").exists()]
        if missing:
            raise StreetlakeError(
                f"{folder} lacks {', '.join(f'truth_{n}.parquet' for n in missing)}: generate the city again"
            )
        return cls(**{n: pl.read_parquet(folder / f"truth_{n}.parquet") for n in names})


def current_rows(snapshot: Snapshot) -> pl.DataFrame:
    """Return feed, record_key, file and row_number of every current raw row that has addresses or persons.

    A file that came twice is one file to the lake; it is named by its first path that was loaded.
    """
    names = _file_names(snapshot)
    frames = [
        snapshot.scan(table)
        .filter("is_current")
        .select(
            pl.lit(table.removeprefix("raw.")).alias("feed"),
            pl.col("record_key").cast(pl.String),
            "file_sha256",
            pl.col("row_number").cast(pl.Int64),
        )
        .collect()
        for table in sorted(snapshot.tables)
        if table.startswith("raw.") and table not in UNMEASURED
    ]
    return pl.concat(frames).join(names, on="file_sha256", how="left").drop("file_sha256")


def _file_names(snapshot: Snapshot) -> pl.DataFrame:
    deliveries = snapshot.scan("ops.delivery").select("path", "sha256", "status").collect()
    order = pl.when(pl.col("status") == "loaded").then(0).otherwise(1)
    first = deliveries.sort(order, "path").unique("sha256", keep="first", maintain_order=True)
    return first.select(
        pl.col("path").str.strip_prefix("landing/").alias("file"), pl.col("sha256").alias("file_sha256")
    )


def with_keys(truth: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Give each truth row the record_key of the current raw row it became; rows that are not current fall out."""
    return rows.join(truth.drop("delivered_on"), on=["feed", *ROW_KEY], how="inner").drop(ROW_KEY)
