"""`kill -9` between the commit of a night and the end of its publication: workbooks and page are old or new, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import fastexcel
import pytest
import returns_worker

from orchestration.closing import finish_publication
from orchestration.novelty import anything_new
from pipelines.config import Config
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.publish import publication_pending
from pipelines.lake.published import Published
from pipelines.lake.retention import recover
from pipelines.lake.store import Lake

pytestmark = pytest.mark.slow

BEFORE_THE_POINTER = {"first workbook", "workbooks", "page drawn", "folder laid out"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose first night is published."""
    home = Home(tmp_path / "home").ensure()
    with RunLock(home):
        returns_worker.commit(home, 1)
        finish_publication(home, Config())
    return home


def books(home: Home) -> dict[str, int]:
    """Return the rows in the sheets of every published workbook; one that is not whole cannot be read at all."""
    published = Published(home)
    folder = published.snapshots / str(published.current_id()) / "restricted" / "return"
    return {path.name: cells_with(path, r"第\d夜") for path in sorted(folder.iterdir())}


def cells_with(path: Path, text: str) -> int:
    book = fastexcel.read_excel(path)
    sheets = (book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in book.sheet_names)
    return sum(
        int(sheet[column].str.contains(text).fill_null(value=False).sum())
        for sheet in sheets
        for column in sheet.columns
    )


def page(home: Home) -> bytes:
    return (Published(home).site / "scorecard.html").read_bytes()


@pytest.mark.parametrize("point", returns_worker.POINTS)
def test_a_killed_publication_shows_the_old_night_or_the_new_one(home: Home, point: str) -> None:
    first_books, first_page = books(home), page(home)
    worker = subprocess.run([sys.executable, returns_worker.__file__, str(home.root), "2", point], capture_output=True)
    assert worker.returncode == -signal.SIGKILL, worker.stderr.decode()
    current = Lake(home).current()
    assert current is not None
    assert current.id == "000002", "the night was committed"
    assert publication_pending(home)
    assert anything_new(home), "a load that finds no file still has this to do"
    if point in BEFORE_THE_POINTER:
        assert (Published(home).current_id(), books(home), page(home)) == ("000001", first_books, first_page)
    else:
        assert Published(home).current_id() == "000002"
        assert books(home) == {name: 2 * count for name, count in first_books.items()}

    with RunLock(home):
        recover(home)
        assert finish_publication(home, Config()) == "000002"
        assert finish_publication(home, Config()) is None
    assert books(home) == {name: 2 * count for name, count in first_books.items()}
    assert page(home) != first_page
    leftovers = [path for path in home.published.rglob("*") if path.name.endswith(".tmp")]
    assert leftovers == []


def test_the_books_are_of_the_departments_with_entries(home: Home) -> None:
    found = books(home)
    assert sorted(found) == sorted(f"{department}.xlsx" for department in returns_worker.DEPARTMENTS)
    assert all(count > 0 for count in found.values())
    modes = {oct(path.stat().st_mode & 0o777) for path in home.published.rglob("*.xlsx")}
    assert modes == {"0o600"}
