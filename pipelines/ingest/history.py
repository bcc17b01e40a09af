"""What `ops.delivery` remembers of a feed: which files were taken, and which fulls they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.ingest.delivery import DELIVERY_SCHEMA, Delivery
from pipelines.lake.store import Transaction

DELIVERIES = "ops.delivery"


@dataclass
class History:
    """The taken files of one feed; grows while a run takes more.

    Attributes:
        rows_of: sha256 -> rows read, of every file taken.
        first_on: date of the first delivery; null before it.
        marks: date of the newest full by scope (None: the whole feed).
    """

    rows_of: dict[str, int] = field(default_factory=dict)
    first_on: date | None = None
    marks: dict[str | None, date] = field(default_factory=dict)

    def take(self, sha256: str, rows: int, on: date) -> None:
        """Remember a file that was taken."""
        self.rows_of.setdefault(sha256, rows)
        self.first_on = min(self.first_on or on, on)

    def mark_full(self, scopes: Sequence[str] | None, on: date) -> None:
        """Remember a full; `scopes` null means the whole feed."""
        for scope in [None] if scopes is None else scopes:
            self.marks[scope] = max(self.marks.get(scope, on), on)

    def is_full(self, contract: Contract, delivery: Delivery) -> bool:
        """Say whether a delivery is a full one. Rule: feeds.md, "Full or increment"."""
        if contract.mode != "increment" or delivery.delivered_on is None:
            return contract.mode == "full"
        rule = contract.full_when
        if rule is None:
            return False
        name = delivery.path.split("/", 3)[-1].casefold()
        first = self.first_on is None or delivery.delivered_on <= self.first_on
        return (
            (rule.first_delivery and first)
            or delivery.delivered_on.day == rule.day_of_month
            or any(word.casefold() in name for word in rule.name_contains)
        )


def known_deliveries(tx: Transaction) -> pl.DataFrame:
    """Return `ops.delivery`, empty before the first run."""
    if not tx.has(DELIVERIES):
        return pl.DataFrame(schema=DELIVERY_SCHEMA)
    return tx.scan(DELIVERIES).collect()


def history_of(known: pl.DataFrame, contract: Contract) -> History:
    """Return what `ops.delivery` knows of one feed."""
    own = known.filter(
        (pl.col("department") == contract.department)
        & (pl.col("feed") == contract.feed)
        & pl.col("status").is_in(["loaded", "duplicate"])
    ).sort("delivered_on", "path")
    history = History()
    for row in own.select("sha256", "rows_read", "delivered_on", "mode", "scopes").iter_rows(named=True):
        history.take(row["sha256"], row["rows_read"], row["delivered_on"])
        if row["mode"] == "full":
            history.mark_full(row["scopes"], row["delivered_on"])
    return history
