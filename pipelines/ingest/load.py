"""Everything new in the landing zone into a transaction."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.config import Config
from pipelines.contracts.model import Contract
from pipelines.home import Home
from pipelines.ingest.delivery import Delivery, FeedReport
from pipelines.ingest.discover import discover
from pipelines.ingest.feed import Progress, ingest_feed
from pipelines.ingest.history import known_deliveries
from pipelines.ingest.log import write_delivery_log
from pipelines.ingest.workroom import workroom
from pipelines.lake.store import Transaction


@dataclass(frozen=True)
class IngestReport:
    """What one run took in.

    Attributes:
        feeds: one report a contract, by name.
        refused_elsewhere: files refused outside every feed, such as `unknown_feed`.
    """

    feeds: list[FeedReport]
    refused_elsewhere: int

    def totals(self) -> dict[str, Any]:
        """Return the sums of `FeedReport.totals` over all feeds; files refused elsewhere count as rejected."""
        sums: dict[str, Any] = {}
        for feed in self.feeds:
            for name, count in feed.totals().items():
                sums[name] = sums.get(name, 0) + count
        sums["files_rejected"] = sums.get("files_rejected", 0) + self.refused_elsewhere
        return sums


def plan_deliveries(
    home: Home,
    tx: Transaction,
    contracts: Mapping[str, Contract],
    config: Config,
    now: datetime,
    *,
    run_id: str,
    accept_shrunk: Collection[str] = (),
) -> list[Delivery]:
    """Return what is new in the landing zone, refused files included, by delivery date and path.

    Members of archives are unpacked into the run's working folder, where `ingest_feed` reads them.
    """
    members = workroom(home, run_id) / "members"
    shutil.rmtree(members, ignore_errors=True)
    members.mkdir()
    known = known_deliveries(tx)
    return discover(home.landing, known, contracts, config.ingest, now, members, accept_shrunk)


def ingest(
    tx: Transaction,
    home: Home,
    contracts: Mapping[str, Contract],
    config: Config,
    *,
    accept_shrunk: Collection[str] = (),
    run_id: str,
    now: datetime,
    progress: Progress | None = None,
) -> IngestReport:
    """Load everything new in the landing zone: every raw table, `ops.delivery` and `raw.quarantine`.

    Args:
        tx: the open transaction.
        home: where landing and workshop lie.
        contracts: by `<department>_<feed>`.
        config: limits and sizes.
        accept_shrunk: feeds whose shrunken full is taken on purpose.
        run_id: of the run.
        now: UTC.
        progress: told after each file.
    """
    plan = plan_deliveries(home, tx, contracts, config, now, run_id=run_id, accept_shrunk=accept_shrunk)
    feeds = [
        ingest_feed(
            tx, home, contract, plan, config, run_id=run_id, now=now, accept_shrunk=accept_shrunk, progress=progress
        )
        for _, contract in sorted(contracts.items())
    ]
    write_delivery_log(tx, plan, feeds, run_id=run_id, now=now)
    shutil.rmtree(workroom(home, run_id), ignore_errors=True)
    taken = {contract.name for contract in contracts.values()}
    return IngestReport(feeds, sum(delivery.table not in taken for delivery in plan))
