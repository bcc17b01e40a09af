"""What the other departments' rows of the same person say."""

from __future__ import annotations

import polars as pl


def other_values(mine: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Tell for each row what most of the other departments say of the same person.

    Args:
        mine: rows in question: `person_id, department, value` and any other columns.
        claims: what rows say: `person_id, department, value, on` (date; null where unknown). Several rows of one
            department count as one witness of a value.

    Returns:
        `mine` in its order, with `said` (the value that most other departments tell, the newer, then the smaller on a
        tie; null where no other department speaks), `departments` (list, sorted, who say so), `voices` (how many),
        `rivals` (departments of the next value that is neither `said` nor the row's own), `backing` (other departments
        that say what the row says), `since`, `until` (first and last date of `said`).
    """
    rows = mine.with_row_index("asked")
    told = claims.filter(pl.col("value").is_not_null()).group_by("person_id", "department", "value").agg(
        since=pl.col("on").min(), until=pl.col("on").max()
    )  # fmt: skip
    met = rows.select("asked", "person_id", "department", "value").join(told, on="person_id", suffix="_other")
    met = met.filter(pl.col("department") != pl.col("department_other"))
    by_value = met.group_by("asked", "value_other").agg(
        departments=pl.col("department_other").unique().sort(),
        voices=pl.col("department_other").n_unique().cast(pl.Int64),
        same=(pl.col("value") == pl.col("value_other")).first(),
        since=pl.col("since").min(),
        until=pl.col("until").max(),
    )
    ranked = by_value.sort(
        ["asked", "same", "voices", "until", "value_other"],
        descending=[False, False, True, True, False],
        nulls_last=True,
    )
    # Null where the row itself says nothing: then every value is another's.
    differing = ranked.filter(~pl.col("same").fill_null(value=False))
    best = differing.group_by("asked", maintain_order=True).agg(
        pl.col("value_other").first().alias("said"),
        pl.col("departments", "voices", "since", "until").first(),
        rivals=pl.col("voices").slice(1, 1).first().fill_null(0),
    )
    backing = ranked.filter(pl.col("same").fill_null(value=False)).select("asked", backing="voices")
    return (
        rows.join(best, on="asked", how="left", maintain_order="left")
        .join(backing, on="asked", how="left", maintain_order="left")
        .with_columns(pl.col("voices", "rivals", "backing").fill_null(0))
        .drop("asked")
    )
