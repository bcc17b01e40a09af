"""Rows that were refused at the door: which broken row is the same as another, and whether it still stands.

A refused row has no record. What it is called by: its key, where the row tells one, else its own content. It stands
until a later delivery brings the key, a later full of its scope comes without it, or its file is sent anew without it.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
import polars as pl

from pipelines.contracts.headers import resolve_headers
from pipelines.contracts.model import Contract
from pipelines.ingest.cast import null_texts, trimmed
from pipelines.ingest.keys import base_keys, without_suffix
from pipelines.quality.returns.identity import sha256
from pipelines.quality.returns.keyless import came_with_key
from pipelines.quality.returns.schema import CORRECTED, REMOVED
from pipelines.quality.returns.versions import first_full_after, fulls_of

REFUSED_SCHEMA: Final[dict[str, pl.DataType]] = {
    "row_ref": pl.String(),
    "row_identity": pl.String(),
    "base_key": pl.String(),
    "first_on": pl.Date(),
    "delivered_on": pl.Date(),
    "content": pl.UInt64(),
    "is_newest": pl.Boolean(),
    "seen_again_on": pl.Date(),
    "settled_on": pl.Date(),
    "settled_as": pl.String(),
}
"""`base_key`: the record key that the row would have had; null where it tells none. `first_on`: the first delivery that
was refused the same row. `is_newest`: no later one was. `seen_again_on`: when it was refused next. `settled_on` and
`settled_as`: when and how it ended (null: it stands); of a row refused again, what became of the newest one."""

_LEAST_KEY = 5
_ROW = "row_ref", "file", "file_sha256", "reason_code", "payload"


def refused_of(
    quarantine: pl.DataFrame, deliveries: pl.DataFrame, raw: pl.LazyFrame | None, contract: Contract
) -> pl.DataFrame:
    """Say of every refused row of one feed what it is called by and whether it still stands.

    Args:
        quarantine: `raw.quarantine`.
        deliveries: `ops.delivery`.
        raw: the feed's raw table; null where there is none.
        contract: of the feed.

    Returns:
        One row a refused row in the columns of `REFUSED_SCHEMA`.
    """
    own = (pl.col("department") == contract.department) & (pl.col("feed") == contract.feed)
    rows = quarantine.filter(own)
    if rows.is_empty() or raw is None:
        return pl.DataFrame(schema=REFUSED_SCHEMA)
    rows = _dated(rows, deliveries.filter(own)).select(*_ROW, "delivered_on", "processed_at", "scopes")
    rows = rows.hstack(_read(rows["payload"], contract)).pipe(_named, contract)
    files = _occurrences(rows)
    rows = rows.join(files, on=["row_identity", "file", "file_sha256"])
    last = rows.filter("is_newest").sort("row_ref").unique("row_identity", keep="first", maintain_order=True)
    told = rows.join(_settled(last, raw, deliveries, contract), on="row_identity")
    told = told.with_columns(first_on=pl.col("delivered_on").min().over("row_identity"))
    return told.select(pl.col(name).cast(kind) for name, kind in REFUSED_SCHEMA.items()).sort("row_ref")


def _occurrences(rows: pl.DataFrame) -> pl.DataFrame:
    """Say of each file that a row was refused in whether it is the newest, and when the row was refused next."""
    order = ["row_identity", "delivered_on", "processed_at", "file", "file_sha256"]
    later = pl.col("delivered_on").shift(-1).over("row_identity")
    return (
        rows.select(order)
        .unique()
        .sort(order)
        .with_columns(seen_again_on=later, is_newest=later.is_null())
        .select("row_identity", "file", "file_sha256", "seen_again_on", "is_newest")
    )


def _dated(rows: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    files = deliveries.filter(pl.col("status") != "rejected").select(
        pl.col("path").alias("file"), pl.col("sha256").alias("file_sha256"), "delivered_on", "processed_at", "scopes"
    )
    ref = pl.concat_str("file_sha256", pl.col("row_number").cast(pl.String), separator=":").alias("row_ref")
    return rows.with_columns(ref).join(files.unique(["file", "file_sha256"]), on=["file", "file_sha256"], how="inner")


def _read(payloads: pl.Series, contract: Contract) -> pl.DataFrame:
    """Read the texts of the key columns and of the scope out of the payloads; bad rows are few, so one by one."""
    wanted = [*(contract.key or contract.identity), *([contract.full_scope] if contract.full_scope else [])]
    known: dict[tuple[str, ...], dict[str, str]] = {}
    rows: list[dict[str, Any]] = []
    for payload in payloads:
        cells = _object(payload)
        loose = cells.pop("cells") if isinstance(cells.get("cells"), list) else []
        headers = tuple(cells)
        if headers not in known:
            places = resolve_headers(contract, list(headers)).columns
            known[headers] = {name: headers[at] for name, at in places.items()}
        texts = {f"text_{name}": cells.get(known[headers].get(name, "")) for name in wanted}
        told = list(cells.values())
        rows.append({"loose": _likely_keys(loose), "headers": headers, "cells": told, **texts})
    lists = dict.fromkeys(("loose", "headers", "cells"), pl.List(pl.String()))
    schema: dict[str, pl.DataType] = {**lists, **{f"text_{name}": pl.String() for name in wanted}}
    tokens = null_texts(contract.null_tokens)
    found = pl.DataFrame(rows, schema=schema, orient="row", strict=False)
    return found.with_columns(
        pl.when(~text.is_in(tokens)).then(text)
        for text in (trimmed(pl.col(f"text_{name}")) for name in dict.fromkeys(wanted))
    )


def _likely_keys(cells: list[str | None]) -> list[str]:
    """Of a row cut to pieces: its first cell, and those long enough that no count or code is taken for a key."""
    filled = [cell for cell in cells if cell and cell.strip()]
    return [*filled[:1], *(cell for cell in filled[1:] if len(cell.strip()) >= _LEAST_KEY)]


def _object(payload: str | None) -> dict[str, Any]:
    """Return a payload as an object; a very long one was cut when it was kept and tells nothing."""
    try:
        parsed = orjson.loads(payload or "{}")
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _named(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    texts = [pl.col(f"text_{name}").is_not_null() for name in (contract.key or contract.identity)]
    has_key = pl.all_horizontal(texts) if contract.key else pl.any_horizontal(texts)
    keyed = rows.with_columns(base_keys(rows, contract).alias("base_key")).with_columns(
        base_key=pl.when(has_key).then("base_key"), content=pl.col("payload").hash()
    )
    own = sha256(keyed["payload"].fill_null(""), 32)
    return keyed.with_columns(
        row_identity=pl.coalesce(pl.lit("refused key ") + pl.col("base_key"), pl.lit("refused row ") + own)
    )


def _settled(last: pl.DataFrame, raw: pl.LazyFrame, deliveries: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Return row_identity, settled_on, settled_as of the newest occurrence of every refused row."""
    nameless = last.filter(pl.col("base_key").is_null() & (pl.col("headers").list.len() > 0))
    came = pl.concat([_came(last, raw, contract), came_with_key(nameless, raw, contract)])
    came = came.group_by("row_identity").agg(pl.col("came_on").min())
    full = _full(last, deliveries, contract)
    anew = _sent_anew(last, deliveries, contract)
    told = last.join(came, on="row_identity", how="left").join(full, on="row_identity", how="left")
    told = told.join(anew, on="row_identity", how="left")
    gone = pl.min_horizontal("full_on", "anew_on")
    # Without a key it cannot be told whether the row was mended or left out: it is no longer delivered broken.
    gone_as = pl.when(pl.col("base_key").is_null()).then(pl.lit(CORRECTED)).otherwise(pl.lit(REMOVED))
    return told.select(
        "row_identity",
        pl.coalesce("came_on", gone).alias("settled_on"),
        pl.when(pl.col("came_on").is_not_null())
        .then(pl.lit(CORRECTED))
        .when(gone.is_not_null())
        .then(gone_as)
        .alias("settled_as"),
    )


def _came(last: pl.DataFrame, raw: pl.LazyFrame, contract: Contract) -> pl.DataFrame:
    """When another file of the same date or a later one brought the key; of a row cut to pieces, any cell of it."""
    keys = last.select("row_identity", "base_key")
    if contract.key:
        cells = last.filter(pl.col("base_key").is_null()).select("row_identity", pl.col("loose").alias("base_key"))
        keys = pl.concat([keys, cells.explode("base_key").with_columns(trimmed(pl.col("base_key")))])
    keys = keys.drop_nulls("base_key").join(
        last.select("row_identity", "delivered_on", "file_sha256"), on="row_identity"
    )
    found = (
        raw.select(
            without_suffix(pl.col("record_key")).alias("base_key"),
            *(pl.col(n).alias(f"raw_{n}") for n in ("delivered_on", "last_delivered_on", "file_sha256")),
        )
        .join(keys.lazy(), on="base_key")
        .collect()
    )
    first = pl.col("raw_delivered_on")
    other_file = (first == pl.col("delivered_on")) & (pl.col("raw_file_sha256") != pl.col("file_sha256"))
    later = pl.when((first > pl.col("delivered_on")) | other_file).then(first)
    again = pl.when(pl.col("raw_last_delivered_on") > pl.col("delivered_on")).then("raw_last_delivered_on")
    return (
        found.with_columns(came_on=pl.coalesce(later, again))
        .group_by("row_identity")
        .agg(pl.col("came_on").min())
        .select("row_identity", "came_on")
    )


def _full(last: pl.DataFrame, deliveries: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """When a later full covered the row's scope; where the row tells no scope, all scopes of its file."""
    fulls = fulls_of(deliveries, contract)
    base = last.select("row_identity", "delivered_on", "scopes")
    if contract.full_scope is None:
        scoped = base.with_columns(scope=pl.lit(None, dtype=pl.String)).drop("scopes")
    else:
        own = last[f"text_{contract.full_scope}"]
        scopes = pl.when(own.is_not_null()).then(pl.concat_list(own)).otherwise(pl.col("scopes"))
        scoped = base.with_columns(scope=scopes).drop("scopes").explode("scope")
    dated = first_full_after(scoped, fulls, "delivered_on")
    whole = pl.col("full_on").is_not_null().all()
    return dated.group_by("row_identity").agg(pl.when(whole).then(pl.col("full_on").max()).alias("full_on"))


def _sent_anew(last: pl.DataFrame, deliveries: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """When the row's file was replaced by another under the same path, which was read and does not have the row."""
    own = (pl.col("department") == contract.department) & (pl.col("feed") == contract.feed)
    files = deliveries.filter(own & (pl.col("status") == "loaded")).select(
        pl.col("path").alias("file"), pl.col("sha256").alias("new_sha256"), pl.col("processed_at").alias("new_at"),
        pl.col("delivered_on").alias("anew_on"),
    )  # fmt: skip
    hits = last.join(files, on="file").filter(
        (pl.col("new_sha256") != pl.col("file_sha256")) & (pl.col("new_at") > pl.col("processed_at"))
    )
    return hits.group_by("row_identity").agg(pl.col("anew_on").min())
