"""Answers that are kept over nights: the partition of a component is a function of nothing but its content.

A component is told in local terms (the rank of a node among its nodes), because the numbers of nodes live for one
night. Its content (features, evidence, bounds) becomes a fingerprint of 128 bits; an answer under the same
fingerprint is the answer that clustering would give again. So the result with answers at hand equals the result
without, and only time is saved.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.clustering.evidence import Evidence

FINGERPRINT = ["fingerprint_1", "fingerprint_2"]
SEEDS = (0x5EED, 0xFACE)
LISTS = ["numbers", "contested", "listed", "patterns", "signs"]

REFUSED = pl.Struct({"left": pl.UInt32(), "right": pl.UInt32(), "linkage": pl.Float64(), "constraint": pl.String()})
ANSWER_SCHEMA = pl.Schema(
    {
        **{name: pl.UInt64() for name in FINGERPRINT},
        "labels": pl.List(pl.UInt32()),
        "refusals": pl.List(REFUSED),
    }
)


@dataclass(frozen=True)
class Partition:
    """How components were cut; rows are those of the night's sorted nodes.

    Attributes:
        labels: ``i, label``: each row of the components with the smallest row of its cluster.
        refusals: ``component, left, right, linkage, constraint``: clusters, by their smallest rows, that were kept
            apart.
    """

    labels: pl.DataFrame
    refusals: pl.DataFrame

    @classmethod
    def of(cls, labels: list[tuple[int, int]], refusals: list[tuple[int, int, int, float, str]]) -> Partition:
        """From rows, in any order."""
        ends = {"component": pl.UInt32, "left": pl.UInt32, "right": pl.UInt32}
        told = {**ends, "linkage": pl.Float64, "constraint": pl.String}
        return cls(
            pl.DataFrame(labels, schema={"i": pl.UInt32, "label": pl.UInt32}, orient="row").sort("i"),
            pl.DataFrame(refusals, schema=told, orient="row").sort("left", "right"),
        )

    def joined(self, other: Partition) -> Partition:
        """Both parts together."""
        return Partition(
            pl.concat([self.labels, other.labels]).sort("i"),
            pl.concat([self.refusals, other.refusals]).sort("left", "right"),
        )


def local_ranks(evidence: Evidence, troubled: pl.Series) -> pl.DataFrame:
    """Rows of the given components with their rank inside: ``i, component, rank``, sorted by row."""
    rows = evidence.table.select("component").with_row_index("i").filter(pl.col("component").is_in(troubled.implode()))
    return rows.with_columns(rank=pl.int_range(pl.len(), dtype=pl.UInt32).over("component"))


def fingerprints(evidence: Evidence, ranks: pl.DataFrame) -> pl.DataFrame:
    """Content of components: ``component, fingerprint_1, fingerprint_2``; equal for equal content in equal order."""
    nothing = pl.repeat(None, evidence.table.height, dtype=pl.UInt32, eager=True).alias("rank")
    rank = nothing.scatter(ranks["i"], ranks["rank"])
    told = [pl.col(name).list.join("\x1f") for name in LISTS]
    group = rank.gather(evidence.table["group"])
    nodes = evidence.table.with_columns(rank=rank, group=group).drop_nulls("rank")
    law = evidence.law.with_columns(component=evidence.table["component"].gather(evidence.law["left"]))
    home = evidence.table["component"].gather(evidence.law["right"])
    inside = law.filter(law["component"] == home)
    parts = [
        _hashed(nodes, "node", [pl.col("rank", "group"), *told, pl.col("sex", "birth")]),
        _hashed(_ranked(evidence.scored, rank), "pair", [pl.col("left", "right", "evidence")]),
        _hashed(_ranked(inside, rank), "bound", [pl.col("left", "right", "answer")]),
    ]
    # A sum does not ask for an order; every row holds its rank, so that no two rows of a component are equal.
    return pl.concat(parts).group_by("component").agg(pl.col(FINGERPRINT).sum()).sort("component")


def _ranked(pairs: pl.DataFrame, rank: pl.Series) -> pl.DataFrame:
    ends = {side: rank.gather(pairs[side]) for side in ("left", "right")}
    return pairs.with_columns(**ends).drop_nulls("left")


def _hashed(rows: pl.DataFrame, kind: str, content: list[pl.Expr]) -> pl.DataFrame:
    told = pl.struct(pl.lit(kind).alias("kind"), *content)
    hashes = {name: told.hash(seed) for name, seed in zip(FINGERPRINT, SEEDS, strict=True)}
    return rows.select("component", **hashes)


def as_answers(partition: Partition, ranks: pl.DataFrame, prints: pl.DataFrame) -> pl.DataFrame:
    """Keep a partition: rows of ``ANSWER_SCHEMA``, one per distinct fingerprint, sorted."""
    place = ranks.select("i", "rank")
    labels = (
        ranks.join(partition.labels, on="i", how="left", maintain_order="left")
        .join(place.rename({"i": "label", "rank": "cluster"}), on="label", how="left", maintain_order="left")
        .group_by("component", maintain_order=True)
        .agg(labels="cluster")
    )
    refused = partition.refusals
    for side in ("left", "right"):
        refused = refused.join(place.rename({"i": side, "rank": f"{side}_rank"}), on=side, how="left")
    told = pl.struct(left="left_rank", right="right_rank", linkage="linkage", constraint="constraint")
    refusals = refused.sort("left", "right").group_by("component", maintain_order=True).agg(refusals=told)
    return (
        prints.join(labels, on="component")
        .join(refusals, on="component", how="left")
        .with_columns(pl.col("refusals").fill_null(pl.lit([], dtype=pl.List(REFUSED))))
        .unique(FINGERPRINT, keep="first", maintain_order=True)
        .sort(FINGERPRINT)
        .select(ANSWER_SCHEMA.names())
        .cast(ANSWER_SCHEMA)
    )


def from_answers(known: pl.DataFrame, ranks: pl.DataFrame, prints: pl.DataFrame) -> Partition:
    """The partition of the components whose fingerprint is known; the others are left out."""
    found = prints.join(known, on=FINGERPRINT).select("component", "labels", "refusals")
    ranked = ranks.select("component", "rank", row="i")
    labels = (
        found.select("component", "labels")
        .with_columns(rank=pl.int_ranges(pl.col("labels").list.len(), dtype=pl.UInt32))
        .explode("labels", "rank")
        .join(ranked, on=["component", "rank"])
        .join(ranked.rename({"rank": "labels", "row": "label"}), on=["component", "labels"])
        .select(i="row", label="label")
    )
    told = found.select("component", "refusals").explode("refusals").drop_nulls().unnest("refusals")
    for side in ("left", "right"):
        told = (
            told.join(ranked.rename({"rank": side, "row": "found"}), on=["component", side])
            .drop(side)
            .rename({"found": side})
        )
    return Partition(labels.sort("i"), told.select("component", "left", "right", "linkage", "constraint"))
