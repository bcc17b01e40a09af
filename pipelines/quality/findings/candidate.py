"""What a finder returns: which cell of which row, why, and how strong the case is."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

CANDIDATE_SCHEMA: dict[str, pl.DataType] = {
    "feed": pl.String(),  # `<department>_<feed>`
    "record_key": pl.String(),
    "column": pl.String(),  # name in the contract; null: the row as a whole
    "problem": pl.String(),
    "case": pl.String(),  # what kind of evidence: with the problem, a row of `confidence.csv`
    "certainty": pl.Float64(),  # 0..1, how sure it is whose row it is; multiplies the confidence of the case
    "evidence_zh": pl.String(),
    "evidence_en": pl.String(),
    "proposed_value": pl.String(),  # of the whole cell, or of the part of it in `replaces`
    "replaces": pl.String(),  # part of the delivered cell; null: the proposal is for the whole cell
    "delivered_value": pl.String(),  # null: the cell of the raw row
    "persons": pl.Int64(),  # whom it touches, where the row itself does not tell
}


def as_candidates(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with exactly the columns of a candidate; one that it lacks is null, `certainty` 1."""
    lacking: dict[str, float | None] = {name: None for name in CANDIDATE_SCHEMA if name not in frame.columns}
    if "certainty" in lacking:
        lacking["certainty"] = 1.0
    return frame.with_columns(pl.lit(value).alias(name) for name, value in lacking.items()).select(
        pl.col(name).cast(kind) for name, kind in CANDIDATE_SCHEMA.items()
    )


def joined(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return all candidates of several finders in one frame."""
    return pl.concat([pl.DataFrame(schema=CANDIDATE_SCHEMA), *map(as_candidates, frames)])
