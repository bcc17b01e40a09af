"""The query behind each indicator: `dbt/seeds/indicator_queries.csv`, read strictly, filled and asked.

A query gives the rows that one value counted, with `in_numerator` and `in_denominator`; numerator, denominator and
value are expressions over these rows. It reads served tables alone, so whoever may open the restricted catalogue can
run it as it stands in `marts.kpi_monthly.query`.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb

from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT
from pipelines.indicators.registry import Indicator

QUERIES = CHECKOUT / "dbt" / "seeds" / "indicator_queries.csv"
COLUMNS = ("id", "rows_sql", "numerator_sql", "denominator_sql", "value_sql")
SERVED = frozenset({"raw", "master", "facts", "marts", "ops"})
# What one value puts in, and what the project's own variables put in before the registry is served.
OF_VALUE = frozenset({"area", "area_level", "month", "base_month"})
OF_PROJECT = frozenset({"dispute_closing_days", "workorder_closing_days", "return_days", "old_estate_before"})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TABLE = re.compile(r"\b(?:from|join)\s+([a-z_]+)\.([a-z_]+)")


@dataclass(frozen=True)
class IndicatorQuery:
    """How an indicator is counted.

    Attributes:
        id: the indicator.
        rows_sql: a SELECT of the rows counted, with placeholders such as `{area}` and `{month}`.
        numerator_sql, denominator_sql: expressions over its rows; null where the indicator has none.
        value_sql: the same for the value; null where it follows from the two.
    """

    id: str
    rows_sql: str
    numerator_sql: str | None
    denominator_sql: str | None
    value_sql: str | None


@dataclass(frozen=True)
class Counted:
    """What a value's query counts: null where the indicator has no such part."""

    numerator: float | None
    denominator: float | None
    value: float | None


def load_queries(indicators: Collection[Indicator], path: Path = QUERIES) -> dict[str, IndicatorQuery]:
    """Return the query of every indicator by its id.

    Raises:
        ConfigError: naming every indicator without a query, query without an indicator, and wrong query.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_id = {indicator.id: indicator for indicator in indicators}
    problems = [f"{name}: has no query" for name in by_id.keys() - {row["id"] for row in rows}]
    for row in rows:
        if row["id"] not in by_id:
            problems.append(f"{row['id']}: there is no such indicator")
        else:
            problems += [f"{row['id']}: {problem}" for problem in _problems(row, by_id[row["id"]])]
    if problems:
        raise ConfigError(f"{len(problems)} problems in {path.name}:\n" + "\n".join(sorted(problems)))
    return {
        row["id"]: IndicatorQuery(row["id"], row["rows_sql"], *(row[c] or None for c in COLUMNS[2:])) for row in rows
    }


def fill_query(rows_sql: str, values: Mapping[str, str]) -> str:
    """Return the query with its placeholders put in; the values are SQL already.

    Raises:
        KeyError: naming a placeholder that has no value.
    """
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], rows_sql)


def area_condition(area_level: str, district: str, street: str | None, community: str | None) -> str:
    """Return the SQL condition that a row lies in an area.

    >>> area_condition("street", "云中区", "东河街道", None)
    "district = '云中区' and street = '东河街道'"
    """
    depth = ("district", "street", "community").index(area_level) + 1
    names = zip(("district", "street", "community"), (district, street, community), strict=True)
    return " and ".join(f"{name} = {literal(text)}" for name, text in list(names)[:depth] if text is not None)


def literal(text: str) -> str:
    """Return a text as an SQL literal.

    >>> literal("O'")
    "'O'''"
    """
    return "'" + text.replace("'", "''") + "'"


def run_query(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    numerator_sql: str | None,
    denominator_sql: str | None,
    value_sql: str | None,
) -> Counted:
    """Return what a filled query counts: the numbers of `marts.kpi_monthly`, made from its rows.

    Args:
        connection: to the restricted catalogue, or to tables of the same names.
        query: as in `marts.kpi_monthly.query`.
        numerator_sql: as in `marts.indicator`, like the next two; null gives null.
        denominator_sql: the denominator over the rows of the query.
        value_sql: the value over the rows of the query.

    Raises:
        duckdb.Error: where the query does not run.
    """
    parts = ", ".join(f"cast({part or 'null'} as double)" for part in (numerator_sql, denominator_sql, value_sql))
    # The query is the project's own text, with names of areas as literals.
    return Counted(*connection.execute(f"select {parts} from ({query}) as counted").fetchall()[0])  # noqa: S608


def _query(row: Mapping[str, str]) -> IndicatorQuery:
    numerator_sql, denominator_sql, value_sql = (row[column] or None for column in COLUMNS[2:])
    return IndicatorQuery(row["id"], row["rows_sql"], numerator_sql, denominator_sql, value_sql)


def _problems(row: Mapping[str, str], indicator: Indicator) -> Iterator[str]:
    rows_sql = row["rows_sql"]
    placeholders = set(_PLACEHOLDER.findall(rows_sql))
    if unknown := placeholders - OF_VALUE - OF_PROJECT:
        yield f"rows_sql: nothing is put in for {', '.join(sorted(unknown))}"
    if "month" not in placeholders:
        yield "rows_sql: does not ask for the month"
    if "area" not in placeholders and indicator.levels != ("district",):
        yield "rows_sql: does not ask for the area"
    yield from (f"rows_sql: gives no {flag}" for flag in ("in_numerator", "in_denominator") if flag not in rows_sql)
    tables = _TABLE.findall(rows_sql)
    yield from (f"rows_sql: {schema}.{table} is not served" for schema, table in tables if schema not in SERVED)
    if not tables:
        yield "rows_sql: reads no table"
    for part, wanted in (
        ("numerator_sql", bool(indicator.numerator_en)),
        ("denominator_sql", bool(indicator.denominator_en)),
        ("value_sql", indicator.unit == "minutes"),
    ):
        if bool(row[part]) != wanted:
            yield f"{part}: {'is missing' if wanted else 'must be empty'} for {indicator.unit}"


def mismatches(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return one line per shown value of `marts.kpi_monthly` that its own query does not give; empty when all agree.

    Args:
        connection: to the restricted catalogue, or to tables of the same names.
    """
    rows = connection.execute(
        """
        select kpi.indicator, kpi.area, kpi.month, kpi.unit, kpi.numerator, kpi.denominator, kpi.value, kpi.query,
            registry.numerator_sql, registry.denominator_sql, registry.value_sql
        from marts.kpi_monthly as kpi
        inner join marts.indicator as registry on kpi.indicator = registry.indicator
        where not kpi.suppressed
        order by all
        """
    ).fetchall()
    found: list[str] = []
    for indicator, area, month, unit, numerator, denominator, value, query, *parts in rows:
        counted = run_query(connection, query, *parts)
        shown = Counted(numerator, denominator, value if unit == "minutes" else None)
        if not all(_same(left, right) for left, right in zip(astuple(shown), astuple(counted), strict=True)):
            found.append(f"{indicator} {area} {month}: {shown} is shown, {counted} counted")
    return found


def _same(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12)
