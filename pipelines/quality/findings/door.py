"""What was wrong at the door: refused rows, cells that could not be read, codes outside their list."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.findings.candidate import as_candidates, joined
from pipelines.quality.findings.night import Night

_NONE: Final = pl.DataFrame(schema={"feed": pl.String})
HABIT_SHARE: Final = 0.02
"""A code that this share of a feed's rows has is a new code, not a slip: the contract is to follow."""
HABIT_ROWS: Final = 20


def find_unread_cells(night: Night) -> pl.DataFrame:
    """Find cells whose text is no number, date or truth value though the contract wants one."""
    return joined(_unread(night, night.contracts[feed]) for feed in night.feeds)


def _unread(night: Night, contract: Contract) -> pl.DataFrame:
    table = night.current(contract.name)
    typed = [column.name for column in contract.columns if column.type not in ("string", "code")]
    if table is None or not typed:
        return _NONE
    marks = [f'"{name}":' for name in typed]
    rows = table.filter(pl.col("extra").str.contains_any(marks)).select("record_key", "extra", *typed).collect()
    cells = [
        rows.filter(pl.col(name).is_null()).select(
            "record_key", column=pl.lit(name), delivered_value=pl.col("extra").str.json_path_match(f"$.{name}")
        )
        for name in typed
    ]
    found = pl.concat(cells).filter(pl.col("delivered_value").is_not_null())
    types = pl.col("column").replace_strict({c.name: _TYPES_ZH[c.type] for c in contract.columns}, default=None)
    return as_candidates(
        found.with_columns(
            feed=pl.lit(contract.name),
            problem=pl.lit("cell_unread"),
            case=pl.lit("typed"),
            evidence_zh=pl.format("此列应为{}，无法识读", types),
            evidence_en=pl.format(
                "The column should hold a {}; it cannot be read",
                pl.col("column").replace_strict({c.name: str(c.type) for c in contract.columns}, default=None),
            ),
        )
    )


_TYPES_ZH: Final = {
    "string": "文字",
    "code": "代码",
    "integer": "整数",
    "number": "数字",
    "date": "日期",
    "timestamp": "日期时间",
    "boolean": "是或否",
    "list": "列表",
}


def find_unknown_codes(night: Night) -> pl.DataFrame:
    """Find values outside a code list, but for those that so many rows have that the list is what lacks them."""
    return joined(_unknown(night, night.contracts[feed]) for feed in night.feeds)


def _unknown(night: Night, contract: Contract) -> pl.DataFrame:
    table = night.current(contract.name)
    coded = [column for column in contract.columns if column.type == "code" and column.codes]
    if table is None or not coded:
        return _NONE
    outside = [~pl.col(c.name).is_in(list(c.codes)).fill_null(value=True) for c in coded]
    height = int(table.select(pl.len()).collect().item())
    rows = table.filter(pl.any_horizontal(outside)).select("record_key", *(c.name for c in coded)).collect()
    most = max(HABIT_ROWS, round(HABIT_SHARE * height))
    found = [
        rows.filter(broken)
        .select("record_key", value=pl.col(column.name))
        .filter(pl.len().over("value") <= most)
        .with_columns(
            feed=pl.lit(contract.name),
            column=pl.lit(column.name),
            problem=pl.lit("code_unknown"),
            case=pl.lit("rare"),
            evidence_zh=pl.lit(f"约定代码：{'、'.join(list(column.codes)[:_MOST_CODES])}"),
            evidence_en=pl.lit(f"Agreed codes: {', '.join(list(column.codes)[:_MOST_CODES])}"),
        )
        for column, broken in zip(coded, outside, strict=True)
    ]
    return joined(found)


_MOST_CODES: Final = 12
