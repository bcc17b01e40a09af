"""The key of a record, and what is said twice or in contradiction within one file."""

from __future__ import annotations

import duckdb
import polars as pl

from pipelines.contracts.model import Contract

# 128 bits of SHA-256: stable over versions of every tool, and no two of 10^9 records share one by chance.
_KEY_CHARACTERS = 32
_PART = "\x1f"
_SUFFIX = r"~\d+$"


def base_keys(frame: pl.DataFrame, contract: Contract) -> pl.Series:
    """Return `record_key` before any suffix: the own key, or the hash of the identifying columns.

    Rule: feeds.md, "Keys". Text after NFKC and trimming, not parsed; null is empty text. Several key columns are
    joined by `|`.

    Args:
        frame: has `text_<column>` for the columns of `key` or `identity`.
        contract: of the feed.
    """
    parts = [_normal(f"text_{name}") for name in (contract.key or contract.identity)]
    if contract.key:
        return frame.select(pl.concat_str(parts, separator="|").alias("record_key")).to_series()
    return _sha256(frame.select(pl.concat_str(parts, separator=_PART).alias("text")))


def without_suffix(key: pl.Expr) -> pl.Expr:
    """Return a record key without the suffix of a second row of the same identity."""
    return key.str.replace(_SUFFIX, "")


def _normal(column: str) -> pl.Expr:
    text = pl.col(column).fill_null("").str.normalize("NFKC")
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


def _sha256(texts: pl.DataFrame) -> pl.Series:
    with duckdb.connect() as connection:
        connection.register("texts", texts.to_arrow())
        relation = connection.sql(f"SELECT substr(sha256(text), 1, {_KEY_CHARACTERS}) AS record_key FROM texts")  # noqa: S608
        return pl.Series("record_key", relation.pl()["record_key"], dtype=pl.String)


def within_file(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Say of each row of one file whether it is taken.

    Rule: feeds.md, "Keys": the same key and content is one row; of contents that differ under an own key the one
    updated last is taken, without an update time the later row. Rows without an own key never conflict. An event
    (mode append) that differs in its update time alone is an earlier version of itself.

    Args:
        rows: record_key, content (hash), core (hash without the update time), updated (Int64 or null), row_number.
        contract: of the feed.

    Returns:
        The rows with `fate`: taken, duplicate or conflict.
    """
    order = ["record_key", "content", "row_number"]
    marked = rows.sort(order).with_columns(
        pl.when(pl.struct("record_key", "content").is_first_distinct())
        .then(pl.lit("taken"))
        .otherwise(pl.lit("duplicate"))
        .alias("fate")
    )
    if contract.key:
        marked = _conflicts(marked, contract)
    return marked.sort("row_number")


def _conflicts(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    taken = pl.col("fate") == "taken"
    contested = rows.filter(taken & (pl.len().over("record_key") > 1) & (taken.sum().over("record_key") > 1))
    if contested.is_empty():
        return rows
    # A row repeated further below is the later row: its last place in the file counts.
    last = rows.group_by("record_key", "content").agg(pl.col("row_number").max().alias("last_row"))
    ranked = contested.join(last, on=["record_key", "content"]).sort(
        ["record_key", "updated", "last_row"], nulls_last=False
    )
    winner = ranked.group_by("record_key", maintain_order=True).agg(
        pl.col("content").last().alias("winner"), pl.col("core").last().alias("winner_core")
    )
    losing = pl.col("content") != pl.col("winner")
    if contract.mode == "append":
        losing &= pl.col("core") != pl.col("winner_core")
    losers = ranked.join(winner, on="record_key").filter(losing).select("record_key", "content").with_columns(lost=True)
    lost = pl.col("lost").fill_null(value=False) & taken
    joined = rows.join(losers, on=["record_key", "content"], how="left", maintain_order="left")
    return joined.with_columns(pl.when(lost).then(pl.lit("conflict")).otherwise("fate").alias("fate")).drop("lost")


def suffixed(rows: pl.DataFrame, existing: pl.DataFrame) -> pl.DataFrame:
    """Give rows of one file that collide in a hashed key and differ keys of their own: `…`, `…~2`, `…~3`.

    A row whose content is known keeps the key it has; the others take the free ones in the order of the file.

    Args:
        rows: taken rows of one file: record_key (base), content, row_number.
        existing: known versions: record_key, content.
    """
    known = existing.select("record_key", "content", without_suffix(pl.col("record_key")).alias("base"))
    several = rows.filter(pl.len().over("record_key") > 1)["record_key"].unique()
    split = known.filter(pl.col("record_key") != pl.col("base"))["base"].unique()
    touched = pl.concat([several, split]).unique()
    part = rows.filter(pl.col("record_key").is_in(touched.implode())).sort("record_key", "row_number")
    if part.is_empty():
        return rows
    owners = {
        (base, content): key
        for key, content, base in known.filter(pl.col("base").is_in(touched.implode()))
        .sort("record_key", descending=True)
        .iter_rows()
    }
    keys: dict[int, str] = {}
    for (base,), group in part.group_by("record_key", maintain_order=True):
        keys.update(_share_out(str(base), group.select("row_number", "content").rows(), owners))
    new = pl.DataFrame(
        {"row_number": list(keys), "own": list(keys.values())}, schema_overrides={"row_number": pl.Int64}
    )
    joined = rows.join(new, on="row_number", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("own", "record_key").alias("record_key")).drop("own")


def _share_out(base: str, rows: list[tuple[int, int]], owners: dict[tuple[str, int], str]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for row_number, content in rows:
        owned = owners.get((base, content))
        if owned is not None and owned not in keys.values():
            keys[row_number] = owned
    number = 1
    for row_number, _ in rows:
        if row_number in keys:
            continue
        while (free := base if number == 1 else f"{base}~{number}") in keys.values():
            number += 1
        keys[row_number] = free
        number += 1
    return keys
