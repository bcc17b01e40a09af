"""The build folder between Python and dbt: `workshop/build/<schema>/<table>.parquet`, a file or a folder of parts.

What lies there are second names of immutable lake files; so nobody may write into them. DuckDB's `COPY` makes a new
file (a test holds it to that), and `clear` removes the outputs before dbt runs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.errors import LakeError
from pipelines.lake.durable import copy_bytes, link_or_copy, make_folder, temporary_beside
from pipelines.lake.snapshot import schema_of


def location(build: Path, table: str) -> Path:
    """Return where `table` lies in the build folder."""
    return build / schema_of(table) / f"{table.partition('.')[2]}.parquet"


def link(build: Path, table: str, files: Sequence[Path]) -> Path:
    """Put `files` as `table` into the build folder; one file stays a file, several are a folder of parts."""
    target = location(build, table)
    if len(files) == 1:
        _remove_folder(target)
        link_or_copy(files[0], target)
        return target
    parts = temporary_beside(target)
    make_folder(parts)
    for number, file in enumerate(files):
        link_or_copy(file, parts / f"part-{number:05d}.parquet")
    clear(build, [table])
    parts.rename(target)
    return target


def take(build: Path, table: str, draft: Path) -> None:
    """Move what dbt wrote as `table` to the lake's `draft`.

    Raises:
        LakeError: when dbt wrote no such table, or a folder.
    """
    source = location(build, table)
    if not source.is_file():
        raise LakeError(f"dbt wrote no {table}: see the messages of its run.")
    make_folder(draft.parent)
    try:
        source.rename(draft)
    except OSError:  # the workshop may lie on another file system
        copy_bytes(source, draft)
        source.unlink()


def clear(build: Path, tables: Iterable[str]) -> None:
    """Remove `tables` from the build folder, so that a failed dbt model cannot pass off an older file as its own."""
    for table in tables:
        target = location(build, table)
        _remove_folder(target)
        target.unlink(missing_ok=True)


def _remove_folder(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
