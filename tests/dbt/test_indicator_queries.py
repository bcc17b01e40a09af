"""Every value is what its own query counts, and every query gives rows one can look at."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from dbt_runner import Built

from pipelines.contracts.loader import load_contracts
from pipelines.indicators.queries import load_queries, mismatches
from pipelines.indicators.registry import load_registry

pytestmark = pytest.mark.slow

SERVED = ("raw", "master", "facts", "marts", "ops")


@pytest.fixture(scope="module")
def catalogue(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """The district under the names of the restricted catalogue."""
    with duckdb.connect(":memory:") as connection:
        for schema in SERVED:
            connection.execute(f"create schema {schema}")
            for path in sorted((built.folder / schema).glob("*.parquet")):
                connection.execute(f"create table {schema}.{path.stem} as from read_parquet('{path}')")
        yield connection


def test_every_value_is_what_its_query_counts(catalogue: duckdb.DuckDBPyConnection) -> None:
    shown = catalogue.execute(
        "select count(*), count(distinct indicator) from marts.kpi_monthly where not suppressed"
    ).fetchall()[0]
    assert shown[0] > 100
    indicators = load_registry(load_contracts())
    assert shown[1] >= len(indicators) - 2
    assert mismatches(catalogue) == []


def test_a_value_that_is_not_counted_is_told(catalogue: duckdb.DuckDBPyConnection) -> None:
    catalogue.execute("begin")
    catalogue.execute(
        "update marts.kpi_monthly set numerator = numerator + 1 where indicator = 'camera_coverage' and area = '云中区'"
    )
    found = mismatches(catalogue)
    catalogue.execute("rollback")
    assert len(found) == 1
    assert found[0].startswith("camera_coverage 云中区 2025-06: ")


def test_rows_tell_what_they_count_for_and_where(catalogue: duckdb.DuckDBPyConnection) -> None:
    queries = dict(
        catalogue.execute("select indicator, any_value(query) from marts.kpi_monthly group by indicator").fetchall()
    )
    assert len(queries) >= len(load_queries(load_registry(load_contracts()))) - 2
    for indicator, query in queries.items():
        rows = catalogue.execute(query)
        columns = [column[0] for column in rows.description]
        assert {"in_numerator", "in_denominator"} < set(columns), indicator
        # A query shows a person by the opaque number alone.
        assert not {"phones", "phone", "id_number", "birth_date", "sex"} & set(columns), indicator
