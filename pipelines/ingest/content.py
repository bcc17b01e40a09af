"""What of a raw row is its content: by it two deliveries of a record are the same or another version."""

from __future__ import annotations

import polars as pl

from pipelines.contracts.forms import header_form
from pipelines.contracts.model import Contract
from pipelines.contracts.schema import column_schema

# The line number of a list changes when a row is inserted above; it says nothing about the record.
_LINE_NUMBERS = ("序号", "行号")


def content_hash(contract: Contract, *, without: str | None = None) -> pl.Expr:
    """Return a 64-bit hash of a row's content; comparable within one process only, so it is never stored.

    Args:
        contract: of the feed.
        without: a column to leave out.
    """
    parts: list[pl.Expr] = []
    for name, kind in column_schema(contract).items():
        if name in (without, *_line_columns(contract)):
            continue
        parts.append(pl.col(name).list.join("\x1f") if kind == pl.List(pl.String) else pl.col(name))
    return pl.struct(*parts, _extra().alias("extra")).hash()


def updated_at(contract: Contract) -> pl.Expr:
    """Return the update time of a row as microseconds since 1970, null where it has none."""
    if contract.updated_by is None:
        return pl.lit(None, dtype=pl.Int64)
    naive = pl.col(contract.updated_by)
    if contract.column(contract.updated_by).type == "timestamp":
        naive = naive.dt.replace_time_zone(None)
    return naive.cast(pl.Datetime("us")).cast(pl.Int64)


def _line_columns(contract: Contract) -> list[str]:
    numbers = {header_form(text) for text in _LINE_NUMBERS}
    return [column.name for column in contract.columns if header_form(column.headers[0]) in numbers]


def _extra() -> pl.Expr:
    text = pl.col("extra").fill_null("")
    for name in _LINE_NUMBERS:
        text = text.str.replace(rf'"{name}":"[^"]*",?', "")
    return text.str.replace(r",\}$", "}").str.replace(r"^\{\}$", "")
