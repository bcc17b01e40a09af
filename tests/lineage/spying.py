"""Tables that tell which of their columns were asked for, and the district's tables made by the project's own SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import duckdb
import polars as pl
from dbt_district import district_tables
from dbt_frames import BUILT
from lineage_facts import contracts, manifest, models
from polars.io.plugins import register_io_source
from sql_models import table_of

from pipelines.contracts.schema import polars_schema
from pipelines.home import CHECKOUT

SERVED = ("facts", "master")


def district_frames() -> dict[str, pl.DataFrame]:
    """Every table of the made-up district: delivered, built by Python, and what the models make of them."""
    feeds = [f"{contract.department}/{contract.feed}" for contract in contracts().values()]
    rows = district_tables(feeds)
    schemas = BUILT | {f"raw.{name}": polars_schema(contract) for name, contract in contracts().items()}
    frames = {
        table: pl.DataFrame(
            [{column: row.get(column) for column in schema} for row in rows.get(table, ())], schema=schema, orient="row"
        )
        for table, schema in schemas.items()
    }
    return frames | _modelled(frames)


def _modelled(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    made = {}
    with duckdb.connect() as connection:
        for table, frame in frames.items():
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.register("given", frame.to_arrow())
            connection.execute(f"create table {table} as from given")
        for node in manifest()["nodes"].values():
            if node["resource_type"] == "seed":
                path = CHECKOUT / "dbt" / node["original_file_path"]
                connection.execute("create schema if not exists seeds")
                connection.execute(f"create table {table_of(node)} as from read_csv('{path}')")
        for table in _behind_served():
            schema = table.split(".")[0]
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create {'table' if schema in SERVED else 'view'} {table} as {models()[table]}")
            if schema in SERVED:
                made[table] = pl.DataFrame(connection.sql(f"from {table}").to_arrow_table())
    return made


def _behind_served() -> list[str]:
    """The served facts and master tables and the models behind them, in the order of dependencies."""
    wanted: set[str] = set()
    for table, sql in reversed(models().items()):
        if table.split(".")[0] in SERVED or table in wanted:
            wanted |= {table, *(set(re.findall(r"\b[a-z]+\.[a-z_]+\b", sql)) & set(models()))}
    return [table for table in models() if table in wanted]


def spied(frames: Mapping[str, pl.DataFrame], asked: set[str]) -> Callable[[str], pl.LazyFrame]:
    """Return a reader of tables that notes, as `<schema>.<table>.<column>`, what a query really asks for.

    A query that takes a table whole asks for all of its columns; one that only counts rows for none.
    """

    def scan(table: str) -> pl.LazyFrame:
        frame = frames[table]

        def rows(
            columns: list[str] | None, predicate: pl.Expr | None, limit: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            needed = frame.columns if columns is None else columns
            asked.update(f"{table}.{name}" for name in needed)
            if predicate is not None:
                asked.update(f"{table}.{name}" for name in predicate.meta.root_names())
            found = frame if predicate is None else frame.filter(predicate)
            yield (found if limit is None else found.head(limit)).select(needed)

        return register_io_source(rows, schema=frame.schema)

    return scan
