"""What clerks answered to entries of the return list: an append-only file of the home, and law for every later load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import orjson
import polars as pl

from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.journal import append_line, finished_lines
from pipelines.quality.returns.schema import ANSWER_SCHEMA, ANSWERS

FILE = "return_list.jsonl"


class AnswerError(StreetlakeError):
    """The file of answers cannot be read, or a workbook of answers cannot be taken; the message lists every problem."""


def answers_file(home: Home) -> Path:
    """Where the answers lie, one JSON object a line."""
    return home.root / "decisions" / FILE


def read_answers(home: Home) -> pl.DataFrame:
    """All answers, oldest first, in the columns of `ANSWER_SCHEMA`; a line that a kill left unfinished is none.

    Raises:
        AnswerError: naming the first line that is no answer.
    """
    lines = finished_lines(answers_file(home))
    rows = [row for number, line in enumerate(lines, start=1) for row in _read(line, number)]
    return pl.DataFrame(rows, schema=ANSWER_SCHEMA, orient="row")


def _read(line: bytes, number: int) -> list[dict[str, object]]:
    """Read one line: who answered, when, and the answers that came together."""
    try:
        told = orjson.loads(line)
        common = {"answered_by": told["answered_by"], "answered_at": datetime.fromisoformat(told["answered_at"])}
        rows = [{name: (one | common)[name] for name in ANSWER_SCHEMA} for one in told["answers"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise AnswerError(f"{FILE}, line {number}: no answers. Mend or remove the line.") from error
    if any(row["answer"] not in ANSWERS for row in rows):
        raise AnswerError(f"{FILE}, line {number}: an answer is one of {', '.join(ANSWERS)}. Mend or remove the line.")
    return rows


def append_answers(home: Home, answers: Iterable[Mapping[str, object]], answered_by: str, answered_at: datetime) -> int:
    """Add the answers of one workbook in one piece and bring them to the disk; the caller holds the run lock.

    An answer that is already the last word on the same version of its row is not written again, so that a workbook
    may be handed in twice.

    Args:
        home: the home.
        answers: entry_id, answer, file_sha256, row_number.
        answered_by: an account, not a name.
        answered_at: instant with zone.

    Returns:
        How many were new.
    """
    said = ("answer", "file_sha256", "row_number")
    last = {row["entry_id"]: tuple(row[name] for name in said) for row in read_answers(home).iter_rows(named=True)}
    new = [dict(one) for one in answers if last.get(str(one["entry_id"])) != tuple(one[name] for name in said)]
    if new:
        at = answered_at.isoformat(timespec="microseconds")
        append_line(answers_file(home), {"answered_by": answered_by, "answered_at": at, "answers": new})
    return len(new)
