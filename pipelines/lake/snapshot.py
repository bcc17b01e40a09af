"""The one small file that says of which files every table consists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.errors import LakeError
from pipelines.lake.parquet import scan_parts

SERVED_SCHEMAS = ("raw", "ops", "master", "facts", "marts")
SCHEMAS = (*SERVED_SCHEMAS, "internal")


@dataclass(frozen=True)
class TableFile:
    """One immutable Parquet file of a table.

    Attributes:
        file: path below `lake/tables`.
        rows, bytes: its size.
        sha256: of its bytes.
    """

    file: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """All tables at one moment; reading one snapshot never shows a mixture of two runs.

    Attributes:
        id: six digits, growing with every commit.
        run: the run that committed it.
        created_at: instant of the commit, ISO 8601, UTC.
        tables: name `<schema>.<table>` -> its files in order.
        inputs: what the run read, as the run told (JSON values).
        checks: counts of quality checks, as the run told (JSON values).
        root: the folder `lake/tables`.
    """

    id: str
    run: str
    created_at: str
    tables: Mapping[str, tuple[TableFile, ...]]
    root: Path
    inputs: Mapping[str, Any] = field(default_factory=dict)
    checks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The id as a number."""
        return int(self.id)

    @property
    def committed_at(self) -> datetime:
        """The instant of the commit."""
        return datetime.fromisoformat(self.created_at)

    def has(self, table: str) -> bool:
        """Say whether the snapshot has `table`."""
        return table in self.tables

    def entries(self, table: str) -> tuple[TableFile, ...]:
        """Return the files of `table` with their sizes; LakeError when there is no such table."""
        try:
            return self.tables[table]
        except KeyError:
            raise LakeError(f"snapshot {self.id} has no table {table}.") from None

    def files(self, table: str) -> list[Path]:
        """Return the absolute paths of the files of `table`, in order."""
        return [self.root / entry.file for entry in self.entries(table)]

    def rows(self, table: str) -> int:
        """Return the number of rows of `table`."""
        return sum(entry.rows for entry in self.entries(table))

    def scan(self, table: str) -> pl.LazyFrame:
        """Scan `table`."""
        return scan_parts(self.files(table))

    def served(self) -> list[str]:
        """Return the names of the tables that readers get, sorted."""
        return sorted(name for name in self.tables if schema_of(name) in SERVED_SCHEMAS)

    def to_json(self) -> bytes:
        """Return the bytes of the snapshot file; equal snapshots have equal bytes."""
        content = {
            "id": self.id,
            "run": self.run,
            "created_at": self.created_at,
            "tables": encode_tables(self.tables),
            "inputs": dict(self.inputs),
            "checks": dict(self.checks),
        }
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)

    @classmethod
    def from_json(cls, content: bytes, root: Path) -> Snapshot:
        """Read a snapshot file; LakeError when it is not one."""
        try:
            parsed = orjson.loads(content)
            return cls(
                id=parsed["id"],
                run=parsed["run"],
                created_at=parsed["created_at"],
                tables=decode_tables(parsed["tables"]),
                root=root,
                inputs=parsed["inputs"],
                checks=parsed["checks"],
            )
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise LakeError("a snapshot file cannot be read: restore it, or an older snapshot, from backup.") from error


def schema_of(table: str) -> str:
    """Return the schema of `<schema>.<table>`.

    Raises:
        LakeError: when the name has another form or an unknown schema.
    """
    schema, dot, name = table.partition(".")
    if not dot or schema not in SCHEMAS or not name.replace("_", "").isalnum() or not name.isascii():
        raise LakeError(f"{table!r} is no table name: use <schema>.<table> with a schema of {', '.join(SCHEMAS)}.")
    return schema


def encode_tables(tables: Mapping[str, tuple[TableFile, ...]]) -> dict[str, list[dict[str, Any]]]:
    """Turn tables into JSON values."""
    return {name: [asdict(entry) for entry in entries] for name, entries in tables.items()}


def decode_tables(parsed: Mapping[str, list[dict[str, Any]]]) -> dict[str, tuple[TableFile, ...]]:
    """Turn JSON values into tables."""
    return {name: tuple(TableFile(**entry) for entry in entries) for name, entries in parsed.items()}
