"""Writing so that a reader, or a run after a kill, finds the old file or the new one and nothing between."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_folder(folder: Path) -> Path:
    """Create `folder` with its missing parents, readable by the owner only."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def temporary_beside(final: Path) -> Path:
    """Return an unused hidden name in the folder of `final`, which is created when missing."""
    return make_folder(final.parent) / f".{final.name}.{secrets.token_hex(4)}.tmp"


def fsync_file(path: Path) -> None:
    """Bring the bytes of `path` to the disk and make it private."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(handle, FILE_MODE)
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk: a rename lasts only then."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_into_place(written: Path, final: Path) -> None:
    """Make the file `written` durable and give it the name `final`, replacing what had it in one step."""
    fsync_file(written)
    make_folder(final.parent)
    written.replace(final)
    fsync_folder(final.parent)


def write_bytes(final: Path, content: bytes) -> None:
    """Write `content` to `final` through a temporary name, fsync and rename."""
    written = temporary_beside(final)
    try:
        written.write_bytes(content)
        move_into_place(written, final)
    finally:
        written.unlink(missing_ok=True)


def link_or_copy(source: Path, final: Path) -> None:
    """Give `source` a second name `final` (a hard link; on another file system a copy), replacing atomically."""
    written = temporary_beside(final)
    try:
        try:
            written.hardlink_to(source)
        except OSError:
            copy_bytes(source, written)
        written.replace(final)
    finally:
        written.unlink(missing_ok=True)


def copy_bytes(source: Path, target: Path) -> None:
    """Copy a file in pieces and fsync the copy."""
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(1 << 22):
            writer.write(piece)
    fsync_file(target)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 lower-case hexadecimal digits."""
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()
