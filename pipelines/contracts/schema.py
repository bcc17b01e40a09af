"""The types of a raw table in Polars and in Arrow, derived from its contract."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl
import pyarrow as pa

from pipelines.contracts.model import METADATA_COLUMNS, Column, Contract

PRECISION_SUFFIX: Final = "_precision"

_POLARS: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "string": pl.String(),
        "code": pl.String(),
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "date": pl.Date(),
        "timestamp": pl.Datetime("us", "UTC"),
        "boolean": pl.Boolean(),
        "list": pl.List(pl.String()),
    }
)
_ARROW: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "string": pa.string(),
        "code": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
    }
)
_METADATA_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(METADATA_COLUMNS, "string")
    | {
        "row_number": "integer",
        "delivered_on": "date",
        "last_delivered_on": "date",
        "ingested_at": "timestamp",
        "is_current": "boolean",
    }
)


def column_schema(contract: Contract) -> dict[str, pl.DataType]:
    """Return the typed columns of a contract in its order, each `with_precision` date followed by its precision."""
    return {name: _POLARS[kind] for name, kind in _typed(contract.columns)}


def metadata_schema() -> dict[str, pl.DataType]:
    """Return the columns that every raw table has after those of its contract."""
    return {name: _POLARS[kind] for name, kind in _METADATA_TYPES.items()}


def polars_schema(contract: Contract) -> dict[str, pl.DataType]:
    """Return name -> type of every column of `raw.<department>_<feed>`: the contract's, then the metadata's."""
    return column_schema(contract) | metadata_schema()


def arrow_schema(contract: Contract) -> pa.Schema:
    """Return the same columns as an Arrow schema; each field's metadata tells its data class and unit.

    Strings and lists are of the small kind, as Parquet has but one. `record_key` and `is_current` are never null.
    """
    classes = {c.name: _field_metadata(c) for c in contract.columns}
    pairs = [*_typed(contract.columns), *_METADATA_TYPES.items()]
    return pa.schema(
        [
            pa.field(name, _ARROW[kind], nullable=name not in ("record_key", "is_current"), metadata=classes.get(name))
            for name, kind in pairs
        ]
    )


def _typed(columns: list[Column]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for column in columns:
        pairs.append((column.name, column.type))
        if column.with_precision:
            pairs.append((column.name + PRECISION_SUFFIX, "string"))
    return pairs


def _field_metadata(column: Column) -> dict[str, str]:
    return {"data_class": column.data_class} | ({"unit": column.unit} if column.unit else {})
