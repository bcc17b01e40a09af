"""Where a row went whose key itself was corrected: the delivery that lacks it brings it under another key."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.contracts.schema import PRECISION_SUFFIX, polars_schema
from pipelines.ingest.content import content_hash
from pipelines.quality.returns.versions import aligned

SUCCESSOR_SCHEMA: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "successor_key": pl.String(),
    "successor_on": pl.Date(),
}
# Of a row with an own key everything else must agree: with a single filled cell that is no likeness.
MIN_AGREEING_CELLS = 2


def successors_of(raw: pl.LazyFrame, contract: Contract, gone: pl.DataFrame) -> pl.DataFrame:
    """Find the rows that took the place of rows which a full no longer has.

    A key or an identifying cell that was told wrong is corrected by delivering the row under another key. It is taken
    for the same row when it was first delivered later, agrees in everything that tells rows apart but the cells told
    wrong, and is the only such row for the only such gone one.

    Args:
        raw: the feed's raw table.
        contract: of the feed.
        gone: record_key, columns (List: the columns told wrong), one row a record without a current version.

    Returns:
        record_key, successor_key, successor_on (its first delivery).
    """
    telling = set(contract.key or contract.identity)
    found = [pl.DataFrame(schema=SUCCESSOR_SCHEMA)]
    groups = gone.with_columns(pl.col("columns").list.unique().list.sort())
    for columns in groups["columns"].unique().sort().to_list():
        compared = compared_columns(contract, columns)
        if telling & set(columns) and compared:
            part = groups.filter(pl.col("columns") == columns)
            found.append(_match(raw, contract, part["record_key"], compared))
    return pl.concat(found).sort("record_key")


def compared_columns(contract: Contract, wrong: Collection[str]) -> list[str]:
    """Return what must agree: the other identifying columns, or of a row with an own key all its other columns."""
    if not contract.key:
        return [name for name in contract.identity if name not in wrong]
    left_out = {*contract.key, *wrong, contract.updated_by}
    return [column.name for column in contract.columns if column.name not in left_out]


def likeness(rows: pl.LazyFrame, contract: Contract, compared: Collection[str]) -> pl.LazyFrame:
    """Add `match`, a hash of the cells compared, null where too few of them have a value. Process-local."""
    blank = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in polars_schema(contract).items()
        if name == "extra" or (name.removesuffix(PRECISION_SUFFIX) not in compared and name in _delivered(contract))
    ]
    filled = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in compared)
    enough = MIN_AGREEING_CELLS if contract.key else 1
    kept = rows.with_columns(filled=filled).with_columns(blank)
    return kept.with_columns(match=pl.when(pl.col("filled") >= enough).then(content_hash(contract)))


def _delivered(contract: Contract) -> set[str]:
    names = {column.name for column in contract.columns}
    return names | {name + PRECISION_SUFFIX for name in names}


def _match(raw: pl.LazyFrame, contract: Contract, keys: pl.Series, compared: list[str]) -> pl.DataFrame:
    columns = ["record_key", "delivered_on", "last_delivered_on", "is_current", "match"]
    slim = likeness(aligned(raw, contract), contract, compared).select(columns)
    left = (
        slim.filter(pl.col("record_key").is_in(keys.implode()))
        .sort("last_delivered_on", "delivered_on", "match")
        .group_by("record_key")
        .agg(pl.col("match").last(), pl.col("last_delivered_on").max().alias("seen"))
        .collect()
    )
    came = came_later(slim, left["seen"].min())
    pairs = left.join(came, on="match").filter(pl.col("successor_on") > pl.col("seen"))
    alone = (pl.len().over("record_key") == 1) & (pl.len().over("successor_key") == 1)
    return pairs.filter(alone).select(list(SUCCESSOR_SCHEMA))


def came_later(rows: pl.LazyFrame, after: object) -> pl.DataFrame:
    """Return the current records first delivered after a date: successor_key, successor_on, match (never null)."""
    return (
        rows.group_by("record_key")
        .agg(pl.col("match").filter("is_current").first(), pl.col("delivered_on").min().alias("successor_on"))
        .filter(pl.col("match").is_not_null() & (pl.col("successor_on") > pl.lit(after, dtype=pl.Date)))
        .rename({"record_key": "successor_key"})
        .collect()
    )
