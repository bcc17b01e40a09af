"""Workbooks and pages come and go with their snapshot: whole, private, and finished by the next call after a kill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.home import Home
from pipelines.lake import publish_documents
from pipelines.lake.publish import PublicationPlan, publication_pending, publish
from pipelines.lake.published import Published
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

BOOK = "restricted/return"


class Killed(Exception):
    """Stands for the end of the process."""


def write_books(snapshot: Snapshot, folder: Path) -> None:
    (folder / "police.xlsx").write_text(f"book of {snapshot.id}")


def write_pages(snapshot: Snapshot, folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "scorecard.html").write_text(f"page of {snapshot.id}")
    (folder / "parts" / f"{snapshot.id}.svg").write_text(snapshot.id)


PLAN = PublicationPlan(open=frozenset(), documents={BOOK: write_books, "site": write_pages})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def commit(home: Home, value: int) -> Snapshot:
    tx = Lake(home).begin(f"run-{value}")
    tx.replace("marts.return_list", pl.DataFrame({"value": [value]}))
    snapshot = tx.commit()
    assert snapshot is not None
    return snapshot


def seen(home: Home) -> dict[str, str]:
    site = Published(home).site
    return {str(path.relative_to(site)): path.read_text() for path in sorted(site.rglob("*")) if path.is_file()}


def pages_of(snapshot_id: str) -> dict[str, str]:
    return {
        ".snapshot": snapshot_id,
        f"parts/{snapshot_id}.svg": snapshot_id,
        "scorecard.html": f"page of {snapshot_id}",
    }


def test_documents_lie_with_their_snapshot_and_pages_at_their_place_too(home: Home) -> None:
    publish(home, commit(home, 1), PLAN)
    publish(home, commit(home, 2), PLAN)
    for number in ("000001", "000002"):
        book = Published(home).snapshots / number / BOOK / "police.xlsx"
        assert book.read_text() == f"book of {number}"
    assert seen(home) == pages_of("000002"), "the page of yesterday is gone"
    assert not publication_pending(home)


def test_documents_are_for_the_owner_only(home: Home) -> None:
    publish(home, commit(home, 1), PLAN)
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in home.published.rglob("*")}
    assert modes == {(True, "0o700"), (False, "0o600")}


def test_pages_are_drawn_once_a_snapshot(home: Home) -> None:
    snapshot = commit(home, 1)
    publish(home, snapshot, PLAN)
    before = {path: path.stat().st_mtime_ns for path in home.published.rglob("*")}
    assert publish(home, snapshot, PLAN) is None
    assert {path: path.stat().st_mtime_ns for path in home.published.rglob("*")} == before


@pytest.mark.parametrize(("step", "done"), [("link_or_copy", 0), ("link_or_copy", 1), ("write_bytes", 0)])
def test_a_kill_while_pages_move_is_finished_by_the_next_publish(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, done: int
) -> None:
    publish(home, commit(home, 1), PLAN)
    snapshot, whole, calls = commit(home, 2), getattr(publish_documents, step), []

    def killed(*arguments: Any) -> None:
        if len(calls) == done:
            raise Killed
        calls.append(arguments)
        whole(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(publish_documents, step, killed)
        with pytest.raises(Killed):
            publish(home, snapshot, PLAN)
    assert Published(home).current_id() == "000002"
    assert publication_pending(home), "the pages of yesterday stand beside the tables of today"
    assert publish(home, snapshot, PLAN) == "000002"
    assert seen(home) == pages_of("000002")
    assert not publication_pending(home)


def test_a_kill_while_a_workbook_is_written_shows_nothing_of_it(home: Home) -> None:
    publish(home, commit(home, 1), PLAN)

    def half(snapshot: Snapshot, folder: Path) -> None:
        (folder / "police.xlsx").write_text("half of")
        raise Killed

    snapshot = commit(home, 2)
    with pytest.raises(Killed):
        publish(home, snapshot, PublicationPlan(open=frozenset(), documents={BOOK: half}))
    published = Published(home)
    assert published.current_id() == "000001"
    assert [path.name for path in published.snapshots.iterdir() if not path.name.startswith(".")] == ["000001"]
    publish(home, snapshot, PLAN)
    books = [path.read_text() for path in published.snapshots.rglob("*.xlsx")]
    assert sorted(books) == ["book of 000001", "book of 000002"], "the half one is swept away"
