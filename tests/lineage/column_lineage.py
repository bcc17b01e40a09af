"""Which columns the value of each column is made of, read from the SQL itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

DIALECT = "duckdb"
Edges = dict[str, frozenset[str]]


def column_edges(models: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> Edges:
    """Return, for every column of every model, the columns of other tables that its value is made of.

    Values only: a column that decides which rows are there (`where`, `join`, `group by`) is none of them.

    Args:
        models: SQL by table, each behind those it reads.
        columns: names of the columns of every table that no model builds.
    """
    known = {table: list(names) for table, names in columns.items()}
    edges: Edges = {}
    for table, sql in models.items():
        made = _made_of(sql, known)
        known[table] = list(made)
        edges |= {f"{table}.{column}": sources for column, sources in made.items()}
    return edges


def _made_of(sql: str, known: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for table, names in known.items():
        place, name = table.split(".")
        schema.setdefault(place, {})[name] = dict.fromkeys(names, "varchar")
    query = qualify(
        sqlglot.parse_one(sql, read=DIALECT),
        dialect=DIALECT,
        schema=schema,
        validate_qualify_columns=True,
        quote_identifiers=False,
        identify=False,
    )
    scope = build_scope(query)
    assert scope is not None
    return _of_scope(scope, {})


def _of_scope(scope: Scope, seen: dict[int, dict[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    """Columns that a query gives, each with the leaf columns behind it."""
    if id(scope) in seen:
        return seen[id(scope)]
    expression = scope.expression
    if isinstance(expression, exp.SetOperation):
        sides = [_of_scope(side, seen) for side in scope.set_operation_scopes]
        names = list(sides[0])
        found = {
            name: frozenset().union(*(list(side.values())[place] for side in sides)) for place, name in enumerate(names)
        }
    else:
        found = {
            item.alias_or_name: frozenset(_leaves(item, scope, seen)) for item in getattr(expression, "selects", [])
        }
    seen[id(scope)] = found
    return found


def _leaves(item: exp.Expression, scope: Scope, seen: dict[int, dict[str, frozenset[str]]]) -> Iterable[str]:
    inner = {id(sub.expression): sub for sub in (*scope.subquery_scopes,)}
    for node in item.walk(prune=lambda part: id(part) in inner):
        if id(node) in inner:
            for sources in _of_scope(inner[id(node)], seen).values():
                yield from sources
        elif isinstance(node, exp.Column):
            yield from _of_column(node, scope, seen)


def _of_column(column: exp.Column, scope: Scope, seen: dict[int, dict[str, frozenset[str]]]) -> Iterable[str]:
    source = scope.sources.get(column.table)
    if isinstance(source, exp.Table):
        yield f"{source.db}.{source.name}.{column.name}"
    elif isinstance(source, Scope):
        yield from _of_scope(source, seen).get(column.name, ())
    elif scope.parent is not None:
        yield from _of_column(column, scope.parent, seen)
