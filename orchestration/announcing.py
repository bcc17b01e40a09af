"""What a delivery had that nobody expected, said aloud: codes outside the list, columns that came, columns that went.

Counts only, with the feed and the contract's column named. The header of an unknown column is not repeated: in an
export without headers it is the first person's row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dagster as dg
import polars as pl

GRAIN = ["department", "feed", "delivered_on", "column"]
NEWS: Mapping[str, tuple[str, str]] = {
    "unknown_codes": (
        "{column}: {count:,} cells outside its code list",
        "{column}：{count:,} 格不在代码表内",
    ),
    "missing_columns": ("{column} did not come", "缺少字段 {column}"),
    "new_columns": ("columns unknown to the contract: {count:,}", "契约外的新字段 {count:,} 个"),
}
"""Column of the profile -> what it means for one of its rows, in both languages."""


def announcements(profile: pl.DataFrame) -> list[str]:
    """Return one message a feed, delivery date and column that had something unexpected, in their order.

    Args:
        profile: rows of `ops.feed_profile` of the deliveries to tell about.

    Returns:
        Messages without any value of a row; empty when all was as the contracts say.
    """
    per_column = pl.col("column") != ""
    rows = profile.sort(GRAIN).filter(
        (per_column & ((pl.col("unknown_codes") > 0) | (pl.col("missing_columns") > 0)))
        | (~per_column & (pl.col("new_columns") > 0))
    )
    return [message for row in rows.iter_rows(named=True) for message in _messages(row)]


def _messages(row: Mapping[str, object]) -> list[str]:
    told = ["new_columns"] if row["column"] == "" else ["unknown_codes", "missing_columns"]
    place = f"{row['department']}/{row['feed']} {row['delivered_on']}"
    return [
        f"{place}: {english} · {chinese}"
        for name in told
        if row[name]
        for english, chinese in [[words.format(column=row["column"], count=row[name]) for words in NEWS[name]]]
    ]


def as_metadata(messages: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Return the messages as a list for the asset's page."""
    return dg.MetadataValue.md("\n".join(f"- {message}" for message in messages) or "none · 无")
