"""Metadata are counts, and an engine's error never carries the value it choked on."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from orchestration.reporting import counts_by, private_errors, table_facts
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.store import Lake

SECRET = "990101199001011234"


def test_engine_errors_are_withheld() -> None:
    with pytest.raises(dg.Failure) as polars_failure, private_errors("raw.police_residents"):
        pl.Series([SECRET + "x"]).cast(pl.Int64)
    with pytest.raises(dg.Failure) as duckdb_failure, private_errors("marts.kpi_monthly"):
        duckdb.sql(f"select cast('{SECRET}x' as integer)").fetchall()
    for failure in (polars_failure.value, duckdb_failure.value):
        assert SECRET not in str(failure)
        assert SECRET not in str(failure.description)
        assert failure.__cause__ is None
        assert failure.__suppress_context__
        assert not failure.allow_retries
    assert "raw.police_residents: InvalidOperationError at test_reporting.py" in str(polars_failure.value.description)


def test_our_own_errors_keep_their_words_and_those_of_the_system_are_tried_again() -> None:
    with pytest.raises(dg.Failure, match="no snapshot 000009"), private_errors("x"):
        raise LakeError("there is no snapshot 000009")
    with pytest.raises(dg.RetryRequested) as again, private_errors("x"):
        raise ConnectionResetError("share gone")
    assert again.value.max_retries > 0


def test_facts_of_a_table_compare_with_the_night_before(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    lake = Lake(home)
    first = lake.begin("n1")
    first.replace("marts.kpi_monthly", pl.DataFrame({"value": [1, 2]}))
    first.commit()
    tx = lake.begin("n2")
    tx.replace("marts.kpi_monthly", pl.DataFrame({"value": [1, 2, 3]}))
    facts = table_facts(tx, "marts.kpi_monthly", home)
    assert (facts["dagster/row_count"], facts["rows_before"], facts["rows_added"], facts["changed"]) == (3, 2, 1, True)
    assert facts["rows_over_nights"].value.startswith("![2; 3](data:image/svg+xml,")
    assert facts["rows_over_nights"].value.endswith("2 → 3, 2 nights")
    assert facts["dagster/column_schema"] == dg.TableSchema([dg.TableColumn("value", "Int64")])


def test_counts_by_a_code_begin_with_the_most_frequent_and_do_not_depend_on_the_order_of_rows() -> None:
    reasons = pl.LazyFrame({"reason_code": ["bad_value", "missing_key", "missing_key", None, "a_first"]})
    assert counts_by(reasons, "reason_code") == {"missing_key": 2, "None": 1, "a_first": 1, "bad_value": 1}
