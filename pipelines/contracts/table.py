"""A raw table as its readers see it: every column with type, meaning and data class, in order."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contracts.metadata import (
    METADATA_DESCRIPTIONS,
    key_class,
    metadata_class,
    precision_descriptions,
    precision_name,
)
from pipelines.contracts.model import Column, Contract

_DUCKDB = {
    "string": "varchar",
    "code": "varchar",
    "integer": "bigint",
    "number": "double",
    "date": "date",
    "timestamp": "timestamp with time zone",
    "boolean": "boolean",
    "list": "varchar[]",
}
_METADATA_DUCKDB = {
    "row_number": "bigint",
    "delivered_on": "date",
    "last_delivered_on": "date",
    "ingested_at": "timestamp with time zone",
    "is_current": "boolean",
}


@dataclass(frozen=True)
class TableColumn:
    """One column of a raw table.

    Attributes:
        name: as in the table.
        duckdb_type: its type in SQL.
        data_class: direct, quasi, sensitive or public.
        description_en, description_zh: its meaning.
        source: the contract's column it comes from; null for metadata.
    """

    name: str
    duckdb_type: str
    data_class: str
    description_en: str
    description_zh: str
    source: Column | None = None


def table_columns(contract: Contract) -> list[TableColumn]:
    """Return the columns of `raw.<department>_<feed>` in the order of `polars_schema`."""
    columns: list[TableColumn] = []
    for column in contract.columns:
        columns += _delivered(column)
    return columns + _metadata(contract)


def _delivered(column: Column) -> list[TableColumn]:
    kind, unit = _DUCKDB[column.type], f" ({column.unit})" if column.unit else ""
    described = (column.description_en + unit, column.description_zh)
    columns = [TableColumn(column.name, kind, column.data_class, *described, column)]
    if name := precision_name(column):
        columns.append(TableColumn(name, "varchar", column.data_class, *precision_descriptions(column)))
    return columns


def _metadata(contract: Contract) -> list[TableColumn]:
    return [
        TableColumn(
            name,
            _METADATA_DUCKDB.get(name, "varchar"),
            key_class(contract) if name == "record_key" else metadata_class(name),
            *described,
        )
        for name, described in METADATA_DESCRIPTIONS.items()
    ]
