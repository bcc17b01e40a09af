"""Zip archives: every member a delivery of its own, and nothing unpacked that is not safe."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.config import IngestConfig
from pipelines.errors import FileRejected
from pipelines.ingest.decode import BLOCK_BYTES

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# An archive that unpacks to less is no bomb, whatever its ratio.
HARMLESS_BYTES = 2**20


@dataclass(frozen=True)
class Member:
    """One unpacked member: its name, where its bytes lie, and why it is refused, if it is."""

    name: str
    local: Path
    sha256: str
    size: int
    reason_code: str | None = None
    reason: str | None = None


def unpack(path: Path, folder: Path, limits: IngestConfig) -> Iterator[Member]:
    """Unpack the members of a zip into `folder`, under names of their own making.

    A member that is encrypted, damaged or an archive itself is refused alone; the others load.

    Raises:
        FileRejected: `unreadable` when there is no directory of members, `empty` when it is empty, `unsafe_archive`
            for a path outside the archive, a link, or more members, bytes or compression than the limits allow.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not _is_noise(info)]
            _check(archive, members, path.stat().st_size, limits)
            for number, info in enumerate(sorted(members, key=_name)):
                yield _unpack_one(archive, info, folder / f"{number:05d}")
    except zipfile.BadZipFile as error:
        raise FileRejected("unreadable", "the zip is damaged or cut off. Ask for it again.") from error


def _is_noise(info: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(_name(info))
    hidden = any(part.startswith((".", "~$")) and part != ".." for part in name.parts)
    return info.is_dir() or hidden or "__MACOSX" in name.parts or name.name in ("Thumbs.db", "desktop.ini")


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without flag bit 11 it is UTF-8 where that fits, else GB18030."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename.replace("\\", "/")
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename.replace("\\", "/")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename.replace("\\", "/")


def _check(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], packed: int, limits: IngestConfig) -> None:
    if not members:
        raise FileRejected("empty", "the zip holds no file. Ask the department to deliver it again.")
    if len(members) > limits.max_archive_members:
        raise FileRejected("unsafe_archive", f"the zip holds {len(members)} members, more than max_archive_members.")
    unsafe = sum(_leads_out(_name(info)) or _is_link(info) for info in archive.infolist())
    if unsafe:
        raise FileRejected("unsafe_archive", f"{unsafe} members name a place outside the zip or are links.")
    unpacked = sum(info.file_size for info in members)
    if unpacked > _most_bytes(packed, limits):
        raise FileRejected(
            "unsafe_archive",
            f"the zip of {packed} bytes unpacks to {unpacked}, more than max_archive_ratio or max_archive_bytes.",
        )


def _most_bytes(packed: int, limits: IngestConfig) -> int:
    return min(limits.max_archive_bytes, max(HARMLESS_BYTES, int(limits.max_archive_ratio * packed)))


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or ":" in name.split("/")[0] or "\x00" in name


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _unpack_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> Member:
    name = _name(info)
    digest, written = hashlib.sha256(), 0
    refusal: tuple[str, str] | None = None
    if info.flag_bits & _ENCRYPTED:
        refusal = ("unreadable", "the member is encrypted. Ask for it without a password.")
    else:
        try:
            with archive.open(info) as packed, target.open("wb") as out:
                while block := packed.read(BLOCK_BYTES):
                    written += len(block)
                    digest.update(block)
                    out.write(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            refusal = ("unreadable", f"the member is damaged or packed in an unknown way ({type(error).__name__}).")
    if refusal is None and name.lower().endswith((".zip", ".7z", ".rar")):
        refusal = ("unsafe_archive", "an archive inside an archive is not unpacked. Ask for it apart.")
    if refusal is not None and info.flag_bits & _ENCRYPTED:
        digest.update(info.CRC.to_bytes(4, "big"))
    return Member(name, target, digest.hexdigest(), written, *(refusal or (None, None)))
