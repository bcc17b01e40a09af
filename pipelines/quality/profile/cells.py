"""One pass over a delivery's rows: what the cells of each column look like, in counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.model import Column, Contract

# A value this many quartile distances from the usual median is far: for a normal spread one in 10^11, and the heavy
# tails of rents or durations are told by how many far ones are usual.
FAR = 5.0
TEXT = ("string", "code", "list")
TIMES = ("date", "timestamp")
NUMBERS = ("integer", "number")
# Of a column that identifies, or helps to, no value is kept, not even a mean: a delivery may be one row.
PRIVATE = ("direct", "quasi")

# What a text looks like. Garbled is the mark of a byte that no encoding has, a character for private use, or what GBK
# and UTF-8 read of each other's bytes most often; a test is a cell that says so, or a row of ones.
SHAPES = {
    "digits": r"\d",
    "masked": r"[*＊]",
    "rounded": r"^\d(\.\d+)?[eE]\+?\d+$|^\d{12,}000$",
    "garbled": r"[\x{FFFD}\x{E000}-\x{F8FF}]|锟斤|烫烫|\?{3}|[ÃÂ][\x{80}-\x{BF}]",
    "tests": r"(?i)^(测试.{0,4}|.{0,2}测试|test\d*|演示|样例|示例|demo|1{3,8})$",
}

Usual = Mapping[str, tuple[float, float]]


def count_cells(rows: pl.LazyFrame, contract: Contract, on: date, usual: Usual) -> list[dict[str, Any]]:
    """Return the counts of each column of a contract over a delivery's rows, in the order of the contract.

    Args:
        rows: what the delivery contained.
        contract: of the feed.
        on: the delivery date, from which dates are counted back.
        usual: median and quartile distance by column over earlier deliveries; `far` is null for others.

    Returns:
        Mappings with `column`, `rows` and the names of `CELLS`; those that do not apply to its type are absent.
    """
    present = set(rows.collect_schema().names())
    columns = [column for column in contract.columns if column.name in present]
    wanted = {c.name: _counts(c, on, usual) for c in columns}
    if contract.full_scope in wanted:
        # Which estates are delivered on a day is chance, and so are the texts of that column.
        kept = wanted[contract.full_scope]
        wanted[contract.full_scope] = {name: kept[name] for name in ("nulls", "distinct")}
    exprs = [count.alias(f"{name}/{key}") for name, counts in wanted.items() for key, count in counts.items()]
    counted = rows.select(pl.len().alias("/rows"), *exprs).collect().row(0, named=True)
    told = []
    for column in columns:
        cell = {key: counted[f"{column.name}/{key}"] for key in wanted[column.name]}
        codes = [cell.pop(f"code {code}") for code in column.codes if f"code {code}" in cell]
        told.append({"column": column.name, "rows": counted["/rows"], "code_counts": codes or None} | cell)
    return told


def event_columns(contract: Contract) -> list[str]:
    """Return the columns that may tell when something happened: dates, but for those of birth."""
    return [c.name for c in contract.columns if c.type in TIMES and not c.with_precision]


def newest_event(rows: pl.LazyFrame, contract: Contract, on: date) -> date | None:
    """Return the newest date in the rows that is not after the delivery; None where there is none."""
    present = set(rows.collect_schema().names())
    names = [name for name in event_columns(contract) if name in present]
    if not names:
        return None
    days = [pl.col(name).cast(pl.Date) for name in names]
    found = rows.select(day.filter(day <= on).max() for day in days).select(pl.max_horizontal(pl.all())).collect()
    newest = found.item()
    return newest if isinstance(newest, date) else None


def _counts(column: Column, on: date, usual: Usual) -> dict[str, pl.Expr]:
    cell = _comparable(column)
    repeats = cell.drop_nulls().value_counts().struct.field("count")
    counts = {"nulls": cell.null_count(), "distinct": repeats.len(), "top_rows": repeats.max().fill_null(0)}
    if column.type in TEXT:
        counts |= {name: cell.str.contains(pattern).sum() for name, pattern in SHAPES.items()}
        counts["chars"] = cell.str.len_chars().mean()
    if column.type == "code":
        counts |= {f"code {code}": (cell == code).sum() for code in column.codes}
    if column.type in (*TIMES, *NUMBERS) and column.data_class not in PRIVATE:
        counts |= _measures(_number(column, on), usual.get(column.name))
    return counts


def _comparable(column: Column) -> pl.Expr:
    cell = pl.col(column.name)
    return cell.list.join("、") if column.type == "list" else cell


def _number(column: Column, on: date) -> pl.Expr:
    cell = pl.col(column.name)
    if column.type == "date":
        return (pl.lit(on) - cell).dt.total_days().cast(pl.Float64)
    if column.type == "timestamp":
        return (pl.lit(on).cast(pl.Datetime("us", "UTC")) - cell).dt.total_seconds() / 86_400
    return cell.cast(pl.Float64)


def _measures(value: pl.Expr, usual: tuple[float, float] | None) -> dict[str, pl.Expr]:
    quartiles = value.quantile(0.75, "linear") - value.quantile(0.25, "linear")
    measures = {"mean": value.mean(), "low": value.min(), "high": value.max(), "median": value.median()}
    measures["spread"] = quartiles
    if usual is not None and usual[1] > 0:
        middle, spread = usual
        measures["far"] = ((value - middle).abs() > FAR * spread).sum()
    return measures
