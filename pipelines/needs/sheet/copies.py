"""Copies of evacuation sheets that were printed: numbered without gaps or repeats, expiring, recalled."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.durable import make_folder

LIFE: Final = timedelta(hours=72)
"""After three days people have moved, died, come home from hospital: an old sheet sends helpers to the wrong door."""


class NoSuchCopy(StreetlakeError):
    """A copy number that was never given out."""


@dataclass(frozen=True)
class Copy:
    """One copy; it holds no value of a person.

    Attributes:
        number: counts up within a home from 1.
        building_code, building: whose sheet.
        actor, purpose: who printed it, what for.
        households, persons: how many stand on it.
        printed_at, expires_at: ISO 8601 with zone.
        recalled_at, recalled_by: null until it is called back.
    """

    number: int
    building_code: str
    building: str
    actor: str
    purpose: str
    households: int
    persons: int
    printed_at: str
    expires_at: str
    recalled_at: str | None = None
    recalled_by: str | None = None

    def state(self, now: datetime) -> str:
        """Return `recalled`, `expired` or `valid`."""
        if self.recalled_at is not None:
            return "recalled"
        return "expired" if datetime.fromisoformat(self.expires_at) <= now else "valid"


def folder_of(home: Home) -> Path:
    """Return where sheets lie that were not written elsewhere."""
    return home.root / "evacuation"


def file_of(home: Home, number: int) -> Path:
    """Return where the sheet of a copy lies that was not written elsewhere."""
    return folder_of(home) / f"evacuation_{number:06d}.html"


def clear_away(home: Home, now: datetime) -> int:
    """Remove the files in the home of copies that have expired or were called back.

    Returns:
        How many were removed; copies that were written elsewhere are not looked for.
    """
    stale = [file_of(home, copy.number) for copy in all_copies(home) if copy.state(now) != "valid"]
    there = [file for file in stale if file.exists()]
    for file in there:
        file.unlink(missing_ok=True)
    return len(there)


def give_out(home: Home, now: datetime, **told: Any) -> Copy:
    """Take the next number, and bring it to the disk before anybody uses it.

    Args:
        home: the home whose numbers count up.
        now: when it is printed, with a zone.
        told: the other fields of ``Copy``: building_code, building, actor, purpose, households, persons.

    Returns:
        The copy. A number that was taken is never given out again, even when nothing was printed on it.
    """
    with _locked(home) as handle:
        entries = _read(handle)
        number = 1 + max((int(entry["number"]) for entry in entries if "number" in entry), default=0)
        copy = Copy(
            number=number,
            printed_at=now.isoformat(timespec="seconds"),
            expires_at=(now + LIFE).isoformat(timespec="seconds"),
            **told,
        )
        written = {name: value for name, value in asdict(copy).items() if value is not None}
        _append(handle, written)
    return copy


def recall(home: Home, number: int, actor: str, now: datetime) -> Copy:
    """Mark a copy as called back; a second time changes nothing.

    Raises:
        NoSuchCopy: when that number was never given out.
    """
    with _locked(home) as handle:
        known = {copy.number: copy for copy in _copies(_read(handle))}
        if number not in known:
            raise NoSuchCopy(
                f"there is no copy {number}: `streetlake evacuation --list` shows those that were printed."
            )
        if known[number].recalled_at is None:
            _append(handle, {"recalled": number, "at": now.isoformat(timespec="seconds"), "by": actor})
        return {copy.number: copy for copy in _copies(_read(handle))}[number]


def all_copies(home: Home) -> list[Copy]:
    """Return every copy of the home, the newest first."""
    if not _ledger(home).exists():
        return []
    with _locked(home) as handle:
        return sorted(_copies(_read(handle)), key=lambda copy: -copy.number)


def _copies(entries: list[dict[str, Any]]) -> list[Copy]:
    recalls: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if "recalled" in entry:
            recalls.setdefault(int(entry["recalled"]), entry)
    return [
        Copy(**entry, recalled_at=recalls[number]["at"], recalled_by=recalls[number]["by"])
        if (number := int(entry["number"])) in recalls
        else Copy(**entry)
        for entry in entries
        if "number" in entry
    ]


def _ledger(home: Home) -> Path:
    return folder_of(home) / "copies.jsonl"


@contextmanager
def _locked(home: Home) -> Iterator[int]:
    make_folder(folder_of(home))
    handle = os.open(_ledger(home), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _read(handle: int) -> list[dict[str, Any]]:
    """Read the finished lines; what a killed writer left behind the last of them is cut off."""
    content = os.pread(handle, os.fstat(handle).st_size, 0)
    finished = content[: content.rfind(b"\n") + 1]
    os.ftruncate(handle, len(finished))
    return [orjson.loads(line) for line in finished.splitlines()]


def _append(handle: int, entry: dict[str, Any]) -> None:
    os.lseek(handle, 0, os.SEEK_END)
    os.write(handle, orjson.dumps(entry) + b"\n")
    os.fsync(handle)
