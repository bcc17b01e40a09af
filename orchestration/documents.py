"""What the publication lays beside the tables: a workbook a department, and the pages; both drawn from the snapshot."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.contracts.loader import load_contracts
from pipelines.governance.openness import OPEN_TABLES
from pipelines.lake.publish import PublicationPlan
from pipelines.lake.publish_documents import SITE, Writer
from pipelines.lake.snapshot import Snapshot

WORKBOOKS = "restricted/return"
RETURNS = "marts.return_list"


@dataclass
class DocumentNotes:
    """What happened while documents were written.

    Attributes:
        seconds: what each kind took.
        undrawn: one line a page that could not be drawn; a plain page that says so stands in its place.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    undrawn: list[str] = field(default_factory=list)


def publication_plan(notes: DocumentNotes) -> PublicationPlan:
    """Return who gets what; `notes` hears what became of the documents when they are written."""
    documents: Mapping[str, Writer] = {
        WORKBOOKS: write_return_workbooks,
        SITE: lambda snapshot, folder: notes.undrawn.extend(write_pages(snapshot, folder)),
    }
    return PublicationPlan(
        open=OPEN_TABLES, documents={name: _timed(name, documents[name], notes.seconds) for name in documents}
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


def write_pages(snapshot: Snapshot, folder: Path) -> list[str]:
    """Write the pages of the site; returns one line for each that could not be drawn, without a value of a row."""
    from pipelines.pages.facts import page_facts
    from pipelines.pages.site import write_site

    site = write_site(snapshot.scan, folder, page_facts(snapshot, load_contracts()))
    return [str(failure) for failure in site.failures]


def _timed(name: str, write: Writer, spent: dict[str, float]) -> Writer:
    def timed(snapshot: Snapshot, folder: Path) -> None:
        began = time.perf_counter()
        write(snapshot, folder)
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

    return timed
