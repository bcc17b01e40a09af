"""Where readers find things: `published/snapshots/<id>/{open,restricted}`, both catalogues, site, `current.json`."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import orjson
import polars as pl

from pipelines.home import Home
from pipelines.lake.durable import make_folder, move_into_place, temporary_beside
from pipelines.lake.snapshot import Snapshot, TableFile, schema_of

SNAPSHOT_TABLE = "marts.snapshot"
ACCESSES = ("open", "restricted")


@dataclass(frozen=True)
class Published:
    """The folders of one home's publication."""

    home: Home

    @property
    def snapshots(self) -> Path:
        """One folder a published snapshot."""
        return self.home.published / "snapshots"

    @property
    def site(self) -> Path:
        """The pages of the published snapshot, at a place that stays."""
        return self.home.published / "site"

    @property
    def pointer(self) -> Path:
        """The file that names the published snapshot; it is replaced last."""
        return self.home.published / "current.json"

    def catalogue(self, access: str) -> Path:
        """The DuckDB file of views for `open` or `restricted` readers."""
        return self.home.published / f"{access}.duckdb"

    def current_id(self) -> str | None:
        """Return the id of the published snapshot; None before the first."""
        try:
            return str(orjson.loads(self.pointer.read_bytes())["snapshot"])
        except FileNotFoundError:
            return None


def table_location(folder: Path, table: str) -> Path:
    """Return where `table` lies in a published or exported folder: `<schema>/<table>.parquet`."""
    return folder / schema_of(table) / f"{table.partition('.')[2]}.parquet"


def digest_of(entries: tuple[TableFile, ...]) -> str:
    """Return the SHA-256 of a table: of its file, or of its files' digests in order."""
    if len(entries) == 1:
        return entries[0].sha256
    return hashlib.sha256("".join(entry.sha256 for entry in entries).encode()).hexdigest()


def snapshot_frame(snapshot: Snapshot) -> pl.DataFrame:
    """Return `marts.snapshot`: one row a served table, of which run it is and with what content.

    Columns: snapshot_id, run_id, created_at (UTC), schema, table, rows, bytes, sha256, inputs (JSON, same in all rows).
    """
    inputs = orjson.dumps(dict(snapshot.inputs), option=orjson.OPT_SORT_KEYS).decode()
    rows = [
        {
            "snapshot_id": snapshot.id,
            "run_id": snapshot.run,
            "created_at": snapshot.committed_at,
            "schema": table.partition(".")[0],
            "table": table.partition(".")[2],
            "rows": snapshot.rows(table),
            "bytes": sum(entry.bytes for entry in snapshot.entries(table)),
            "sha256": digest_of(snapshot.entries(table)),
            "inputs": inputs,
        }
        for table in snapshot.served()
    ]
    schema = {
        "snapshot_id": pl.String(),
        "run_id": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "schema": pl.String(),
        "table": pl.String(),
        "rows": pl.Int64(),
        "bytes": pl.Int64(),
        "sha256": pl.String(),
        "inputs": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema)


def build_catalogue(target: Path, tables: Mapping[str, Path]) -> None:
    """Make a DuckDB file with one view a table and put it in the place of `target` in one step.

    Who has the old file open keeps it, whole. Paths in the views are absolute: a moved home is published again.
    """
    draft = make_folder(target.parent) / f".{target.stem}.next.duckdb"
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as catalogue:
        for schema in sorted({schema_of(table) for table in tables}):
            catalogue.execute(f"create schema {schema}")
        for table, path in sorted(tables.items()):
            files = f"{path}/*.parquet" if path.is_dir() else str(path)
            quoted = files.replace("'", "''")
            schema, name = table.split(".")
            catalogue.execute(
                f"""create view {schema}."{name}" as select * from read_parquet('{quoted}', union_by_name = true)"""  # noqa: S608 - a checked table name and a path of ours
            )
    move_into_place(draft, target)


def drop_published(published: Published, snapshot_id: str) -> None:
    """Remove one published snapshot: renamed first, so that a kill leaves no half of it under its name."""
    doomed = temporary_beside(published.snapshots / snapshot_id)
    (published.snapshots / snapshot_id).rename(doomed)
    shutil.rmtree(doomed)


def published_at(folder: Path) -> datetime:
    """Return when the snapshot in a published folder was committed, as its `snapshot.json` tells."""
    return datetime.fromisoformat(orjson.loads((folder / "snapshot.json").read_bytes())["created_at"])
