"""The columns of a table as its page shows them: meaning from the contract, types from what was written."""

from __future__ import annotations

import dagster as dg
import polars as pl

from pipelines.contracts.model import Contract
from pipelines.contracts.table import table_columns

KEY = "dagster/column_schema"
CLASS_TAG = "streetlake/data_class"


def contract_columns(contract: Contract) -> dg.TableSchema:
    """Return the columns of `raw.<department>_<feed>` with SQL type, meaning in both languages and data class."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.duckdb_type,
                description=f"{column.description_en} · {column.description_zh}",
                tags={CLASS_TAG: column.data_class},
            )
            for column in table_columns(contract)
        ]
    )


def written_columns(schema: pl.Schema) -> dg.TableSchema:
    """Return names and types of a table as it lies in the lake; Dagster adds the descriptions it knows of."""
    return dg.TableSchema(columns=[dg.TableColumn(name, type=str(kind)) for name, kind in schema.items()])
