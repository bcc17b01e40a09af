"""What the raw tables know of the rows that entries are about: all that closing an entry rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.errors import LakeError
from pipelines.ingest.delivery import DELIVERY_SCHEMA, QUARANTINE_SCHEMA
from pipelines.ingest.keys import without_suffix
from pipelines.quality.returns.refused import REFUSED_SCHEMA, refused_of
from pipelines.quality.returns.schema import feed_of
from pipelines.quality.returns.successors import SUCCESSOR_SCHEMA, successors_of
from pipelines.quality.returns.versions import VERSION_SCHEMA, first_full_after, fulls_of, since, versions_of

Scan = Callable[[str], pl.LazyFrame]
"""Gives a table; raises LakeError where there is none."""

_FEED = {"table": pl.String()}
_VERSIONS = {**_FEED, "file_sha256": pl.String(), "row_number": pl.Int64(), "content": pl.UInt64()}
_CURRENT = {
    **_FEED,
    **{name: VERSION_SCHEMA[name] for name in ("record_key", "delivered_on", "content")},
}
_SINCE = {**_FEED, "record_key": pl.String(), "column": pl.String(), "since_on": pl.Date()}
_GONE = {**_FEED, "record_key": pl.String(), "gone_on": pl.Date(), "refused_on": pl.Date()}


@dataclass(frozen=True)
class CurrentRows:
    """The state of the rows that findings and open entries are about.

    `table` is the name of the feed, `<department>_<feed>`, throughout. Hashes (`content`) hold within one process.

    Attributes:
        feeds: names of the feeds that have a contract.
        versions: every version of these rows, refused ones too: table, file_sha256, row_number, content.
        current: the current version of each record that has one: table, record_key, delivered_on, content.
        since: since which delivery a cell of the current version stands: table, record_key, column (null: the row),
            since_on.
        gone: records without a current version: table, record_key, gone_on (the full that lacks them; null where no
            full tells), refused_on (the later delivery in which a row with their key was refused, and stands).
        successors: table, record_key, successor_key, successor_on.
        refused: rows refused at the door (`refused.REFUSED_SCHEMA`) with table.
    """

    feeds: frozenset[str]
    versions: pl.DataFrame
    current: pl.DataFrame
    since: pl.DataFrame
    gone: pl.DataFrame
    successors: pl.DataFrame
    refused: pl.DataFrame


def current_rows_of(scan: Scan, contracts: Mapping[str, Contract], entries: pl.DataFrame) -> CurrentRows:
    """Read the state of the rows that entries are about.

    Args:
        scan: gives raw tables, `raw.quarantine` and `ops.delivery`; what is absent counts as empty.
        contracts: by `<department>_<feed>`.
        entries: department, feed, record_key (null: a refused row), column (null: the row): findings of tonight and
            the entries that are open.
    """
    deliveries = _table(scan, "ops.delivery", DELIVERY_SCHEMA)
    quarantine = _table(scan, "raw.quarantine", QUARANTINE_SCHEMA)
    wanted = entries.select(feed_of().alias("table"), "record_key", "column").unique().sort(pl.all())
    parts = [_one_feed(scan, contracts[name], wanted, deliveries, quarantine) for name in sorted(contracts)]
    return CurrentRows(
        feeds=frozenset(contracts),
        versions=_joined(_VERSIONS, [part.versions for part in parts]),
        current=_joined(_CURRENT, [part.current for part in parts]),
        since=_joined(_SINCE, [part.since for part in parts]),
        gone=_joined(_GONE, [part.gone for part in parts]),
        successors=_joined(_FEED | SUCCESSOR_SCHEMA, [part.successors for part in parts]),
        refused=_joined(_FEED | REFUSED_SCHEMA, [part.refused for part in parts]),
    )


def _table(scan: Scan, name: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    try:
        return scan(name).select(list(schema)).collect()
    except LakeError:
        return pl.DataFrame(schema=schema)


def _joined(schema: Mapping[str, pl.DataType], frames: list[pl.DataFrame]) -> pl.DataFrame:
    cast = [pl.col(name).cast(kind) for name, kind in schema.items()]
    return pl.concat([pl.DataFrame(schema=schema), *(frame.select(cast) for frame in frames)])


def _one_feed(
    scan: Scan, contract: Contract, wanted: pl.DataFrame, deliveries: pl.DataFrame, quarantine: pl.DataFrame
) -> CurrentRows:
    raw = _raw(scan, contract)
    refused = refused_of(quarantine, deliveries, raw, contract)
    own = wanted.filter((pl.col("table") == contract.name) & pl.col("record_key").is_not_null())
    known = {column.name for column in contract.columns}
    columns = [name for name in own["column"].drop_nulls().unique().sort().to_list() if name in known]
    versions = pl.DataFrame(schema=VERSION_SCHEMA)
    successors = pl.DataFrame(schema=SUCCESSOR_SCHEMA)
    if raw is not None and own.height:
        versions = versions_of(raw, contract, own["record_key"], columns)
    gone = _gone(own, versions, refused, fulls_of(deliveries, contract))
    if raw is not None and gone.height:
        told = own.join(gone, on="record_key", how="semi").drop_nulls("column")
        successors = successors_of(raw, contract, told.group_by("record_key").agg(pl.col("column").alias("columns")))
    parts = (
        pl.concat([versions.select("file_sha256", "row_number", "content"), _refused_versions(refused)]),
        versions.filter("is_current").unique("record_key", keep="first", maintain_order=True),
        _since(own, versions, columns),
        gone,
        successors,
        refused,
    )
    named = [part.with_columns(pl.lit(contract.name).alias("table")) for part in parts]
    return CurrentRows(frozenset([contract.name]), *named)


def _raw(scan: Scan, contract: Contract) -> pl.LazyFrame | None:
    try:
        return scan(f"raw.{contract.name}")
    except LakeError:
        return None


def _refused_versions(refused: pl.DataFrame) -> pl.DataFrame:
    parts = pl.col("row_ref").str.splitn(":", 2).struct
    number = parts.field("field_1").cast(pl.Int64)
    return refused.select(
        parts.field("field_0").alias("file_sha256"),
        number.alias("row_number"),
        "content",
    )


def _since(own: pl.DataFrame, versions: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Since when the cells asked for stand; a record with one version needs no look at its cells."""
    asked = own.select("record_key", "column")
    single = pl.len().over("record_key") == 1
    plain = versions.filter(single & pl.col("is_current")).select("record_key", since_on="delivered_on")
    found = [asked.join(plain, on="record_key").select("record_key", "column", "since_on")]
    several = versions.filter(~single)
    for column in [None, *columns]:
        keys = asked.filter(pl.col("column").eq_missing(pl.lit(column, dtype=pl.String)))
        part = several.join(keys, on="record_key", how="semi")
        told = since(part, "content" if column is None else f"cell_{column}")
        found.append(told.select("record_key", pl.lit(column, dtype=pl.String).alias("column"), "since_on"))
    return pl.concat(found)


def _gone(own: pl.DataFrame, versions: pl.DataFrame, refused: pl.DataFrame, fulls: pl.DataFrame) -> pl.DataFrame:
    missing = own.select("record_key").unique().join(
        versions.filter("is_current"), on="record_key", how="anti", maintain_order="left"
    )  # fmt: skip
    seen = versions.sort("last_delivered_on").group_by("record_key", maintain_order=True)
    last = seen.agg(pl.col("last_delivered_on", "scope").last())
    left = missing.join(last, on="record_key", how="left").with_columns(base_key=without_suffix(pl.col("record_key")))
    standing = refused.filter("is_newest", pl.col("settled_on").is_null()).select(
        "base_key", pl.col("delivered_on").alias("refused_on")
    )
    with_refused = left.join(standing.group_by("base_key").agg(pl.col("refused_on").max()), on="base_key", how="left")
    later = pl.when(pl.col("refused_on") > pl.col("last_delivered_on")).then("refused_on")
    return first_full_after(with_refused, fulls, "last_delivered_on").select(
        "record_key", pl.col("full_on").alias("gone_on"), later.alias("refused_on")
    )
