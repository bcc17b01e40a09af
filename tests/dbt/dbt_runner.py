"""dbt run in this process on a build folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.home import CHECKOUT


@dataclass(frozen=True)
class Built:
    """A build folder after dbt: `statuses` of all nodes by unique id, and the tables it wrote."""

    folder: Path
    statuses: dict[str, str]

    def table(self, name: str) -> pl.DataFrame:
        """Read `<schema>.<table>`."""
        return pl.read_parquet(self.folder.joinpath(*name.split(".")).with_suffix(".parquet"))


def declare_sources(root: Path) -> None:
    """Put a view over every table of `root/build` into the workshop.

    A unit test asks the database for the columns of the sources it mocks, which else are only paths in compiled SQL.
    """
    with duckdb.connect(str(root / "workshop.duckdb")) as workshop:
        for path in sorted((root / "build").glob("*/*.parquet")):
            schema, table = path.parent.name, path.stem
            workshop.sql(f"create schema if not exists {schema}")
            workshop.sql(f"create view {schema}.{table} as from read_parquet('{path}')")


def run_dbt(root: Path, *arguments: str) -> dict[str, str]:
    """Run dbt on `root/build` and return each node's status by its unique id."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    project = str(CHECKOUT / "dbt")
    before = dict(os.environ)
    os.environ |= {
        "STREETLAKE_BUILD": str(root / "build"),
        "STREETLAKE_WORKSHOP": str(root),
        "STREETLAKE_MEMORY_LIMIT_MB": "1000",
        "DO_NOT_TRACK": "1",
    }
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", str(root / "target")]
    try:
        outcome = dbtRunner().invoke([*arguments, *places, "--log-path", str(root / "logs"), "--quiet"])
    finally:
        DuckDBConnectionManager.close_all_connections()
        os.environ.clear()
        os.environ.update(before)
    if outcome.exception is not None:
        raise outcome.exception
    result: Any = outcome.result
    return {run.node.unique_id: str(run.status) for run in result.results}
