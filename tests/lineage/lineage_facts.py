"""What the lineage tests look at: the SQL of all models, the columns behind each column, Dagster's graph."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from column_lineage import Edges, column_edges
from dbt_frames import BUILT
from sql_models import rendered_models, table_of

from orchestration.dbt import ensure_manifest
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.contracts.schema import polars_schema
from pipelines.home import CHECKOUT


@cache
def manifest() -> dict[str, Any]:
    parsed: dict[str, Any] = orjson.loads(ensure_manifest().read_bytes())
    return parsed


@cache
def models() -> dict[str, str]:
    return rendered_models(manifest())


@cache
def columns() -> dict[str, list[str]]:
    """Columns of every table that no model builds: delivered, built by Python, seeds."""
    delivered = {f"raw.{name}": list(polars_schema(contract)) for name, contract in contracts().items()}
    return {table: list(schema) for table, schema in BUILT.items()} | delivered | _seeds()


@cache
def contracts() -> Mapping[str, Contract]:
    return load_contracts()


@cache
def edges() -> Edges:
    return column_edges(models(), columns())


@cache
def given() -> dict[str, list[str]]:
    """Columns of every table, built or not."""
    named: dict[str, list[str]] = {}
    for column in edges():
        table, _, name = column.rpartition(".")
        named.setdefault(table, []).append(name)
    return columns() | named


def edges_with(table: str, name: str, value: str) -> Edges:
    """The edges of a project in which `table` has one more column.

    Args:
        table: the model that is changed.
        name: of the new column.
        value: SQL, an expression or a subquery; the model's own columns are those of `base`.
    """
    sql = f"select base.*, {value} as {name} from ({models()[table]}) as base"  # noqa: S608 - our own SQL
    return edges() | column_edges({table: sql}, given())


def asset_graph() -> dict[str, frozenset[str]]:
    """For every table the tables its step depends on, as Dagster has them."""
    from orchestration.definitions import assemble

    graph = assemble().get_repository_def().asset_graph
    return {
        ".".join(key.path): frozenset(".".join(parent.path) for parent in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
    }


def _seeds() -> dict[str, list[str]]:
    found = {}
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "seed":
            with (CHECKOUT / "dbt" / node["original_file_path"]).open(encoding="utf-8") as file:
                found[table_of(node)] = next(csv.reader(file))
    return found
