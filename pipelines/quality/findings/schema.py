"""The form of a finding: one row per (department, feed, row, column, problem)."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

FINDING_SCHEMA: dict[str, pl.DataType] = {
    "department": pl.String(),  # who delivered the row, and mends it
    "department_zh": pl.String(),
    "feed": pl.String(),  # without the department: `residents`
    "title_zh": pl.String(),  # of the feed
    "record_key": pl.String(),  # of the raw row; null for a row that was quarantined
    "row_ref": pl.String(),  # `<file_sha256>:<row_number>`, always
    "file": pl.String(),  # path below the landing zone; null where the log of deliveries has it no more
    "file_sha256": pl.String(),
    "row_number": pl.Int64(),  # 1 is the first row below the header
    "delivered_on": pl.Date(),
    "row_as_delivered": pl.String(),  # JSON object header -> text, columns of this feed alone
    "column": pl.String(),  # name in the contract; null: the row as a whole
    "header": pl.String(),  # the contract's first header of that column; null with it
    "problem": pl.String(),  # code of `problems.csv`
    "problem_zh": pl.String(),
    "problem_en": pl.String(),
    "dimension": pl.String(),
    "delivered_value": pl.String(),  # text of the cell; null: empty, or the row as a whole
    "evidence_zh": pl.String(),  # counts, places and dates; never another feed's column
    "evidence_en": pl.String(),
    "proposed_value": pl.String(),  # in the form in which the feed delivers the column; null: none
    "confidence": pl.Float64(),  # 0..1, that the row is wrong as told
    "proposal_confidence": pl.Float64(),  # 0..1, that the proposal is right; null without one
    "persons_affected": pl.Int64(),  # of the row, its household or dwelling; 0 where nobody is known to be touched
    "priority": pl.Float64(),  # weight of the problem x persons x confidence; larger is worse
}
"""Columns of a finding in order. Text is UTF-8, counts are persons or rows, null means as told beside the column."""

FINDING_GRAIN = ("department", "feed", "row_ref", "record_key", "column", "problem")
"""No two findings agree on these."""

FINDING_ORDER = (
    *("priority", "department", "feed", "problem"),
    *("file_sha256", "row_number", "record_key", "column"),
)
"""Worst first; the rest only breaks ties, so that the order does not depend on that of the rows read."""


def no_findings() -> pl.DataFrame:
    """Return a frame of no findings, with every column."""
    return pl.DataFrame(schema=FINDING_SCHEMA)


def as_findings(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all frames in one, every column of the schema in its order and type, worst first."""
    parts = [frame.select(pl.col(name).cast(kind) for name, kind in FINDING_SCHEMA.items()) for frame in frames]
    whole = pl.concat([no_findings(), *parts])
    descending = [name == "priority" for name in FINDING_ORDER]
    return whole.sort(FINDING_ORDER, descending=descending, nulls_last=True)
