"""Altered, removed and re-ordered entries are found; what a kill left half written is not an entry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.governance.audit import AuditBroken, audit_file, audit_frame, read_audit, record_action, verify_audit
from pipelines.home import Home

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path).ensure()
    for number in range(3):
        record_action(home, action="load", subject=f"snapshot {number}", detail="7 files", actor="night", at=AT)
    return home


def test_entries_are_chained(home: Home) -> None:
    first, second, _ = read_audit(home)
    assert (first["seq"], first["prev_hash"]) == (1, "0" * 64)
    assert second["prev_hash"] == first["hash"]
    assert verify_audit(home) == 3
    assert oct(audit_file(home).stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (lambda lines: [lines[0].replace(b"7 files", b"8 files"), *lines[1:]], "an entry altered"),
        (lambda lines: [lines[0], lines[2]], "an entry removed"),
        (lambda lines: lines[1:], "the first removed"),
        (lambda lines: [lines[1], lines[0], lines[2]], "two exchanged"),
    ],
)
def test_tampering_is_found(home: Home, alter: object, why: str) -> None:
    assert callable(alter)
    path = audit_file(home)
    path.write_bytes(b"".join(alter(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(AuditBroken):
        verify_audit(home)


def test_an_altered_last_entry_takes_no_successor(home: Home) -> None:
    path = audit_file(home)
    path.write_bytes(path.read_bytes().replace(b"snapshot 2", b"snapshot 9"))
    with pytest.raises(AuditBroken, match="last entry"):
        record_action(home, action="sql", subject="open")


def test_a_half_written_entry_is_cut_off(home: Home) -> None:
    path = audit_file(home)
    path.write_bytes(path.read_bytes() + b'{"seq": 4, "at": "2026')
    assert verify_audit(home) == 3
    assert record_action(home, action="sql", subject="open")["seq"] == 4
    assert verify_audit(home) == 4


def test_long_entries_and_many_writers_keep_the_chain(home: Home) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: record_action(home, action="sql", subject="x" * 3000, detail=str(n)), range(20)))
    assert verify_audit(home) == 23


def test_the_frame_has_the_served_columns(home: Home) -> None:
    frame = audit_frame(home)
    assert frame.columns == ["seq", "at", "actor", "purpose", "action", "subject", "detail", "prev_hash", "hash"]
    assert frame.schema["at"] == pl.Datetime("us", "UTC")
    assert frame["at"].to_list() == [AT] * 3
    assert audit_frame(Home(home.root / "none")).schema == frame.schema
