"""The queries of the indicators are read strictly, and what they count is told."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts.loader import load_contracts
from pipelines.errors import ConfigError
from pipelines.indicators.queries import (
    QUERIES,
    Counted,
    area_condition,
    fill_query,
    load_queries,
    mismatches,
    run_query,
)
from pipelines.indicators.registry import Indicator, load_registry


@pytest.fixture(scope="module")
def indicators() -> list[Indicator]:
    return load_registry(load_contracts())


def test_every_indicator_has_its_query(indicators: list[Indicator]) -> None:
    queries = load_queries(indicators)
    assert set(queries) == {indicator.id for indicator in indicators}
    assert sum(query.value_sql is not None for query in queries.values()) == 4


def test_no_query_asks_for_a_name_a_phone_or_a_number(indicators: list[Indicator]) -> None:
    for query in load_queries(indicators).values():
        words = set(re.findall(r"[a-z_.]+", query.rows_sql))
        assert not words & {"master.person", "phone", "phones", "id_number", "id_tokens", "text", "sex"}, query.id


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("id", "nothing_known", "nothing_known: there is no such indicator"),
        ("id", "nothing_known", "mediation_success: has no query"),
        ("rows_sql", "select 1 as in_numerator, 1 as in_denominator from facts.dispute where {area}", "the month"),
        ("rows_sql", "select 1 as in_numerator, 1 as in_denominator from facts.dispute where {month}", "the area"),
        ("rows_sql", "select 1 as in_numerator from facts.dispute where {month} and {area}", "gives no in_denominator"),
        (
            "rows_sql",
            "select in_numerator, in_denominator from internal.x where {month} {area}",
            "internal.x is not served",
        ),
        ("rows_sql", "select in_numerator, in_denominator where {month} {area}", "reads no table"),
        ("rows_sql", "select in_numerator, in_denominator from facts.x where {month} {area} {week}", "put in for week"),
        ("numerator_sql", "", "numerator_sql: is missing for share"),
        ("value_sql", "median(x)", "value_sql: must be empty for share"),
    ],
)
def test_a_wrong_query_is_told(tmp_path: Path, indicators: list[Indicator], column: str, value: str, why: str) -> None:
    rows = list(csv.DictReader(QUERIES.open(encoding="utf-8", newline="")))
    assert rows[0]["id"] == "mediation_success"
    rows[0][column] = value
    path = tmp_path / "indicator_queries.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(ConfigError, match=why):
        load_queries(indicators, path)


@pytest.mark.parametrize(
    ("level", "street", "community", "expect"),
    [
        ("district", None, None, "district = '云中区'"),
        ("street", "东河街道", None, "district = '云中区' and street = '东河街道'"),
        ("community", "O'街", "一里", "district = '云中区' and street = 'O''街' and community = '一里'"),
    ],
)
def test_the_condition_of_an_area(level: str, street: str | None, community: str | None, expect: str) -> None:
    assert area_condition(level, "云中区", street, community) == expect


def test_a_placeholder_without_a_value_is_an_error() -> None:
    assert fill_query("where {area} and m = {month}", {"area": "true", "month": "'2025-06'"}) == (
        "where true and m = '2025-06'"
    )
    with pytest.raises(KeyError, match="month"):
        fill_query("where {area} and m = {month}", {"area": "true"})


def test_numbers_are_made_of_the_rows() -> None:
    query = "select n < 3 as in_numerator, true as in_denominator, n from range(5) as rows (n)"
    with duckdb.connect(":memory:") as connection:
        counted = run_query(connection, query, "count(*) filter (where in_numerator)", "count(*)", "median(n)")
        assert counted == Counted(3, 5, 2)
        assert run_query(connection, query, None, None, None) == Counted(None, None, None)


def test_a_value_that_its_query_does_not_give_is_told() -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.indicator as select 'a' as indicator, 'count(*)' as numerator_sql,"
            " null::varchar as denominator_sql, null::varchar as value_sql"
        )
        connection.execute(
            "create table marts.kpi_monthly as select 'a' as indicator, area, '2025-06' as month, 'count' as unit,"
            " numerator, null::double as denominator, 3.0 as value, 'select 1 from range(3)' as query, suppressed"
            " from (values ('right', 3.0, false), ('wrong', 4.0, false), ('hidden', 5.0, true), ('none', null, false))"
            " as rows (area, numerator, suppressed)"
        )
        assert [line.split(":")[0] for line in mismatches(connection)] == ["a none 2025-06", "a wrong 2025-06"]
