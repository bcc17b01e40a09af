"""A department's workbook names nobody whom the department did not itself deliver, but in a proposal."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from canonical import snapshot_of
from scanning import Scan

from pipelines.contracts.loader import load_contracts
from pipelines.home import Home
from pipelines.lake.published import Published

pytestmark = pytest.mark.slow


def workbooks(home: Home) -> dict[str, Path]:
    published = Published(home)
    folder = published.snapshots / str(published.current_id()) / "restricted" / "return"
    return {path.stem: path for path in sorted(folder.iterdir())}


def delivered_by(home: Home, scan: Scan, department: str) -> set[str]:
    """Return the personal values in everything that a department delivered, in whatever column, and in its refusals."""
    snapshot = snapshot_of(home)
    feeds = [name for name, contract in load_contracts().items() if contract.department == department]
    tables = [f"raw.{name}" for name in feeds if snapshot.has(f"raw.{name}")]
    refused = snapshot.scan("raw.quarantine").filter(pl.col("department") == department).collect()
    return set().union(scan.in_frame(refused), *(scan.in_frame(snapshot.scan(table).collect()) for table in tables))


def proposed_to(home: Home, scan: Scan, department: str) -> set[str]:
    entries = snapshot_of(home).scan("marts.return_list").filter(pl.col("department") == department)
    return scan.in_frame(entries.select("proposed_value").collect())


def test_no_workbook_tells_what_another_department_knows(night_by_night: Home, scan: Scan) -> None:
    books = workbooks(night_by_night)
    assert {"police", "property", "civil_affairs", "housing"} <= set(books)
    for department, book in books.items():
        found = scan.in_file(book)
        own = delivered_by(night_by_night, scan, department)
        assert len(found - own - proposed_to(night_by_night, scan, department)) == 0, department
        if department in ("police", "property", "civil_affairs", "housing"):
            assert found & own, f"the control: {department} is shown its own rows"


def test_evidence_names_no_person(night_by_night: Home, scan: Scan) -> None:
    """What other departments say is told by kind and agreement; whom they know stays with them."""
    entries = snapshot_of(night_by_night).scan("marts.return_list").collect()
    for department in entries["department"].unique().sort():
        told = entries.filter(pl.col("department") == department)
        own = delivered_by(night_by_night, scan, department) | proposed_to(night_by_night, scan, department)
        assert len(scan.in_frame(told.select("evidence_zh", "evidence_en")) - own) == 0, department
