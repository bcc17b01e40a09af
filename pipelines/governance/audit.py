"""The log of who changed or read what: append-only, each entry sealed with the hash of the one before it."""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.durable import make_folder

GENESIS = "0" * 64
TABLE = "ops.audit"
SCHEMA = {
    "seq": pl.Int64(),
    "at": pl.Datetime("us", "UTC"),
    "actor": pl.String(),
    "purpose": pl.String(),
    "action": pl.String(),
    "subject": pl.String(),
    "detail": pl.String(),
    "prev_hash": pl.String(),
    "hash": pl.String(),
}


class AuditBroken(StreetlakeError):
    """The audit log was altered: an entry's hash or its link to the entry before does not hold."""


def audit_file(home: Home) -> Path:
    """Return where the log lies."""
    return home.root / "audit" / "audit.jsonl"


def record_action(
    home: Home,
    *,
    action: str,
    subject: str,
    detail: str = "",
    actor: str | None = None,
    purpose: str = "operation",
    at: datetime | None = None,
) -> dict[str, Any]:
    """Append one entry and bring it to the disk.

    Args:
        home: the home.
        action: `load`, `publish`, `export`, `sql` ...
        subject: what it was done to, such as a snapshot or `all served tables`; never a person's value.
        detail: counts in words; never a person's value.
        actor: who; default: the operating system's user.
        purpose: what for.
        at: when; default: the clock.

    Returns:
        The entry as written.

    Raises:
        AuditBroken: when the last entry of the log does not hold.
    """
    with _locked(audit_file(home)) as handle:
        last = _last_entry(handle)
        entry: dict[str, Any] = {
            "seq": last["seq"] + 1 if last else 1,
            "at": (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": actor or getpass.getuser(),
            "purpose": purpose,
            "action": action,
            "subject": subject,
            "detail": detail,
            "prev_hash": last["hash"] if last else GENESIS,
        }
        entry["hash"] = seal(entry)
        os.lseek(handle, 0, os.SEEK_END)
        os.write(handle, orjson.dumps(entry) + b"\n")
        os.fsync(handle)
    return entry


def seal(entry: dict[str, Any]) -> str:
    """Return the SHA-256 over all fields but `hash`, as canonical JSON."""
    told = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_audit(home: Home) -> list[dict[str, Any]]:
    """Return all entries, oldest first; an entry that a kill left unfinished is none.

    Raises:
        AuditBroken: when a finished line is no entry.
    """
    path = audit_file(home)
    if not path.exists():
        return []
    try:
        return [orjson.loads(line) for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    except orjson.JSONDecodeError as error:
        raise AuditBroken(
            "audit.jsonl has a line that is no entry: it was altered. Keep the file as evidence."
        ) from error


def verify_audit(home: Home) -> int:
    """Check the whole chain.

    Returns:
        The number of entries.

    Raises:
        AuditBroken: naming the first entry that does not hold.
    """
    before = GENESIS
    for number, entry in enumerate(read_audit(home), start=1):
        if entry.get("seq") != number or entry.get("prev_hash") != before or entry.get("hash") != seal(entry):
            raise AuditBroken(f"audit entry {number} does not hold: it, or one before it, was altered or removed.")
        before = entry["hash"]
    return len(read_audit(home))


def audit_frame(home: Home) -> pl.DataFrame:
    """Return `ops.audit`: one row an entry, in order."""
    return pl.DataFrame(read_audit(home), schema={**SCHEMA, "at": pl.String()}).with_columns(
        pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f%z", time_unit="us", time_zone="UTC")
    )


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _last_entry(handle: int) -> dict[str, Any] | None:
    """Read the last finished line, and cut off what a killed writer left behind it."""
    size = os.fstat(handle).st_size
    tail, start = b"", size
    while start > 0 and tail.count(b"\n") < 2:
        start = max(0, start - 4096)
        tail = os.pread(handle, size - start, start)
    finished = tail[: tail.rfind(b"\n") + 1]
    os.ftruncate(handle, start + len(finished))
    if not finished:
        return None
    try:
        entry: dict[str, Any] = orjson.loads(finished.splitlines()[-1])
    except orjson.JSONDecodeError as error:
        raise AuditBroken("the last entry of audit.jsonl was altered. Keep the file as evidence.") from error
    if entry.get("hash") != seal(entry):
        raise AuditBroken("the last entry of audit.jsonl was altered. Keep the file as evidence.")
    return entry
