"""Is every delivered row accounted for: loaded + duplicate + quarantined = read = what the generator wrote."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.city.evaluate.linking import Truth
from pipelines.lake.snapshot import Snapshot

COUNTS = ("rows_read", "rows_loaded", "rows_duplicate", "rows_quarantined")


@dataclass(frozen=True)
class Conservation:
    """Sums over all deliveries that the generator made.

    Attributes:
        files: delivered; `missing_files`: of them, unknown to `ops.delivery`; `rejected_files`: refused as a whole.
        repeated_files: identical to an earlier one, so that their rows are not read again.
        rows_written: by the generator in files that were read; the other counts are the lake's own.
        unbalanced_files: read is not loaded + duplicate + quarantined; `miscounted_files`: read is not written.
    """

    files: int
    missing_files: int
    rejected_files: int
    repeated_files: int
    rows_written: int
    rows_read: int
    rows_loaded: int
    rows_duplicate: int
    rows_quarantined: int
    unbalanced_files: int
    miscounted_files: int


def measure_conservation(snapshot: Snapshot, truth: Truth) -> Conservation:
    """Compare the generator's count of every file with the lake's, up to the last night that was loaded."""
    path = pl.col("path").str.strip_prefix("landing/").alias("file")
    lake = snapshot.scan("ops.delivery").select(path, "status", *COUNTS).collect()
    arrived = truth.row.filter(pl.col("delivered_on") <= truth.row["delivered_on"].max()).join(
        lake, on="file", how="left"
    )
    read = arrived.filter(pl.col("status") == "loaded")
    parts = pl.col("rows_loaded") + pl.col("rows_duplicate") + pl.col("rows_quarantined")
    return Conservation(
        files=len(arrived),
        missing_files=arrived["status"].null_count(),
        rejected_files=arrived.filter(pl.col("status") == "rejected").height,
        repeated_files=arrived.filter(pl.col("status") == "duplicate").height,
        rows_written=int(read["rows"].sum()),
        **{name: int(read[name].sum()) for name in COUNTS},
        unbalanced_files=read.filter(pl.col("rows_read") != parts).height,
        miscounted_files=read.filter(pl.col("rows_read") != pl.col("rows")).height,
    )
