"""A steward's answers about learned aliases: an append-only file of the home, and law for every later run."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.journal import append_line, finished_lines

ACCEPT: Final = "accept"
REJECT: Final = "reject"
REVOKE: Final = "revoke"
ANSWERS: Final = (ACCEPT, REJECT, REVOKE)
DECISIONS: Final = pl.Schema(
    {
        "decision_id": pl.String(),
        "alias_id": pl.String(),
        "answer": pl.String(),
        "reason": pl.String(),
        "decided_by": pl.String(),
        "decided_at": pl.Datetime("us", "UTC"),
    }
)


class AliasDecisionError(StreetlakeError):
    """The file of decisions cannot be read, or an answer cannot be given."""


def decisions_file(home: Home) -> Path:
    """Where the answers lie, one JSON object a line."""
    return home.root / "decisions" / "address_alias.jsonl"


def read_decisions(home: Home) -> pl.DataFrame:
    """All answers, oldest first, in the columns of `DECISIONS`; a line that a kill left unfinished is none.

    Raises:
        AliasDecisionError: naming the first line that is no answer.
    """
    rows = [_read(line, number) for number, line in enumerate(finished_lines(decisions_file(home)), start=1)]
    return pl.DataFrame(rows, schema=DECISIONS, orient="row")


def _read(line: bytes, number: int) -> dict[str, object]:
    try:
        row = orjson.loads(line)
        made = {name: row[name] for name in DECISIONS} | {"decided_at": datetime.fromisoformat(row["decided_at"])}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise AliasDecisionError(
            f"address_alias.jsonl, line {number}: no decision. Mend or remove the line."
        ) from error
    if made["answer"] not in ANSWERS:
        raise AliasDecisionError(f"address_alias.jsonl, line {number}: an answer is one of {', '.join(ANSWERS)}.")
    return made


def append_decision(
    home: Home, alias_id: str, answer: str, reason: str, decided_by: str, decided_at: datetime | None = None
) -> dict[str, object]:
    """Add one answer and bring it to the disk; the caller holds the run lock.

    Args:
        home: the home.
        alias_id: which alias.
        answer: one of `ANSWERS`.
        reason: why, in the steward's words; never a person's value.
        decided_by: an account, not a name.
        decided_at: with zone; default: the clock.

    Returns:
        The answer as written.

    Raises:
        AliasDecisionError: for an answer that is none, or without a reason.
    """
    if answer not in ANSWERS or not reason.strip():
        raise AliasDecisionError(f"an answer is one of {', '.join(ANSWERS)} and has a reason: say why.")
    at = (decided_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    row: dict[str, object] = {
        "decision_id": str(uuid.uuid4()), "alias_id": alias_id, "answer": answer, "reason": reason.strip(),
        "decided_by": decided_by, "decided_at": at,
    }  # fmt: skip
    append_line(decisions_file(home), row)
    return row
