"""An append-only file of JSON lines in a home: what people decided between runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import orjson

from pipelines.lake.durable import FILE_MODE, fsync_folder, make_folder


def finished_lines(path: Path) -> list[bytes]:
    """Return the whole lines of the file, oldest first; none where it is missing, and not what a kill left half."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def append_line(path: Path, row: Mapping[str, object]) -> None:
    """Add one row and bring it to the disk; the caller holds the run lock. What a kill left half goes away first."""
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        whole = path.read_bytes()
        os.ftruncate(handle, whole.rfind(b"\n") + 1)
        os.lseek(handle, 0, os.SEEK_END)
        os.write(handle, orjson.dumps(row) + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    fsync_folder(path.parent)
