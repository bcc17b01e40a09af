"""What is published beside the tables: documents laid out with their snapshot, and the pages that have a fixed place.

The lake knows neither workbooks nor pages: it is given functions that write them, and sees to it that a kill leaves the
former documents or the new ones, whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines.lake.durable import FOLDER_MODE, fsync_file, link_or_copy, make_folder, write_bytes
from pipelines.lake.published import Published
from pipelines.lake.snapshot import Snapshot

SITE = "site"
MARK = ".snapshot"  # in the site's folder, written last: the snapshot whose pages stand there

Writer = Callable[[Snapshot, Path], object]
"""Writes documents of a committed snapshot below an empty folder; the same snapshot gives the same bytes."""


def lay_out_documents(draft: Path, snapshot: Snapshot, documents: Mapping[str, Writer]) -> None:
    """Let each writer fill its folder below `draft`, and make what it wrote private and durable.

    Args:
        draft: the snapshot's folder before it gets its name.
        snapshot: committed.
        documents: folder relative to `draft` -> who writes it.
    """
    for name, write in sorted(documents.items()):
        folder = make_folder(draft / name)
        write(snapshot, folder)
        for path in sorted(folder.rglob("*")):
            if path.is_dir():
                path.chmod(FOLDER_MODE)
            else:
                fsync_file(path)


def site_waits(published: Published, snapshot_id: str) -> bool:
    """Say whether the published snapshot `snapshot_id` has pages that do not stand in their place yet."""
    return _pages(published, snapshot_id).is_dir() and _marked(published) != snapshot_id


def place_site(published: Published, snapshot_id: str) -> None:
    """Put the pages of a published snapshot to `published/site/`, each by rename, and drop pages it has not.

    The mark is taken away first and set last, so that a killed call is seen and made again.
    """
    if not site_waits(published, snapshot_id):
        return
    source, site = _pages(published, snapshot_id), published.site
    make_folder(site)
    (site / MARK).unlink(missing_ok=True)
    pages = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for page in sorted(pages):
        link_or_copy(source / page, site / page)
    for path in sorted(site.rglob("*")):
        if path.is_file() and path.relative_to(site) not in pages:
            path.unlink()
    write_bytes(site / MARK, snapshot_id.encode())


def _pages(published: Published, snapshot_id: str) -> Path:
    return published.snapshots / snapshot_id / SITE


def _marked(published: Published) -> str | None:
    try:
        return (published.site / MARK).read_text(encoding="ascii")
    except FileNotFoundError:
        return None
