"""From candidates to findings: the row as delivered, titles, confidence, persons touched, priority."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.delivered import delivered_rows, file_names
from pipelines.quality.findings.night import Night
from pipelines.quality.findings.problems import ANY_CASE, RULE_CONFIDENCE, all_problems, confidence_table
from pipelines.quality.findings.schema import as_findings

LEAST_CONFIDENCE: Final = 0.9
"""What is less sure is not told: a clerk who is accused wrongly reads no further."""
MOST_PERSONS: Final = 20
"""A dormitory is one mistake, not two hundred."""

_ROW: Final = ["feed", "record_key", "column", "problem"]


def finish(candidates: pl.DataFrame, refused: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Return all findings, worst first.

    Args:
        candidates: frame of `CANDIDATE_SCHEMA`.
        refused: frame of `find_refused_rows`.
        night: tonight's tables.
    """
    placed = _placed(_without_covered(believed(candidates), night), night)
    refused = believed(refused).with_columns(
        record_key=pl.lit(None, pl.String),
        proposed_value=pl.lit(None, pl.String),
        delivered_value=pl.lit(None, pl.String),
        persons=pl.lit(None, pl.Int64),
        persons_row=pl.lit(0, pl.Int64),
        persons_home=pl.lit(0, pl.Int64),
    )
    whole = pl.concat([placed, refused.select(placed.columns).cast(pl.Schema(placed.schema))])
    return as_findings([_titled(whole, night)])


def believed(candidates: pl.DataFrame) -> pl.DataFrame:
    """With the confidence of their case, and without those that are not sure enough."""
    table = confidence_table().select("problem", "case", "confidence", "proposal_confidence")
    general = table.filter(pl.col("case") == ANY_CASE).drop("case")
    told = candidates.join(table, on=["problem", "case"], how="left", maintain_order="left")
    told = told.join(general, on="problem", how="left", suffix="_any", maintain_order="left")
    ruled = pl.col("case").replace_strict(RULE_CONFIDENCE, default=None, return_dtype=pl.Float64)
    confidence = pl.coalesce("confidence", "confidence_any", ruled, pl.lit(0.0)) * pl.col("certainty")
    proposal = pl.coalesce("proposal_confidence", "proposal_confidence_any") * pl.col("certainty")
    told = told.with_columns(confidence=confidence.round(4), proposal_confidence=proposal.round(4))
    return told.drop("confidence_any", "proposal_confidence_any").filter(pl.col("confidence") >= LEAST_CONFIDENCE)


def _without_covered(found: pl.DataFrame, night: Night) -> pl.DataFrame:
    """Without rules that say less of a fault that another finding of the same row names."""
    covers = all_problems(dict(night.suites)).select("problem", rule=pl.col("covers").str.split(";")).explode("rule")
    covered = found.join(covers.drop_nulls(), on="problem").select("feed", "record_key", problem="rule").unique()
    return found.join(covered, on=["feed", "record_key", "problem"], how="anti", maintain_order="left")


def _placed(found: pl.DataFrame, night: Night) -> pl.DataFrame:
    """At their rows: file and row number, the row as delivered, the cell, and the whole cell as proposed."""
    frames = [
        _placed_in(part, str(feed), night) for (feed,), part in found.sort("feed").group_by("feed", maintain_order=True)
    ]
    files = file_names(night)
    rows = pl.concat(frames) if frames else _EMPTY
    rows = rows.join(files, on="file_sha256", how="left", maintain_order="left")
    return rows.select(*_EMPTY.columns)


_EMPTY: Final = pl.DataFrame(
    schema={
        **dict.fromkeys(("feed", "record_key", "file", "file_sha256"), pl.String),
        "row_number": pl.Int64,
        "delivered_on": pl.Date,
        **dict.fromkeys(("row_as_delivered", "column", "problem", "delivered_value"), pl.String),
        **dict.fromkeys(("evidence_zh", "evidence_en", "proposed_value"), pl.String),
        **dict.fromkeys(("confidence", "proposal_confidence"), pl.Float64),
        **dict.fromkeys(("persons", "persons_row", "persons_home"), pl.Int64),
    }
)


def _placed_in(found: pl.DataFrame, feed: str, night: Night) -> pl.DataFrame:
    whole, cells = delivered_rows(night, night.contracts[feed], found["record_key"])
    rows = found.join(whole, on="record_key", how="inner", maintain_order="left")
    rows = rows.join(cells, on=["record_key", "column"], how="left", maintain_order="left")
    rows = rows.with_columns(delivered_value=pl.coalesce("delivered_value", "cell")).drop("cell")
    persons = _persons(night, feed)
    merged = _merged(rows).join(persons, on="record_key", how="left", maintain_order="left")
    return merged.with_columns(pl.col("persons_row", "persons_home").fill_null(0), file=pl.lit(None, pl.String)).select(
        *_EMPTY.columns
    ).drop("file")  # fmt: skip


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a finding: the joint owners of a cell may each have one, and their proposals go into one text."""
    rows = rows.sort(*_ROW, "replaces", "proposed_value", "case", nulls_last=True)
    text = pl.col("delivered_value")
    fits = pl.col("replaces").is_null() | text.str.contains(pl.col("replaces"), literal=True)
    rows = rows.with_columns(
        proposed_value=pl.when(fits & (pl.col("proposed_value") != text.fill_null(""))).then("proposed_value")
    )
    merged = rows.group_by(_ROW, maintain_order=True).agg(
        pl.col("file_sha256", "row_number", "delivered_on", "row_as_delivered", "delivered_value").first(),
        pl.col("evidence_zh").unique(maintain_order=True).str.join("；"),
        pl.col("evidence_en").unique(maintain_order=True).str.join("; "),
        pl.col("confidence", "persons").max(),
        pl.col("proposal_confidence").filter(pl.col("proposed_value").is_not_null()).min(),
        olds=pl.col("replaces").filter(pl.col("proposed_value").is_not_null()),
        news=pl.col("proposed_value").drop_nulls(),
    )
    return merged.with_columns(proposed_value=_put_in()).drop("olds", "news")


_MOST_PARTS: Final = 4
_NOWHERE: Final = "\0"


def _put_in() -> pl.Expr:
    """The delivered text with every part replaced; a proposal for the whole cell stands alone."""
    text = pl.col("delivered_value")
    for place in range(_MOST_PARTS):
        old, new = (pl.col(name).list.get(place, null_on_oob=True) for name in ("olds", "news"))
        text = text.str.split(old.fill_null(_NOWHERE)).list.join(new.fill_null(""))
    first = pl.col("olds").list.first().is_null()
    whole = pl.when(first).then(pl.col("news").list.first()).otherwise(text)
    return pl.when(pl.col("news").list.len() > 0).then(whole)


def _persons(night: Night, feed: str) -> pl.DataFrame:
    """`record_key, persons_row, persons_home`: persons whom the row names, and those of their largest household."""
    named = night.witnesses.filter(pl.col("feed") == feed).select("record_key", "person_id")
    with_homes = named.join(night.households, on="person_id", how="left")
    return with_homes.group_by("record_key").agg(
        persons_row=pl.col("person_id").n_unique().cast(pl.Int64),
        persons_home=pl.max_horizontal(pl.col("person_id").n_unique(), pl.col("home").max()).cast(pl.Int64),
    )


def _titled(found: pl.DataFrame, night: Night) -> pl.DataFrame:
    headers = pl.DataFrame(
        [(c.name, column.name, column.headers[0]) for c in night.contracts.values() for column in c.columns],
        schema=["contract", "column", "header"],
        orient="row",
    )
    feeds = pl.DataFrame(
        [(c.name, c.department, c.department_zh, c.feed, c.title_zh) for c in night.contracts.values()],
        schema=["contract", "department", "department_zh", "feed", "title_zh"],
        orient="row",
    )
    touches = pl.col("touches")
    persons = pl.when(touches == "row").then("persons_row").when(touches == "home").then("persons_home").otherwise(0)
    told = (
        found.rename({"feed": "contract"})
        .join(feeds, on="contract", how="inner")
        .join(headers, on=["contract", "column"], how="left")
    )
    told = told.join(all_problems(dict(night.suites)), on="problem", how="inner")
    told = told.with_columns(persons_affected=pl.coalesce("persons", persons))
    harmed = pl.col("persons_affected").clip(1, MOST_PERSONS)
    return told.with_columns(
        row_ref=pl.concat_str("file_sha256", "row_number", separator=":"),
        priority=(pl.col("weight") * harmed * pl.col("confidence")).round(4),
    )
