"""From a committed snapshot to what readers open; idempotent, so that the next run finishes what a kill cut short."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipelines.config import Config
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.durable import (
    copy_bytes,
    fsync_folder,
    link_or_copy,
    make_folder,
    move_into_place,
    temporary_beside,
    write_bytes,
)
from pipelines.lake.parquet import write_parquet
from pipelines.lake.publish_documents import Writer, lay_out_documents, place_site, site_waits
from pipelines.lake.published import (
    ACCESSES,
    SNAPSHOT_TABLE,
    Published,
    build_catalogue,
    drop_published,
    published_at,
    snapshot_frame,
    table_location,
)
from pipelines.lake.retention import keeps
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake


@dataclass(frozen=True)
class PublicationPlan:
    """Who gets what.

    Attributes:
        open: tables without a direct identifier, for readers of the open catalogue. The restricted catalogue has
            every served table.
        documents: what is published beside the tables: a folder of the snapshot's own, such as `restricted/return`, and
            who writes it. Those in `site` are put to `published/site/` too.
    """

    open: frozenset[str]
    documents: Mapping[str, Writer] = field(default_factory=dict)

    def tables(self, snapshot: Snapshot, access: str) -> list[str]:
        """Return the tables of `snapshot` that readers with `access` get, sorted."""
        return [table for table in snapshot.served() if access == "restricted" or table in self.open]


def publish(
    home: Home, snapshot: Snapshot, plan: PublicationPlan, config: Config | None = None, now: datetime | None = None
) -> str | None:
    """Publish `snapshot`: its folders, the two catalogues, `published/current.json`, and last the pages of the site.

    Args:
        home: the home.
        snapshot: a committed snapshot of the home's lake.
        plan: which tables are open, and what is written beside them.
        config: for retention; default: the defaults.
        now: from when retention counts back; default: the clock.

    Returns:
        The published id; None when this snapshot was published already.
    """
    published = Published(home)
    if not _pending(published, snapshot):
        return None
    if published.current_id() != snapshot.id:
        _move_to(published, snapshot, plan)
    place_site(published, snapshot.id)
    _retain(published, config or Config(), now or datetime.now(UTC))
    return snapshot.id


def publication_pending(home: Home) -> bool:
    """Say whether the lake's current snapshot is committed but not yet, or not wholly, what readers see."""
    current = Lake(home).current()
    return current is not None and _pending(Published(home), current)


def _pending(published: Published, snapshot: Snapshot) -> bool:
    return published.current_id() != snapshot.id or site_waits(published, snapshot.id)


def _move_to(published: Published, snapshot: Snapshot, plan: PublicationPlan) -> None:
    """Make the snapshot's folder and both catalogues, then turn the pointer."""
    folder = _lay_out(published, snapshot, plan)
    for access in ACCESSES:
        tables = [*plan.tables(snapshot, access), SNAPSHOT_TABLE]
        build_catalogue(
            published.catalogue(access), {table: table_location(folder / access, table) for table in tables}
        )
    told = {"snapshot": snapshot.id, "run": snapshot.run, "created_at": snapshot.created_at}
    write_bytes(published.pointer, orjson.dumps(told, option=orjson.OPT_INDENT_2))


def export(home: Home, out: Path) -> list[Path]:
    """Write every served table of the current snapshot as one file `out/<schema>/<table>.parquet`.

    A table of several files is streamed into one. Each file appears whole, by rename.

    Returns:
        The files, sorted.

    Raises:
        LakeError: when the home has no snapshot yet.
    """
    snapshot = Lake(home).current()
    if snapshot is None:
        raise LakeError(f"{home.root.name!r} has no snapshot yet: run `streetlake load` first.")
    written = [_export_table(snapshot, table, out) for table in snapshot.served()]
    target = table_location(out, SNAPSHOT_TABLE)
    draft = temporary_beside(target)
    write_parquet(snapshot_frame(snapshot), draft)
    move_into_place(draft, target)
    return sorted([*written, target])


def _export_table(snapshot: Snapshot, table: str, out: Path) -> Path:
    target = table_location(out, table)
    draft = temporary_beside(target)
    files = snapshot.files(table)
    if len(files) == 1:
        copy_bytes(files[0], draft)
    else:
        write_parquet(snapshot.scan(table), draft)
    move_into_place(draft, target)
    return target


def _lay_out(published: Published, snapshot: Snapshot, plan: PublicationPlan) -> Path:
    """Make the folder of the snapshot aside and rename it; one that a killed run left there is made again."""
    final = published.snapshots / snapshot.id
    draft = temporary_beside(final)
    for access in ACCESSES:
        for table in plan.tables(snapshot, access):
            _link_table(snapshot.files(table), table_location(draft / access, table))
        described = table_location(draft / access, SNAPSHOT_TABLE)
        write_parquet(snapshot_frame(snapshot), temporary := temporary_beside(described))
        move_into_place(temporary, described)
    lay_out_documents(draft, snapshot, plan.documents)
    write_bytes(draft / "snapshot.json", snapshot.to_json())
    for folder in [*(path for path in draft.rglob("*") if path.is_dir()), draft]:
        fsync_folder(folder)
    if final.exists():
        drop_published(published, snapshot.id)
    draft.rename(final)
    fsync_folder(published.snapshots)
    return final


def _link_table(files: list[Path], target: Path) -> None:
    if len(files) == 1:
        link_or_copy(files[0], target)
        return
    make_folder(target)
    for number, file in enumerate(files):
        link_or_copy(file, target / f"part-{number:05d}.parquet")


def _retain(published: Published, config: Config, now: datetime) -> None:
    places = (published.snapshots, published.home.published, published.site)
    for leftover in [path for place in places for path in place.glob(".*.tmp")]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    folders = sorted((path for path in published.snapshots.iterdir() if path.is_dir()), reverse=True)
    for rank, folder in enumerate(folders):
        if not keeps(rank, published_at(folder), config.lake, now):
            drop_published(published, folder.name)
