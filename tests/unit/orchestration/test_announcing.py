"""What nobody expected of a delivery is said with feed and column, in counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from orchestration.announcing import announcements, as_metadata


def row(column: str, **counts: int) -> dict[str, Any]:
    key = {"department": "police", "feed": "residents", "delivered_on": date(2026, 3, 1), "column": column}
    return key | {"unknown_codes": 0, "missing_columns": 0, "new_columns": 0} | counts


def test_each_surprise_is_one_message_in_the_order_of_columns() -> None:
    rows = [
        row("sex", unknown_codes=1_200),
        row("", new_columns=2, missing_columns=1),
        row("phone", missing_columns=1),
        row("name"),
    ]
    assert announcements(pl.DataFrame(rows)) == [
        "police/residents 2026-03-01: columns unknown to the contract: 2 · 契约外的新字段 2 个",
        "police/residents 2026-03-01: phone did not come · 缺少字段 phone",
        "police/residents 2026-03-01: sex: 1,200 cells outside its code list · sex：1,200 格不在代码表内",
    ]
    assert announcements(pl.DataFrame(rows[::-1])) == announcements(pl.DataFrame(rows))


def test_a_delivery_as_the_contract_says_is_silent() -> None:
    quiet = pl.DataFrame([row(""), row("sex")])
    assert announcements(quiet) == announcements(quiet.clear()) == []
    assert as_metadata([]).value == "none · 无"


def test_what_was_not_counted_is_no_surprise() -> None:
    rows = pl.DataFrame([row("sex")]).with_columns(unknown_codes=pl.lit(None, pl.Int64))
    assert announcements(rows) == []
