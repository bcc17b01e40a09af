"""What is new in the landing zone."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from pipelines.config import IngestConfig
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.archive import Member, unpack
from pipelines.ingest.delivery import Delivery
from pipelines.ingest.formats import is_archive

_PASSING = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp")
_NOISE = ("thumbs.db", "desktop.ini")
_DEPTH = 4


@dataclass(frozen=True)
class Found:
    """A file of the landing zone as the folder shows it."""

    file: Path
    path: str
    size: int
    mtime_ns: int

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and time: a file with the stamp of a known one is not read again."""
        return self.size, self.mtime_ns


@dataclass(frozen=True)
class Place:
    """What the folders of a path say."""

    department: str | None
    feed: str | None
    delivered_on: date | None


def discover(
    landing: Path,
    known: pl.DataFrame,
    contracts: Mapping[str, Contract],
    limits: IngestConfig,
    now: datetime,
    workroom: Path,
    accept_shrunk: Collection[str] = (),
) -> list[Delivery]:
    """Return what is new in `landing`, by delivery date, then path.

    A file is known by path, size and time; one that was touched, by its sha256. Looked at again are files that were
    `still_written`, that waited for a contract, that were `shrunk_full` of a feed in `accept_shrunk`, and rejected
    files that were touched since.

    Args:
        landing: the landing zone.
        known: `ops.delivery`, empty before the first run.
        contracts: by `<department>_<feed>`.
        limits: the configured limits.
        now: UTC, the time of first sight.
        workroom: an empty folder for unpacked members.
        accept_shrunk: names of feeds, `<department>_<feed>` or `<department>/<feed>`.
    """
    accepted = {name.replace("/", "_") for name in accept_shrunk}
    settled = known.filter(~_open_again(contracts, accepted))
    stamps = set(settled.select("source_path", "source_bytes", "source_mtime_ns").iter_rows())
    fresh = [found for found in walk(landing) if (found.path, *found.stamp) not in stamps]
    moving = _still_moving(fresh, limits)
    deliveries: list[Delivery] = []
    for number, found in enumerate(fresh):
        deliveries.extend(_look(found, contracts, limits, now, workroom / f"{number:06d}", found.path in moving))
    handled = set(settled.filter(pl.col("status") != "rejected").select("path", "sha256").iter_rows())
    seen_at = {(path, digest): at for path, digest, at in known.select("path", "sha256", "first_seen_at").iter_rows()}
    new = [_first_seen(d, seen_at) for d in deliveries if (d.path, d.sha256) not in handled]
    return sorted(new, key=lambda d: (d.delivered_on or date.min, d.path))


def walk(landing: Path) -> list[Found]:
    """Return the files of the landing zone, sorted by path, without hidden, lock and unfinished ones."""
    found = []
    for file in sorted(landing.rglob("*")):
        parts = file.relative_to(landing).parts
        if any(part.startswith((".", "~$")) for part in parts) or not file.is_file():
            continue
        if file.name.lower().endswith(_PASSING) or file.name.lower() in _NOISE:
            continue
        status = file.stat()
        found.append(Found(file, "/".join(parts), status.st_size, status.st_mtime_ns))
    return found


def place_of(path: str) -> Place:
    """Return what `<department>/<feed>/<YYYY-MM-DD>/…` says; null for what it does not say."""
    parts = path.split("/")
    department = parts[0] if len(parts) > 1 else None
    feed = parts[1] if len(parts) > 2 else None
    try:
        on = date.fromisoformat(parts[2]) if len(parts) >= _DEPTH else None
    except ValueError:
        on = None
    return Place(department, feed, on)


def _open_again(contracts: Mapping[str, Contract], accepted: set[str]) -> pl.Expr:
    table = pl.format("{}_{}", pl.col("department").fill_null(""), pl.col("feed").fill_null(""))
    code = pl.col("reason_code").fill_null("")
    return (
        (code == "still_written")
        | ((code == "shrunk_full") & table.is_in(sorted(accepted)))
        | ((code == "unknown_feed") & table.is_in(sorted(contracts)) & pl.col("delivered_on").is_not_null())
    )


def _still_moving(fresh: list[Found], limits: IngestConfig) -> set[str]:
    """Return the paths of files that change while looked at twice; only files changed just now are worth the wait."""
    edge = time.time_ns() - int(limits.settle_seconds * 1e9)
    young = [found for found in fresh if found.mtime_ns > edge]
    if not young:
        return set()
    time.sleep(limits.settle_seconds)
    return {found.path for found in young if _stamp(found.file) != found.stamp}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def _look(
    found: Found,
    contracts: Mapping[str, Contract],
    limits: IngestConfig,
    now: datetime,
    folder: Path,
    moving: bool,
) -> Iterator[Delivery]:
    refusal = _refusal(found, contracts, limits, moving=moving)
    if refusal is None and is_archive(found.file, found.path):
        folder.mkdir(parents=True)
        try:
            for member in unpack(found.file, folder, limits):
                yield _of_member(found, member, now)
        except FileRejected as rejected:
            refusal = (rejected.reason_code, rejected.reason)
        else:
            return
    digest = _digest(found.file) if moving is False else ""
    if refusal is None and _stamp(found.file) != found.stamp:
        refusal = _STILL_WRITTEN
    yield _delivery(found, found.path, found.file, digest, found.size, now, refusal)


_STILL_WRITTEN = ("still_written", "the file changed while it was looked at. It is taken once it rests.")


def _refusal(
    found: Found, contracts: Mapping[str, Contract], limits: IngestConfig, *, moving: bool
) -> tuple[str, str] | None:
    place = place_of(found.path)
    if f"{place.department}_{place.feed}" not in contracts:
        return "unknown_feed", "no contract has this folder. Put the file where its feed belongs, or add a contract."
    if place.delivered_on is None:
        return "unknown_feed", "the file does not lie in <department>/<feed>/<YYYY-MM-DD>/. Move it there."
    if moving:
        return _STILL_WRITTEN
    if found.size > limits.max_file_bytes:
        return "too_large", f"the file has {found.size} bytes, more than max_file_bytes. Raise it, or ask for parts."
    return None


def _delivery(
    found: Found, path: str, local: Path, digest: str, size: int, now: datetime, refusal: tuple[str, str] | None
) -> Delivery:
    place = place_of(found.path)
    return Delivery(
        path=path,
        local=str(local),
        department=place.department,
        feed=place.feed,
        delivered_on=place.delivered_on,
        sha256=digest,
        size=size,
        source_path=found.path,
        source_size=found.size,
        source_mtime_ns=found.mtime_ns,
        first_seen_at=now,
        reason_code=refusal[0] if refusal else None,
        reason=refusal[1] if refusal else None,
    )


def _of_member(found: Found, member: Member, now: datetime) -> Delivery:
    refusal = (member.reason_code, member.reason or "") if member.reason_code else None
    return _delivery(found, f"{found.path}!{member.name}", member.local, member.sha256, member.size, now, refusal)


def _first_seen(delivery: Delivery, seen_at: Mapping[tuple[str, str], datetime]) -> Delivery:
    at = seen_at.get((delivery.path, delivery.sha256))
    return delivery if at is None else Delivery(**{**delivery.__dict__, "first_seen_at": at})


def _digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
