"""Persons entered twice in one register where each may stand only once."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates
from pipelines.quality.findings.night import Night

_ONCE: Final = {
    "police_residents": (),
    "civil_affairs_elderly": (),
    "civil_affairs_benefits": ("benefit",),
}
"""Registers that hold a person once, for each value of the columns named. Not the rolls of occupants: their rows are
told apart by room and name, and two of one room that look alike are two members of a family."""

_GONE: Final = ("迁出", "注销", "死亡")


def find_entered_twice(night: Night) -> pl.DataFrame:
    """Find current rows of one register that are the same person; both rows are told, for either may be the one to go.

    Rows that show one valid number are one person; rows with the same name and birth day, of which no two show
    different numbers, are believed to be. Rows of people who have left do not count.
    """
    frames = [_twice(night, feed, extra) for feed, extra in _ONCE.items() if feed in night.feeds]
    return as_candidates(pl.concat([_EMPTY, *frames]))


_EMPTY: Final = pl.DataFrame(
    schema={
        "feed": pl.String,
        "record_key": pl.String,
        "problem": pl.String,
        "case": pl.String,
        "certainty": pl.Float64,
        "evidence_zh": pl.String,
        "evidence_en": pl.String,
    }
)


def _twice(night: Night, feed: str, extra: tuple[str, ...]) -> pl.DataFrame:
    rows = night.witnesses.filter((pl.col("feed") == feed) & (pl.col("person_role") == "self"))
    rows = rows.filter(~pl.col("status").is_in(list(_GONE)).fill_null(value=False) & pl.col("until_on").is_null())
    table = night.current(feed)
    told = [name for name in extra if name not in rows.columns]
    if told and table is not None:
        beside = table.select("record_key", *told).unique("record_key").collect()
        rows = rows.join(beside, on="record_key", how="left", maintain_order="left")
    rows = _still_assisted(night, feed, rows)
    if table is None:
        return _EMPTY
    where = table.select("record_key", mark=_mark(night, feed)).unique("record_key").collect()
    keys = ["person_id", *extra]
    rows = rows.filter(pl.all_horizontal(pl.col(name).is_not_null() for name in keys))
    groups = rows.join(where, on="record_key", how="left").filter(pl.len().over(keys) > 1)
    number = pl.when(pl.col("id_kind") == "valid").then("id_number")
    grouped = groups.with_columns(
        numbers=number.n_unique().over(keys) - number.is_null().any().over(keys).cast(pl.Int64),
        shown=number.count().over(keys),
        names=pl.col("name").n_unique().over(keys),
        births=pl.col("birth_date").drop_nulls().n_unique().over(keys),
        others=pl.col("mark").sort().str.join("、").over(keys),
        many=pl.len().over(keys),
        weakest=pl.col("probability").min().over(keys),
    )
    case = (
        pl.when((pl.col("numbers") == 1) & (pl.col("shown") == pl.col("many")) & (pl.col("names") == 1))
        .then(pl.lit("same_number"))
        .when((pl.col("numbers") == 1) & (pl.col("shown") == pl.col("many")))
        .then(pl.lit("same_number_other_name"))
        .when((pl.col("names") == 1) & (pl.col("births") == 1))
        .then(pl.lit("same_name_and_birth"))
        .when(pl.col("names") == 1)
        .then(pl.lit("same_name"))
        .otherwise(pl.lit("alike"))
    )
    return grouped.select(
        "feed",
        "record_key",
        problem=pl.lit("entered_twice"),
        case=case,
        certainty="weakest",
        evidence_zh=pl.format("本表{}为同一人，请核实后保留一行", "others"),
        evidence_en=pl.format("{} of this list are the same person; please keep one", "others"),
    )


def _mark(night: Night, feed: str) -> pl.Expr:
    """How the department finds a row again: by its own key, else by its number in the file of its day."""
    key = night.contracts[feed].key
    if key:
        return pl.concat_str([pl.col(name).cast(pl.String) for name in key], separator="+")
    return pl.format("{}/{}", pl.col("delivered_on").dt.strftime("%m-%d"), pl.col("row_number"))


def _still_assisted(night: Night, feed: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Without assistance that has stopped."""
    table = night.current(feed)
    if feed != "civil_affairs_benefits" or table is None:
        return rows
    running = table.filter(pl.col("stopped_on").is_null()).select("record_key").unique().collect()
    return rows.join(running, on="record_key", how="semi", maintain_order="left")
