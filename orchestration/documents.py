"""What the publication lays beside the tables: a workbook a department, and the pages; both drawn from the snapshot."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.governance.openness import OPEN_TABLES
from pipelines.lake.publish import PublicationPlan
from pipelines.lake.publish_documents import SITE, Writer
from pipelines.lake.snapshot import Snapshot

WORKBOOKS = "restricted/return"
RETURNS = "marts.return_list"


def publication_plan(spent: dict[str, float] | None = None) -> PublicationPlan:
    """Return who gets what; the seconds that each kind of document takes are noted in `spent`."""
    documents: Mapping[str, Writer] = {WORKBOOKS: write_return_workbooks, SITE: write_pages}
    noted = spent if spent is not None else {}
    return PublicationPlan(
        open=OPEN_TABLES, documents={name: _timed(name, documents[name], noted) for name in documents}
    )


def write_return_workbooks(snapshot: Snapshot, folder: Path) -> None:
    """Write one workbook a department that has something to correct; none before there is a return list."""
    from pipelines.quality.returns.workbook import write_workbooks

    if not snapshot.has(RETURNS):
        return
    newest = snapshot.scan("ops.delivery").filter(pl.col("status") != "rejected").select(pl.col("delivered_on").max())
    as_of = newest.collect().item()
    if as_of is not None:
        write_workbooks(snapshot.scan(RETURNS).collect(), load_contracts(), folder, as_of)


def write_pages(snapshot: Snapshot, folder: Path) -> None:
    """Write the pages of the site."""
    from pipelines.pages.facts import page_facts
    from pipelines.pages.site import write_site

    write_site(snapshot.scan, folder, page_facts(snapshot, load_contracts()))


def _timed(name: str, write: Writer, spent: dict[str, float]) -> Writer:
    def timed(snapshot: Snapshot, folder: Path) -> None:
        began = time.perf_counter()
        write(snapshot, folder)
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

    return timed
