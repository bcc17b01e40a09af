"""Rows as their department delivered them: texts of cells, headers and files, of one feed's own columns alone."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.metadata import precision_name
from pipelines.contracts.model import Column, Contract
from pipelines.errors import LakeError
from pipelines.ingest.cast import json_objects
from pipelines.quality.findings.night import Night

_SHANGHAI: Final = "Asia/Shanghai"
ROW_COLUMNS: Final = ("record_key", "file_sha256", "row_number", "delivered_on", "row_as_delivered")


def cell_texts(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Return every column of the contract as text, as it would be typed in: dates as precise as they came.

    Args:
        rows: rows of the raw table.
        contract: of the feed.
    """
    return rows.select(_text(rows, column).alias(column.name) for column in contract.columns)


def _text(rows: pl.DataFrame, column: Column) -> pl.Expr:
    value = pl.col(column.name)
    match column.type:
        case "date":
            return _date_text(rows, column)
        case "timestamp":
            return value.dt.convert_time_zone(_SHANGHAI).dt.strftime("%Y-%m-%d %H:%M:%S")
        case "boolean":
            return pl.when(value).then(pl.lit("是")).when(~value).then(pl.lit("否"))
        case "list":
            return value.list.join("、")
        case "number":
            return value.cast(pl.String).str.replace(r"\.0$", "")
        case _:
            return value.cast(pl.String)


def _date_text(rows: pl.DataFrame, column: Column) -> pl.Expr:
    day, precise = pl.col(column.name), precision_name(column)
    if precise is None or precise not in rows.columns:
        return day.dt.strftime("%Y-%m-%d")
    return (
        pl.when(pl.col(precise) == "year")
        .then(day.dt.strftime("%Y"))
        .when(pl.col(precise) == "month")
        .then(day.dt.strftime("%Y-%m"))
        .otherwise(day.dt.strftime("%Y-%m-%d"))
    )


def rows_as_delivered(rows: pl.DataFrame, contract: Contract) -> pl.Series:
    """Return one JSON object a row: header -> text of what is filled, also cells that could not be read.

    The headers are the contract's first ones; columns that the contract does not know keep their own.
    """
    texts = cell_texts(rows, contract)
    known = json_objects([(column.headers[0], texts[column.name]) for column in contract.columns])
    marks = [f'"{column.name}":' for column in contract.columns]
    beside = pl.col("extra").str.replace_many(marks, [f'"{column.headers[0]}":' for column in contract.columns])
    both = rows.select(known.alias("known"), beside.str.strip_chars_start("{").str.strip_suffix("}").alias("beside"))
    inner = pl.concat_str(
        pl.col("known").str.strip_prefix("{").str.strip_suffix("}"), "beside", separator=",", ignore_nulls=True
    )
    return both.select(pl.format("{{{}}}", inner)).to_series()


def delivered_rows(night: Night, contract: Contract, keys: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the current rows of some records: `ROW_COLUMNS`, and their cells as `record_key, column, cell`.

    Args:
        night: tonight's tables.
        contract: of the feed.
        keys: record keys wanted.
    """
    table = night.current(contract.name)
    if table is None:
        raise LakeError(f"raw.{contract.name} is not there, yet a finding names a row of it")
    wanted = keys.unique().sort().to_frame("record_key")
    rows = table.join(wanted.lazy(), on="record_key", how="semi").collect()
    rows = rows.sort("record_key", "delivered_on", "row_number").unique("record_key", keep="last", maintain_order=True)
    whole = rows.select("record_key", "file_sha256", "row_number", "delivered_on").with_columns(
        rows_as_delivered(rows, contract).alias("row_as_delivered")
    )
    cells = cell_texts(rows, contract).with_columns(rows["record_key"])
    return whole, cells.unpivot(index="record_key", variable_name="column", value_name="cell")


def file_names(night: Night) -> pl.DataFrame:
    """Return `file_sha256, file`: the path under which each file was loaded first."""
    deliveries = night.rows("ops.delivery")
    if deliveries is None:
        return pl.DataFrame(schema={"file_sha256": pl.String, "file": pl.String})
    told = deliveries.select("path", "sha256", "status").collect()
    order = pl.when(pl.col("status") == "loaded").then(0).otherwise(1)
    first = told.sort(order, "path").unique("sha256", keep="first", maintain_order=True)
    return first.select(file_sha256="sha256", file=pl.col("path").str.strip_prefix("landing/"))
