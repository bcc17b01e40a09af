"""Pairs out of keys, with bounded blocks: a block that is too large is made finer before anything is given up.

A key that many nodes share (a common name, a firm's phone) says little by itself; together with a second piece of
evidence it says enough. So a block over its bound is cut up by several finer keys at once, and what is still over
the bound once more. What no finer key brings is dropped and counted. Work stays linear in the number of nodes: every
block that is compared holds at most `bound * (bound - 1) / 2` pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import polars as pl

MAX_DEPTH: Final = 2  # a name in an estate of one birth year; a third cut brings nothing that another rule does not
_PAIRS: Final = {"left_node": pl.UInt32, "right_node": pl.UInt32}
_KEYED: Final = {"node": pl.UInt32, "key": pl.UInt64, "by": pl.Int8}

Finer = Mapping[str, Callable[[], pl.DataFrame]]


class Blocks(NamedTuple):
    """The pairs of one rule and what its bound did.

    Attributes:
        pairs: `left_node, right_node` (UInt32, left < right), unique, in no order.
        counts: `rule, blocks, pairs, refined_blocks, refined_pairs, dropped_blocks, dropped_pairs, largest_block`.
            `refined_*` are blocks over the bound and the pairs that finer keys brought of them; `dropped_blocks` those
            of which pairs are missing, and `dropped_pairs` how many. Pairs that the caller did not want (see
            `block_pairs`) are counted nowhere.
    """

    pairs: pl.DataFrame
    counts: dict[str, object]


def block_pairs(
    keys: pl.DataFrame,
    name: str,
    bound: int,
    finer: Finer | None = None,
    traits: pl.DataFrame | None = None,
) -> Blocks:
    """Pair all nodes that share a key.

    Args:
        keys: `node, key`; a node may have several keys; rows without a key bring nothing.
        name: of the rule, for the counts.
        bound: a block is compared when it brings no more pairs than this many nodes have among themselves.
        finer: name -> a function that returns `node, key`, asked only when a block is too large.
        traits: `node, anchor, kind`; two anchors are never paired (each has a number of its own), nor two nodes of one
            `kind` (null is of no kind). All nodes may be paired when absent.

    Returns:
        Pairs and counts; nothing depends on the order of rows.
    """
    known = _hashed(keys, pl.col("key")).with_columns(by=pl.lit(-1, pl.Int8)).unique()
    blocks = _with_traits(known, traits)
    sizes = _sizes(blocks)
    limit = bound * (bound - 1) // 2
    small, large = sizes.filter(pl.col("pairs") <= limit), sizes.filter(pl.col("pairs") > limit)
    pairs = _pairs_within(blocks.join(small.select("key"), on="key"))
    parts = [pairs]
    members = blocks.join(large.select("key"), on="key", how="semi")
    refined = _refine(members, finer or {}, limit, MAX_DEPTH)
    parts.append(refined)
    wanted, brought = int(large["pairs"].sum()), refined.height
    return Blocks(
        pl.concat(parts).unique(),
        {
            "rule": name,
            "blocks": small.height,
            "pairs": pairs.height,
            "refined_blocks": large.height,
            "refined_pairs": brought,
            "dropped_blocks": large.height if brought < wanted else 0,
            "dropped_pairs": max(wanted - brought, 0),
            "largest_block": int(str(sizes["size"].max() or 0)),
        },
    )


def _hashed(frame: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    return frame.filter(pl.col("key").is_not_null()).select("node", key=key.hash(seed=0))


def _with_traits(keyed: pl.DataFrame, traits: pl.DataFrame | None) -> pl.DataFrame:
    if traits is None:
        return keyed.with_columns(anchor=pl.lit(value=False), kind=pl.lit(None, dtype=pl.UInt64))
    coded = traits.select("node", "anchor", kind=pl.when(pl.col("kind").is_not_null()).then(pl.col("kind").hash(0)))
    return keyed.join(coded, on="node", how="left")


def _among(count: pl.Expr) -> pl.Expr:
    wide = count.cast(pl.Int64)
    return wide * (wide - 1) // 2


def _sizes(blocks: pl.DataFrame) -> pl.DataFrame:
    """`key, by, size, pairs`: how many pairs each block brings, those of two anchors and of one kind left out."""
    kinds = blocks.group_by("key", "by", "kind").agg(count=pl.len(), anchors=pl.col("anchor").sum())
    same = pl.col("kind").is_not_null()
    sizes = kinds.group_by("key", "by").agg(
        size=pl.col("count").sum(),
        anchors=pl.col("anchors").sum(),
        alike=(_among(pl.col("count")) - _among(pl.col("anchors"))).filter(same).sum(),
    )
    counted = sizes.with_columns(pairs=_among(pl.col("size")) - _among(pl.col("anchors")) - pl.col("alike"))
    return counted.filter(pl.col("pairs") > 0).select("key", "by", "size", "pairs")


def _pairs_within(blocks: pl.DataFrame) -> pl.DataFrame:
    """All wanted pairs inside the blocks: one side is always open, so that anchors never meet."""
    members = blocks.select("node", "key", "anchor", "kind")
    met = members.filter(~pl.col("anchor")).join(members, on="key", suffix="_r")
    wanted = (pl.col("anchor_r") & (pl.col("node") != pl.col("node_r"))) | (pl.col("node") < pl.col("node_r"))
    other = (pl.col("kind") != pl.col("kind_r")).fill_null(value=True)
    return (
        met.filter(wanted & other)
        .select(left_node=pl.min_horizontal("node", "node_r"), right_node=pl.max_horizontal("node", "node_r"))
        .unique()
    )


def _refine(members: pl.DataFrame, finer: Finer, limit: int, depth: int) -> pl.DataFrame:
    """Pairs of too large blocks whose nodes also share one of the finer keys (or, deeper, several of them)."""
    if members.is_empty() or depth == 0:
        return pl.DataFrame(schema=_PAIRS)
    cut = []
    for place, keys in enumerate(finer.values()):
        told = keys().drop_nulls().unique().rename({"key": "value"})
        # A finer key that made this block cannot make it finer again, and two keys need not be tried in both orders.
        inside = members.filter(pl.col("by") < place).join(told, on="node")
        combined = pl.struct("key", "value", by=pl.lit(place, pl.Int8)).hash(seed=0)
        cut.append(inside.with_columns(key=combined, by=pl.lit(place, pl.Int8)).drop("value"))
    if not cut:
        return pl.DataFrame(schema=_PAIRS)
    blocks = pl.concat(cut).unique()
    sizes = _sizes(blocks)
    small, large = sizes.filter(pl.col("pairs") <= limit), sizes.filter(pl.col("pairs") > limit)
    deeper = _refine(blocks.join(large.select("key"), on="key", how="semi"), finer, limit, depth - 1)
    return pl.concat([_pairs_within(blocks.join(small.select("key"), on="key", how="semi")), deeper]).unique()
