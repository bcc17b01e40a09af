"""Frozen quarters on disk: written whole or not at all, read-only, and never believed without their checksums.

`<home>/frozen/<quarter>/` holds `kpi_monthly.parquet`, `indicator.parquet` and `manifest.json`. The manifest names the
SHA-256 of both files and is sealed with one over its own content, which the audit log repeats.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.durable import fsync_file, fsync_folder, make_folder, sha256_of, temporary_beside, write_bytes
from pipelines.lake.parquet import write_parquet

MANIFEST = "manifest.json"
READ_ONLY = stat.S_IRUSR
_FORMAT = 1


class FrozenBroken(StreetlakeError):
    """A frozen quarter is not what was frozen: a byte changed, a file is missing, or one was added."""


def frozen_folder(home: Home) -> Path:
    """Return where the frozen quarters lie."""
    return home.root / "frozen"


def frozen_quarters(home: Home) -> list[str]:
    """Return the names of the frozen quarters, oldest first; what a killed freeze left behind is none."""
    return sorted(path.name for path in frozen_folder(home).glob("2???Q?"))


def write_frozen(home: Home, quarter: str, tables: dict[str, pl.DataFrame], facts: dict[str, Any]) -> dict[str, Any]:
    """Write a quarter under a temporary name and give it its own in one step.

    Args:
        home: the home; its run lock is held.
        quarter: its name; not frozen yet.
        tables: name -> content.
        facts: what the manifest tells besides the files (JSON values).

    Returns:
        The manifest.
    """
    final = frozen_folder(home) / quarter
    _sweep(home)
    written = temporary_beside(final)
    make_folder(written)
    try:
        manifest = {**facts, "quarter": quarter, "format": _FORMAT, "files": _write_tables(written, tables)}
        manifest["seal"] = seal_of(manifest)
        write_bytes(written / MANIFEST, orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
        for path in written.iterdir():
            path.chmod(READ_ONLY)
        fsync_folder(written)
        written.rename(final)
        fsync_folder(final.parent)
    finally:
        shutil.rmtree(written, ignore_errors=True)
    return manifest


def read_manifest(home: Home, quarter: str) -> dict[str, Any]:
    """Return the manifest of a frozen quarter.

    Raises:
        FrozenBroken: when it is no manifest, is one of another quarter, or its seal does not hold.
    """
    path = frozen_folder(home) / quarter / MANIFEST
    try:
        manifest: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise _broken(quarter, f"{MANIFEST} cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("seal") != seal_of(manifest):
        raise _broken(quarter, f"{MANIFEST} was altered: its seal does not hold")
    if manifest.get("quarter") != quarter:
        raise _broken(quarter, f"{MANIFEST} speaks of {manifest.get('quarter')}")
    return manifest


def verify_quarter(home: Home, quarter: str) -> dict[str, Any]:
    """Check every byte of a frozen quarter and return its manifest.

    Raises:
        FrozenBroken: naming what changed, is missing or was added.
    """
    manifest = read_manifest(home, quarter)
    try:
        _check_files(frozen_folder(home) / quarter, quarter, manifest)
    except OSError as error:
        raise _broken(quarter, f"a file cannot be read ({error.strerror})") from error
    return manifest


def _check_files(folder: Path, quarter: str, manifest: dict[str, Any]) -> None:
    expected = {MANIFEST, *manifest["files"]}
    found = {path.name for path in folder.iterdir()}
    if found != expected:
        wrong = ", ".join(sorted(found ^ expected))
        raise _broken(quarter, f"files are missing or were added: {wrong}")
    for name, told in manifest["files"].items():
        if sha256_of(folder / name) != told["sha256"]:
            raise _broken(quarter, f"{name} was altered: its SHA-256 is not that of the manifest")


def read_table(home: Home, quarter: str, table: str) -> pl.DataFrame:
    """Return one table of a frozen quarter, after checking every byte of it.

    Raises:
        FrozenBroken: when anything about the quarter changed.
    """
    verify_quarter(home, quarter)
    return pl.read_parquet(frozen_folder(home) / quarter / f"{table}.parquet", glob=False)


def seal_of(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 over a manifest without its seal, as canonical JSON."""
    told = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _write_tables(folder: Path, tables: dict[str, pl.DataFrame]) -> dict[str, dict[str, Any]]:
    files = {}
    for name, frame in sorted(tables.items()):
        path = folder / f"{name}.parquet"
        write_parquet(frame, path)
        fsync_file(path)
        files[path.name] = {"sha256": sha256_of(path), "rows": len(frame), "bytes": path.stat().st_size}
    return files


def _sweep(home: Home) -> None:
    """Remove what a killed freeze left: hidden folders that no reader looks at."""
    for path in frozen_folder(home).glob(".2???Q?.*.tmp"):
        shutil.rmtree(path)


def _broken(quarter: str, what: str) -> FrozenBroken:
    return FrozenBroken(f"frozen {quarter}: {what}. Restore the folder from backup; it is never written again.")
