"""How a step in Python reads tables: those alone that its asset declares, so that the lineage is what happened."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import polars as pl

from pipelines.errors import LakeError
from pipelines.lake.store import Transaction

AS_OF = "facts.as_of"
Scan = Callable[[str], pl.LazyFrame]
Previous = Callable[[str], pl.LazyFrame | None]


def declared(tx: Transaction, step: str, tables: Collection[str]) -> Scan:
    """Return a reader of the run's tables that gives a step what it declares.

    Args:
        tx: the run's transaction.
        step: its name, for the message.
        tables: what the step's asset names as its sources.

    Raises:
        LakeError: from the reader, when it is asked for another table.
    """

    def scan(table: str) -> pl.LazyFrame:
        if table not in tables:
            raise LakeError(f"{step} reads {table} and does not say so: name it among its sources.")
        return tx.scan(table)

    return scan


def before_tonight(tx: Transaction) -> Previous:
    """Return a reader of the last snapshot's tables; None where it has no such table."""

    def previous(table: str) -> pl.LazyFrame | None:
        return tx.base.scan(table) if tx.base and tx.base.has(table) else None

    return previous


def day_of(tx: Transaction) -> date:
    """Return the day that tonight's tables speak of, as dbt has found it: the newest delivery, not the clock."""
    day: date = tx.scan(AS_OF).select("as_of").collect().item()
    return day
