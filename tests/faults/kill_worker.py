"""Commits and publishes without end, until somebody kills it; all tables of a run hold the run's number."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count

import polars as pl

from pipelines.config import Config, LakeConfig
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.parquet import write_parquet
from pipelines.lake.publish import PublicationPlan, publication_pending, publish
from pipelines.lake.retention import recover, sweep
from pipelines.lake.store import Lake

TABLES = [f"marts.kpi_{number}" for number in range(8)]
PARTS = "raw.sensors_events"
PLAN = PublicationPlan(open=frozenset(TABLES[:4]))
CONFIG = Config(lake=LakeConfig(keep_snapshots=3, keep_days=0))


def night(home: Home, number: int) -> None:
    lake = Lake(home)
    tx = lake.begin(f"run-{number}")
    for table in TABLES:
        tx.replace(table, pl.DataFrame({"number": [number] * 2000}))
    drafts = [tx.new_file(PARTS) for _ in range(3)]
    for part, draft in enumerate(drafts):
        write_parquet(pl.DataFrame({"number": [number] * 1000, "part": [part] * 1000}), draft)
    tx.set_files(PARTS, keep=[], add=drafts)
    for table in TABLES[:2]:
        tx.link_build(table)
        tx.stage_built(table)
    snapshot = tx.commit(inputs={"number": number})
    assert snapshot is not None
    publish(home, snapshot, PLAN, CONFIG)
    sweep(home, CONFIG.lake)


def main() -> None:
    home = Home.resolve(sys.argv[1])
    with RunLock(home):
        print("ready", flush=True)  # noqa: T201 - the test waits for it
        recover(home)
        lake = Lake(home)
        snapshot = lake.current()
        if snapshot is not None and publication_pending(home):
            publish(home, snapshot, PLAN, CONFIG, datetime.now(UTC))
        for number in count(snapshot.number + 1 if snapshot else 1):
            night(home, number)


if __name__ == "__main__":
    main()
