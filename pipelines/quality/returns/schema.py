"""The form of `marts.return_list`: one row an entry, open or closed."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.schema import FINDING_SCHEMA

TABLE: Final = "marts.return_list"

OPEN: Final = "open"
CLOSED: Final = "closed"
STATUSES: Final = (OPEN, CLOSED)

CORRECTED: Final = "corrected"
REMOVED: Final = "removed"
WITHDRAWN: Final = "withdrawn"
ACCEPTED: Final = "accepted"
MOVED: Final = "moved"
CLOSED_AS: Final = (CORRECTED, REMOVED, WITHDRAWN, ACCEPTED, MOVED)
"""Why an entry closed: a later delivery changed the row and the problem is gone, or left out a row that was wrong as a
whole; a later full lacks a row with a wrong cell; the row is unchanged and the evidence against it is gone; the
department answered that the row is right; the row goes on under another key, or among the refused rows, and its problem
is told there. Only `corrected` counts as fixed."""

LEDGER_SCHEMA: Final[dict[str, pl.DataType]] = {
    "status": pl.String(),  # open / closed
    "opened_on": pl.Date(),  # delivery date since which the cell stands as it is
    "changed_on": pl.Date(),  # newest delivery date of the load in which the status last changed
    "closed_on": pl.Date(),  # delivery date that closed it; null while open
    "closed_as": pl.String(),  # one of CLOSED_AS; null while open
    "reopened": pl.Int64(),  # how often it came back after it was closed
    "first_run": pl.String(),  # run that first told it
}
RETURN_SCHEMA: Final[dict[str, pl.DataType]] = {"entry_id": pl.String(), **FINDING_SCHEMA, **LEDGER_SCHEMA}
"""Columns of `marts.return_list` in order."""

CONTENTS: Final = (
    *("row_as_delivered", "delivered_value", "proposed_value", "evidence_zh", "evidence_en"),
    "proposal_confidence",
)
"""What of an entry is the content of a row, or was concluded from it: null once the entry is closed."""


def no_entries() -> pl.DataFrame:
    """Return the return list of a home to which nothing was delivered."""
    return pl.DataFrame(schema=RETURN_SCHEMA)


def feed_of() -> pl.Expr:
    """Return the name of an entry's feed as contracts and raw tables have it, `<department>_<feed>`."""
    return pl.concat_str("department", "feed", separator="_")


REPORTED: Final = "reported_corrected"
UNVERIFIABLE: Final = "unverifiable"
ANSWERS: Final = {REPORTED: "已更正", ACCEPTED: "情况属实无需更正", UNVERIFIABLE: "无法核实"}
"""What a clerk may answer, and the words for it in the workbook. Only `accepted` closes an entry: a correction is
believed when it is delivered."""

ANSWER_SCHEMA: Final[dict[str, pl.DataType]] = {
    "entry_id": pl.String(),
    "answer": pl.String(),
    "file_sha256": pl.String(),  # with the row number: the version of the row that was answered about
    "row_number": pl.Int64(),
    "answered_by": pl.String(),
    "answered_at": pl.Datetime("us", "UTC"),
}


def no_answers() -> pl.DataFrame:
    """Return what clerks answered in a home where none did."""
    return pl.DataFrame(schema=ANSWER_SCHEMA)
