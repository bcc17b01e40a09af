"""From a local file to a text table, by what the file is and not by what it is called."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

from pipelines.config import IngestConfig
from pipelines.contracts.model import Contract
from pipelines.errors import FileRejected
from pipelines.ingest.csv_reader import read_csv
from pipelines.ingest.decode import BLOCK_BYTES
from pipelines.ingest.jsonl_reader import read_jsonl
from pipelines.ingest.parquet_reader import read_parquet
from pipelines.ingest.table import TextTable
from pipelines.ingest.xlsx_reader import read_workbook

GZIP, ZIP, PARQUET, OLE = b"\x1f\x8b", b"PK", b"PAR1", b"\xd0\xcf\x11\xe0"
_SEVEN_ZIP, _RAR, _PDF = b"7z\xbc\xaf\x27\x1c", b"Rar!", b"%PDF"
_BINARY_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".parquet"})
_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


def is_archive(path: Path, name: str) -> bool:
    """Say whether a file is a zip of deliveries; a workbook is a zip too, whatever its name, and is none."""
    if not _magic(path).startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(member.startswith("xl/") for member in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        return not name.lower().endswith((".xlsx", ".xlsm", ".xls"))


def open_table(path: Path, name: str, contract: Contract, limits: IngestConfig) -> TextTable:
    """Return the text table of one unpacked file.

    Args:
        path: the local file.
        name: what the department called it; its suffix decides only between CSV and JSON.
        contract: of the feed.
        limits: the configured limits.

    Raises:
        FileRejected: with the reason that the format's reader found.
    """
    magic = _magic(path)
    if not magic:
        raise FileRejected("empty", "the file has no byte. Ask the department to deliver it again.")
    if magic.startswith((_SEVEN_ZIP, _RAR, _PDF)):
        raise FileRejected("unreadable", "the format is not supported. Ask for CSV, XLSX, JSON Lines, Parquet or zip.")
    if magic.startswith(PARQUET):
        return read_parquet(path, contract, limits)
    if magic.startswith((ZIP, OLE)):
        return read_workbook(path, contract, limits)
    suffixes = {suffix.lower() for suffix in Path(name).suffixes[-2:]}
    if suffixes & _JSON_SUFFIXES or magic.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b'{"', b"[{")):
        return read_jsonl(lambda: path.open("rb"), contract, limits)
    try:
        return read_csv(lambda: path.open("rb"), contract, limits)
    except FileRejected as rejected:
        if suffixes & _BINARY_SUFFIXES:
            raise FileRejected("unreadable", "the content is not what its name says. Ask for it again.") from rejected
        raise


def gunzip(path: Path, target: Path, limits: IngestConfig) -> Path:
    """Unpack a gzip file to `target`.

    Raises:
        FileRejected: `unreadable` when it is damaged or cut off, `unsafe_archive` past the limits.
    """
    most = min(limits.max_archive_bytes, int(limits.max_archive_ratio * max(path.stat().st_size, 1)) + 2**20)
    written = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            while block := packed.read(BLOCK_BYTES):
                written += len(block)
                if written > most:
                    raise FileRejected("unsafe_archive", f"the file unpacks to more than {most} bytes.")
                out.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRejected("unreadable", "the gzip file is damaged or cut off. Ask for it again.") from error
    return target


def is_gzip(path: Path) -> bool:
    """Say whether a file is gzip."""
    return _magic(path).startswith(GZIP)


def _magic(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(16)
