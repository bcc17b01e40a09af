"""The life of an entry: opened by a finding, closed by a cause, opened again when the problem comes back.

What a load saw is all it can tell: an entry that would have opened and closed between two loads was never seen, so
three nights at once may lack closed entries, and `changed_on`, `reopened` and `first_run` tell of the loads. Entries
that are open are the same either way.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.quality.findings.schema import FINDING_ORDER, FINDING_SCHEMA
from pipelines.quality.returns.closing import causes
from pipelines.quality.returns.identity import entry_ids
from pipelines.quality.returns.rows import CurrentRows
from pipelines.quality.returns.schema import (
    ACCEPTED,
    CLOSED,
    CONTENTS,
    LEDGER_SCHEMA,
    OPEN,
    RETURN_SCHEMA,
    feed_of,
    no_answers,
    no_entries,
)

_VERSION = ["table", "file_sha256", "row_number"]


def update_entries(
    findings: pl.DataFrame,
    previous: pl.DataFrame | None,
    current_rows: CurrentRows,
    as_of: date,
    run_id: str,
    answers: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Follow the entries of the return list through one load.

    Args:
        findings: of tonight, in the columns of `FINDING_SCHEMA`.
        previous: the return list before; null or empty before the first load.
        current_rows: of `current_rows_of`, for these findings and for the open entries of `previous`.
        as_of: the newest delivery date.
        run_id: of this load.
        answers: what clerks answered (`answers.ANSWER_SCHEMA`).

    Returns:
        The whole new return list in the columns of `RETURN_SCHEMA`: open entries first, worst first. Every finding of
        a row that stands is an open entry or one that its department accepted, and every open entry is a finding.
    """
    before = no_entries() if previous is None else previous.select(pl.col(n).cast(t) for n, t in RETURN_SCHEMA.items())
    told = _told(findings, current_rows)
    told = told.with_columns(is_accepted=_accepted(told, no_answers() if answers is None else answers, current_rows))
    kept = _kept(told, before, current_rows, as_of, run_id)
    left = before.join(told, on="entry_id", how="anti", maintain_order="left")
    was_open = pl.col("status") == OPEN
    ended = left.filter(was_open).pipe(causes, told, current_rows, as_of)
    closed = ended.with_columns(pl.lit(CLOSED).alias("status"), pl.lit(as_of).alias("changed_on"))
    kept = _inherit(kept, ended.filter(pl.col("moved_to").is_not_null()))
    whole = pl.concat([_clean(frame) for frame in (kept, closed, left.filter(~was_open))])
    descending = [False, *(name == "priority" for name in FINDING_ORDER), False]
    order = [pl.col("status") == CLOSED, *(pl.col(name) for name in FINDING_ORDER), pl.col("entry_id")]
    return whole.sort(order, descending=descending, nulls_last=True)


def _told(findings: pl.DataFrame, rows: CurrentRows) -> pl.DataFrame:
    """Name the findings; a refused row that was settled, or refused again since, is told no more."""
    refused = rows.refused.select("table", "row_ref", "row_identity", "first_on", "is_newest", "settled_on")
    named = findings.with_columns(feed_of().alias("table")).join(
        refused, on=["table", "row_ref"], how="left", maintain_order="left"
    )
    stands = pl.col("record_key").is_not_null() | (
        pl.col("is_newest").fill_null(value=True) & pl.col("settled_on").is_null()
    )
    record = pl.lit("record ") + pl.col("record_key")
    refusal = pl.coalesce("row_identity", pl.lit("refused ") + pl.col("row_ref"))
    named = named.filter(stands).with_columns(row_identity=pl.coalesce(record, refusal))
    return (
        named.with_columns(entry_ids(named))
        .drop("is_newest", "settled_on")
        .sort("priority", "row_ref", descending=[True, False])
        .unique("entry_id", keep="first", maintain_order=True)
    )


def _accepted(told: pl.DataFrame, answers: pl.DataFrame, rows: CurrentRows) -> pl.Series:
    """Whether the department's last word on an entry is that the row is right, and the row says the same as then."""
    last = answers.sort("answered_at", maintain_order=True).unique("entry_id", keep="last", maintain_order=True)
    agreed = last.filter(pl.col("answer") == ACCEPTED).select(
        "entry_id", *(pl.col(name).alias(f"answered_{name}") for name in _VERSION[1:])
    )
    asked = told.select("entry_id", *_VERSION).join(agreed, on="entry_id", how="left", maintain_order="left")
    contents = rows.versions.unique(_VERSION, keep="first", maintain_order=True)
    now = asked.join(contents, on=_VERSION, how="left", maintain_order="left")["content"]
    then = asked.join(
        contents, left_on=["table", "answered_file_sha256", "answered_row_number"], right_on=_VERSION,
        how="left", maintain_order="left",
    )["content"]  # fmt: skip
    equal = [pl.col(name) == pl.col(f"answered_{name}") for name in _VERSION[1:]]
    same = asked.select(pl.all_horizontal(equal)).to_series()
    return ((now == then).fill_null(value=False) | same.fill_null(value=False)).alias("is_accepted")


def _kept(told: pl.DataFrame, before: pl.DataFrame, rows: CurrentRows, as_of: date, run_id: str) -> pl.DataFrame:
    """What is told tonight, with the life of its entry: new, still open, open again, or accepted."""
    known = before.select("entry_id", pl.col(*LEDGER_SCHEMA).name.prefix("was_"))
    since = rows.since.unique(["table", "record_key", "column"], keep="first", maintain_order=True)
    joined = told.join(known, on="entry_id", how="left", maintain_order="left").join(
        since, on=["table", "record_key", "column"], how="left", nulls_equal=True, maintain_order="left"
    )
    accepted, was_open = pl.col("is_accepted"), pl.col("was_status") == OPEN
    status = pl.when(accepted).then(pl.lit(CLOSED)).otherwise(pl.lit(OPEN))
    was_accepted = accepted & (pl.col("was_closed_as") == ACCEPTED).fill_null(value=False)
    came_back = (pl.col("was_status") == CLOSED) & ~accepted
    same = (pl.col("was_status") == status) & (~accepted | was_accepted)
    today = pl.lit(as_of, dtype=pl.Date)
    return joined.with_columns(
        status.alias("status"),
        pl.coalesce("was_opened_on", "since_on", "first_on", "delivered_on", today).alias("opened_on"),
        pl.when(same.fill_null(value=False)).then("was_changed_on").otherwise(today).alias("changed_on"),
        pl.when(was_accepted).then("was_closed_on").when(accepted).then(today).alias("closed_on"),
        pl.when(accepted).then(pl.lit(ACCEPTED)).alias("closed_as"),
        (pl.col("was_reopened").fill_null(0) + came_back.fill_null(value=False).cast(pl.Int64)).alias("reopened"),
        pl.coalesce("was_first_run", pl.lit(run_id)).alias("first_run"),
        was_open.fill_null(value=False).alias("was_open"),
    )


def _inherit(kept: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """Let an entry whose row changed its key be as old as the entry it takes the place of."""
    older = moved.group_by(pl.col("moved_to").alias("entry_id")).agg(pl.col("opened_on").min().alias("older_on"))
    joined = kept.join(older, on="entry_id", how="left", maintain_order="left")
    return joined.with_columns(opened_on=pl.min_horizontal("opened_on", "older_on"))


def _clean(entries: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the table; a closed entry keeps nothing of the row's contents."""
    is_open = pl.col("status") == OPEN
    hidden = [pl.when(is_open).then(pl.col(name)).alias(name) for name in CONTENTS if name in FINDING_SCHEMA]
    return entries.with_columns(hidden).select(pl.col(name).cast(kind) for name, kind in RETURN_SCHEMA.items())
