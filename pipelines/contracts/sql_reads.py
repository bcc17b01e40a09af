"""Which columns of which tables a compiled dbt model reads, by its SQL."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

# dbt-duckdb reads a table of the lake as a Parquet file named after it, and its own views by their database.
_PARQUET_CALL = re.compile(r"read_parquet\(\s*'[^']*?/(\w+)/(\w+)\.parquet'[^)]*\)")
_PARQUET_PATH = re.compile(r"'[^']*?/(\w+)/(\w+)\.parquet'")
_DATABASE = re.compile(r'"workshop"\."(\w+)"')


def can_read_sql() -> bool:
    """Say whether sqlglot is installed; without it a model is known by its tables alone."""
    return importlib.util.find_spec("sqlglot") is not None


def columns_read(sql: str, tables: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]] | None:
    """Return the columns that a query reads of each table it names, among those asked about.

    A column that only passes through `select *` and is never used does not count. Null where the SQL cannot be
    followed: then every column may be read.

    Args:
        sql: compiled, in DuckDB's dialect.
        tables: `<schema>.<table>` -> its columns; other tables are passed over, and a query that cannot be followed
            without knowing their columns (`using`, `select *` of two) gives null.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.qualify import qualify

    plain = _PARQUET_PATH.sub(r'"\1"."\2"', _PARQUET_CALL.sub(r'"\1"."\2"', sql))
    plain = _DATABASE.sub(r'"\1"', plain)
    schema: dict[str, Any] = {}
    for name, columns in tables.items():
        folder, table = name.split(".", 1)
        schema.setdefault(folder, {})[table] = dict.fromkeys(columns, "varchar")
    try:
        tree = sqlglot.parse_one(plain, dialect="duckdb")
        whole = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, quote_identifiers=False)
    except SqlglotError:
        return None
    with suppress(SqlglotError):  # then what only passes through `select *` counts as read
        whole = pushdown_projections(whole)
    return _of_tables(whole, tables)


def _of_tables(tree: Any, tables: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    found: dict[str, set[str]] = {}
    for scope in traverse_scope(tree):
        sources = {
            alias: f"{source.db}.{source.name}"
            for alias, source in scope.sources.items()
            if isinstance(source, exp.Table)
        }
        for name in sources.values():
            if name in tables:
                found.setdefault(name, set())
        for column in scope.columns:
            name = sources.get(column.table, "")
            if name in tables and column.name in tables[name]:
                found[name].add(column.name)
    return {name: frozenset(columns) for name, columns in found.items()}
