"""Where a steward's answers about persons wait for the next run: an append-only file of the home."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import orjson
import polars as pl

from pipelines.home import Home
from pipelines.identity.outputs import DECISION_SCHEMA
from pipelines.identity.stewarding.decisions import DecisionError, MentionKey, append_decision, validate_decisions
from pipelines.lake.journal import append_line, finished_lines

FILE = "identity.jsonl"


def decisions_file(home: Home) -> Path:
    """Where the answers lie, one JSON object a line."""
    return home.root / "decisions" / FILE


def read_decisions(home: Home) -> pl.DataFrame:
    """All answers in the file, sorted by instant, in the columns of ``master.steward_decision``.

    Raises:
        DecisionError: naming the first line that is no answer, or the decisions that cannot be obeyed.
    """
    lines = finished_lines(decisions_file(home))
    rows = [_read(line, number) for number, line in enumerate(lines, start=1)]
    return validate_decisions(pl.DataFrame(rows, schema=DECISION_SCHEMA, orient="row"))


def _read(line: bytes, number: int) -> dict[str, object]:
    try:
        row = orjson.loads(line)
        return {name: row[name] for name in DECISION_SCHEMA} | {"decided_at": datetime.fromisoformat(row["decided_at"])}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DecisionError(f"{FILE}, line {number}: no decision. Mend or remove the line.") from error


def all_decisions(obeyed: pl.DataFrame, home: Home) -> pl.DataFrame:
    """``master.steward_decision`` of the last snapshot and what was answered since; each decision once."""
    both = pl.concat([validate_decisions(obeyed), read_decisions(home)])
    return validate_decisions(both.unique("decision_id", keep="first", maintain_order=True))


def note_decision(
    home: Home,
    left: MentionKey,
    right: MentionKey,
    answer: str,
    reason_code: str,
    decided_by: str,
    decided_at: datetime,
) -> dict[str, object]:
    """Add one answer and bring it to the disk; the caller holds the run lock.

    Args:
        home: the home.
        left: feed, record key, person role and sequence of one mention.
        right: the same of the other mention.
        answer: one of ``decisions.ANSWERS``.
        reason_code: one of ``decisions.REASON_CODES``.
        decided_by: an account, not a name.
        decided_at: instant with zone.

    Returns:
        The answer as written.

    Raises:
        DecisionError: the answer cannot be obeyed.
    """
    none = pl.DataFrame(schema=DECISION_SCHEMA)
    row = append_decision(none, left, right, answer, reason_code, decided_by, decided_at).row(0, named=True)
    written = row | {"decided_at": row["decided_at"].isoformat(timespec="microseconds")}
    append_line(decisions_file(home), written)
    return written
