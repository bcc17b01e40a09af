"""Why an entry that is told no more has ended, and on which delivery."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.quality.returns.identity import entry_ids
from pipelines.quality.returns.rows import CurrentRows
from pipelines.quality.returns.schema import CORRECTED, MOVED, REMOVED, WITHDRAWN, feed_of

_VERSION = ["table", "file_sha256", "row_number"]


def causes(ended: pl.DataFrame, told: pl.DataFrame, rows: CurrentRows, as_of: date) -> pl.DataFrame:
    """Say of each open entry that has no finding any more why and when it closed.

    Args:
        ended: entries in the columns of `RETURN_SCHEMA`.
        told: tonight's findings with `entry_id`.
        rows: of `current_rows_of`.
        as_of: the newest delivery date; the date of what closed without a delivery of the row.

    Returns:
        The entries with closed_as, closed_on and `moved_to` (the entry that goes on in its place; null for others).
    """
    entries = ended.drop("closed_as", "closed_on").with_columns(feed_of().alias("table"))
    has_feed = pl.col("table").is_in(sorted(rows.feeds))
    is_record = pl.col("record_key").is_not_null()
    parts = [
        _withdrawn(entries.filter(~has_feed), as_of),
        _of_records(entries.filter(has_feed & is_record), told, rows, as_of),
        _of_refused(entries.filter(has_feed & ~is_record), rows, as_of),
    ]
    return pl.concat([part.select([*ended.columns, "moved_to"]) for part in parts])


def _withdrawn(entries: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Of a feed that is no more checked: nothing speaks against its rows any more."""
    return entries.with_columns(
        pl.lit(WITHDRAWN).alias("closed_as"),
        pl.lit(as_of, dtype=pl.Date).alias("closed_on"),
        pl.lit(None, dtype=pl.String).alias("moved_to"),
    )


def _of_records(entries: pl.DataFrame, told: pl.DataFrame, rows: CurrentRows, as_of: date) -> pl.DataFrame:
    joined = _with_state(entries, rows)
    joined = joined.with_columns(successor_id=_successor_ids(joined))
    goes_on = pl.col("successor_id").is_in(told["entry_id"].implode()).fill_null(value=False)
    stands, succeeded = pl.col("now").is_not_null(), pl.col("successor_key").is_not_null()
    unchanged = stands & (pl.col("now") == pl.col("content")).fill_null(value=False)
    moved = goes_on | (pl.col("refused_on").is_not_null() & ~succeeded)
    # Where the row as a whole was wrong (entered twice, deceased and still listed), leaving it out is the correction.
    left_out = pl.col("column").is_null() & pl.col("gone_on").is_not_null()
    cause = {WITHDRAWN: unchanged, CORRECTED: stands, MOVED: moved}
    today = pl.lit(as_of, dtype=pl.Date)
    # The cell may be as it was while another cell of the row was mended: then the row's new version tells the date.
    mended_on = pl.when(pl.col("since_on") > pl.col("delivered_on")).then("since_on").otherwise("now_on")
    left_on = pl.coalesce("successor_on", "refused_on", "gone_on", today)
    return joined.with_columns(
        closed_as=pl.coalesce(
            *(pl.when(holds).then(pl.lit(name)) for name, holds in cause.items()),
            pl.when(succeeded | left_out).then(pl.lit(CORRECTED)),
            pl.lit(REMOVED),
        ),
        closed_on=pl.when(unchanged).then(today).when(stands).then(mended_on).otherwise(left_on),
        moved_to=pl.when(~stands & goes_on).then("successor_id"),
    )


def _with_state(entries: pl.DataFrame, rows: CurrentRows) -> pl.DataFrame:
    """Add what the row said then (`content`) and says now (`now`, `now_on`), and where it went."""
    record = ["table", "record_key"]
    then = rows.versions.unique(_VERSION, keep="first", maintain_order=True)
    now = rows.current.rename({"content": "now", "delivered_on": "now_on"})
    return (
        entries.join(then, on=_VERSION, how="left", maintain_order="left")
        .join(now, on=record, how="left", maintain_order="left")
        .join(rows.since, on=[*record, "column"], how="left", nulls_equal=True, maintain_order="left")
        .join(rows.gone, on=record, how="left", maintain_order="left")
        .join(rows.successors, on=record, how="left", maintain_order="left")
    )


def _successor_ids(entries: pl.DataFrame) -> pl.Series:
    """The entry that the same problem has under the row's new key; null where the row has none."""
    named = entries.with_columns(row_identity=pl.lit("record ") + pl.col("successor_key"))
    ids = entry_ids(named)
    return pl.select(pl.when(entries["successor_key"].is_not_null()).then(ids)).to_series()


def _of_refused(entries: pl.DataFrame, rows: CurrentRows, as_of: date) -> pl.DataFrame:
    """Of a refused row: settled, refused again for another reason, or no more found wrong."""
    facts = rows.refused.select(
        "table",
        "row_ref",
        "is_newest",
        "seen_again_on",
        "settled_on",
        "settled_as",
        pl.lit(value=True).alias("is_known"),
    )
    joined = entries.join(facts, on=["table", "row_ref"], how="left", maintain_order="left")
    today = pl.lit(as_of, dtype=pl.Date)
    return joined.with_columns(
        closed_as=pl.when(pl.col("is_known").is_null())
        .then(pl.lit(REMOVED))
        .when(~pl.col("is_newest"))
        .then(pl.lit(CORRECTED))
        .when(pl.col("settled_as").is_not_null())
        .then("settled_as")
        .otherwise(pl.lit(WITHDRAWN)),
        closed_on=pl.coalesce(pl.when(~pl.col("is_newest")).then("seen_again_on"), "settled_on", today),
        moved_to=pl.lit(None, dtype=pl.String),
    )
