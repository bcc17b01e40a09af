"""Whether a night has anything to do; decided from file names, sizes and times, without Dagster."""

from __future__ import annotations

import polars as pl

from pipelines.home import Home
from pipelines.ingest.delivery import DELIVERY_SCHEMA
from pipelines.ingest.discover import walk
from pipelines.lake.publish import publication_pending
from pipelines.lake.store import Lake


def known_deliveries(home: Home) -> pl.DataFrame:
    """Return `ops.delivery` of the current snapshot; empty before the first."""
    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has("ops.delivery"):
        return pl.DataFrame(schema=DELIVERY_SCHEMA)
    return snapshot.scan("ops.delivery").collect()


def anything_new(home: Home) -> bool:
    """Say whether landing has a file that no delivery tells of as it is now, or a publication waits to be finished."""
    if publication_pending(home):
        return True
    settled = known_deliveries(home).filter(pl.col("reason_code").ne_missing("still_written"))
    stamps = set(settled.select("source_path", "source_bytes", "source_mtime_ns").unique().iter_rows())
    return any((found.path, *found.stamp) not in stamps for found in walk(home.landing))
