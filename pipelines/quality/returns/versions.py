"""The versions of delivered rows: which is current, since when a cell stands, and what a full no longer has."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.contracts.schema import polars_schema
from pipelines.ingest.content import content_hash

VERSION_SCHEMA: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "file_sha256": pl.String(),
    "row_number": pl.Int64(),
    "delivered_on": pl.Date(),
    "last_delivered_on": pl.Date(),
    "is_current": pl.Boolean(),
    "scope": pl.String(),
    "content": pl.UInt64(),
}
"""`content` is comparable within one process only. It leaves out the update time and the line number: a row that says
the same at another hour was not changed."""


def aligned(raw: pl.LazyFrame, contract: Contract) -> pl.LazyFrame:
    """Return a raw table with the columns of today's contract; one that the table lacks is null."""
    present = raw.collect_schema()
    return raw.select(
        pl.col(name).cast(kind) if name in present else pl.lit(None, dtype=kind).alias(name)
        for name, kind in polars_schema(contract).items()
    )


def versions_of(raw: pl.LazyFrame, contract: Contract, keys: pl.Series, columns: Sequence[str] = ()) -> pl.DataFrame:
    """Return every version of the records named, with `cell_<column>`, a hash, for each column asked for."""
    scope = pl.col(contract.full_scope).fill_null("") if contract.full_scope else pl.lit(None, dtype=pl.String)
    wanted = pl.LazyFrame({"record_key": keys.unique()}, schema={"record_key": pl.String})
    return (
        aligned(raw, contract)
        .join(wanted, on="record_key", how="semi")
        .select(
            *("record_key", "file_sha256", "row_number", "delivered_on", "last_delivered_on", "is_current"),
            scope.alias("scope"),
            content_hash(contract, without=contract.updated_by).alias("content"),
            *(cell_hash(name).alias(f"cell_{name}") for name in columns),
        )
        .collect(engine="streaming")
    )


def cell_hash(column: str) -> pl.Expr:
    """Return a hash of one cell: its value, or its text where it could not be read."""
    unread = pl.col("extra").str.json_path_match(f"$.{column}")
    return pl.struct(pl.col(column), unread.alias("unread")).hash()


def since(versions: pl.DataFrame, cell: str) -> pl.DataFrame:
    """Say since which delivery the current version's cell stands as it is.

    That is the first delivery of the value after the last one that told another. Where the value came back in an old
    version, only its latest delivery is known to lie after that.

    Args:
        versions: all versions of the records.
        cell: the column of `versions` that holds the cell's hash.

    Returns:
        record_key, since_on: one row a record that has a current version.
    """
    current = versions.filter("is_current").select(
        "record_key", pl.col(cell).alias("now"), pl.col("delivered_on", "last_delivered_on").name.prefix("now_")
    )
    told = versions.join(current, on="record_key").with_columns(same=pl.col(cell).eq_missing(pl.col("now")))
    others = told.filter(~pl.col("same")).group_by("record_key").agg(pl.col("last_delivered_on").max().alias("other"))
    told = told.join(others, on="record_key", how="left")
    after = pl.col("same") & (pl.col("delivered_on") > pl.col("other")).fill_null(value=True)
    came_back = pl.when(pl.col("now_last_delivered_on") > pl.col("other")).then("now_last_delivered_on")
    return (
        told.with_columns(start=pl.when(after).then("delivered_on"), back=came_back)
        .group_by("record_key")
        .agg(pl.coalesce(pl.col("start").min(), pl.col("back").first(), pl.col("now_delivered_on").first()))
        .select("record_key", pl.col("start").alias("since_on"))
    )


def fulls_of(deliveries: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Return the fulls of a feed that were taken: scope (null: the whole feed) and date."""
    own = (pl.col("department") == contract.department) & (pl.col("feed") == contract.feed)
    taken = deliveries.filter(own & (pl.col("mode") == "full") & (pl.col("status") != "rejected"))
    return taken.select(pl.col("scopes").alias("scope"), pl.col("delivered_on").alias("on")).explode("scope").unique()


def first_full_after(rows: pl.DataFrame, fulls: pl.DataFrame, after: str) -> pl.DataFrame:
    """Add `full_on`: the first full of the row's scope after the date in the column `after`; null where there is none.

    Args:
        rows: has `scope` and `after`.
        fulls: of `fulls_of`.
        after: name of a date column.
    """
    numbered = rows.with_row_index("number")
    hits = (
        numbered.join(fulls, on="scope", how="inner", nulls_equal=True)
        .filter(pl.col("on") > pl.col(after))
        .group_by("number")
        .agg(pl.col("on").min().alias("full_on"))
    )
    return numbered.join(hits, on="number", how="left", maintain_order="left").drop("number")
