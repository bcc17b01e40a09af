"""A raw table's page tells every column that the table has."""

from __future__ import annotations

import polars as pl

from orchestration.columns import CLASS_TAG, contract_columns, written_columns
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.schema import polars_schema


def test_every_column_of_a_raw_table_is_told_with_meaning_and_data_class() -> None:
    for contract in load_contracts().values():
        told = contract_columns(contract).columns
        assert [column.name for column in told] == list(polars_schema(contract))
        assert all(" · " in (column.description or "") for column in told)
        assert {column.tags[CLASS_TAG] for column in told} <= {"direct", "quasi", "sensitive", "public"}


def test_written_columns_tell_the_types_of_the_lake() -> None:
    told = written_columns(pl.Schema({"area_m2": pl.Float64(), "phones": pl.List(pl.String())})).columns
    assert [(column.name, column.type) for column in told] == [("area_m2", "Float64"), ("phones", "List(String)")]
