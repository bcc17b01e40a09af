"""Link a table by its definition: from rows to clusters."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.identity.declared.clusters import cluster, unmet_pairs
from pipelines.identity.declared.definition import Definition
from pipelines.identity.declared.model import DeclaredModel, PassModel
from pipelines.identity.declared.records import Records
from pipelines.identity.declared.scoring import candidates, score


@dataclass(frozen=True)
class Linked:
    """A linked table.

    Attributes:
        assignment: `row, cluster` (UInt32), one row a row of the source, sorted; a cluster is named by one of its rows.
        scored: `left_row, right_row, rule, match_weight, probability` and `level_*`, `tf_*`, `weight_*`.
        blocks: one row a blocking rule: what its bound let through and what it dropped.
    """

    assignment: pl.DataFrame
    scored: pl.DataFrame
    blocks: pl.DataFrame


def link_table(source: pl.DataFrame, definition: Definition, model: DeclaredModel) -> Linked:
    """Link the rows of a table; the result does not depend on their order.

    Args:
        source: one row a record; see `Records`.
        definition: what is compared with what, and how.
        model: trained for the definition, on this table or on one like it (`training.train`).
    """
    first, *later = model.passes
    with Records(source, definition) as records:
        blocks, scored, assigned = link_once(records, first)
        for chances in later:
            records.revise(assigned)
            blocks, scored, assigned = link_once(records, chances)
        rows = records.rows
    named = assigned.select(row=rows.gather(assigned["node"]), cluster=rows.gather(assigned["cluster"]))
    sides = [rows.gather(scored[f"{side}_node"]).alias(f"{side}_row").cast(pl.UInt32) for side in ("left", "right")]
    return Linked(
        named.cast(pl.UInt32).sort("row"),
        scored.select(*sides, pl.exclude("left_node", "right_node")),
        blocks,
    )


def link_once(records: Records, chances: PassModel) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """One pass.

    Returns:
        Counts of the blocks, scored pairs (those of the blocks, and all others inside a component), `node, cluster`.
    """
    met, cost = candidates(records), records.definition.false_merge_cost
    blocked = score(records, chances, met.pairs)
    unmet = score(records, chances, unmet_pairs(blocked, records.height, cost))
    scored = pl.concat([blocked, unmet]).sort("left_node", "right_node")
    return met.blocks, scored, cluster(scored, records.height, cost)
