"""A workbook that came back: what the clerk answered, found by the entry number of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import fastexcel
import polars as pl

from pipelines.quality.returns.answers import AnswerError
from pipelines.quality.returns.cells import original_text, safe_text
from pipelines.quality.returns.identity import ID_CHARACTERS
from pipelines.quality.returns.layout import (
    ANSWER_HEADER,
    ENTRY_HEADER,
    FILE_HEADER,
    HEADERS,
    ROW_HEADER,
    shown_file,
)
from pipelines.quality.returns.schema import ANSWERS

NEEDED: Final = (ENTRY_HEADER, ANSWER_HEADER, FILE_HEADER, ROW_HEADER)
# Somebody may have put a line or two above the header.
HEADER_SEARCH_ROWS: Final = 10
MOST_TOLD: Final = 20
LARGEST_BYTES: Final = 200 * 2**20


@dataclass(frozen=True)
class Reply:
    """What a workbook says.

    Attributes:
        department: whose rows it holds.
        answers: entry_id, answer, file_sha256, row_number: ready for `answers.append_answers`.
        unanswered: rows without an answer.
        outdated: `sheet!row` of answers about a version of a row that has been delivered anew since, or about an entry
            that is closed: they are not taken, as nobody knows whether they still hold.
    """

    department: str
    answers: list[dict[str, object]]
    unanswered: int
    outdated: list[str]


@dataclass
class _Found:
    """What was read so far, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    answers: dict[str, tuple[str, dict[str, object]]] = field(default_factory=dict)
    departments: set[str] = field(default_factory=set)
    outdated: list[str] = field(default_factory=list)
    unanswered: int = 0


def read_reply(path: Path, return_list: pl.DataFrame) -> Reply:
    """Read the answers out of a workbook of `write_workbooks`, wherever its columns and rows were moved to.

    Args:
        path: an `.xlsx` file.
        return_list: the present `marts.return_list`.

    Raises:
        AnswerError: naming for every problem sheet, row, column and remedy, without any value. Nothing of a workbook
            with a problem is taken.
    """
    known = {row["entry_id"]: row for row in return_list.select(_KNOWN).iter_rows(named=True)}
    found = _Found()
    sheets = [(name, sheet, at) for name, sheet in _sheets(path) if (at := _header_row(sheet)) is not None]
    if not sheets:
        raise AnswerError(
            f"{path.name}: no sheet has a header row with {'、'.join(NEEDED)}: this is no workbook of the return list, "
            "or its headers were edited. Copy the answers into a fresh one (`streetlake returns export`)."
        )
    for name, sheet, at in sheets:
        _read_sheet(name, sheet, at, known, found)
    if len(found.departments) > 1:
        found.problems.append(f"entries of {len(found.departments)} departments in one workbook: hand them in apart")
    if found.problems:
        shown = found.problems[:MOST_TOLD]
        more = [f"and {len(found.problems) - len(shown)} more"] if len(found.problems) > len(shown) else []
        raise AnswerError(
            "\n".join([f"{path.name}: nothing was taken, {len(found.problems)} problems:", *shown, *more])
        )
    return Reply(
        "".join(found.departments), [answer for _, answer in found.answers.values()], found.unanswered, found.outdated
    )


_KNOWN: Final = ["entry_id", "department", "status", "file", "file_sha256", "row_number"]


def _sheets(path: Path) -> list[tuple[str, pl.DataFrame]]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise AnswerError(f"{path.name}: larger than any workbook of the return list. Is it the right file?")
        reader = fastexcel.read_excel(path.read_bytes())
        loaded = [(name, reader.load_sheet(name, header_row=None, dtypes="string")) for name in reader.sheet_names]
    except FileNotFoundError:
        raise AnswerError(f"{path.name}: there is no such file.") from None
    except fastexcel.FastExcelError as error:
        raise AnswerError(f"{path.name}: no readable workbook. Save it as .xlsx, without a password.") from error
    return [(name, sheet.to_polars().select(pl.all().cast(pl.String))) for name, sheet in loaded]


def _header_row(sheet: pl.DataFrame) -> int | None:
    """The row that names the entry and the answer; a header with one of its columns renamed is told as a problem."""
    for at, cells in enumerate(sheet.head(HEADER_SEARCH_ROWS).iter_rows()):
        if any(_place(cells, title) is not None for title in (ENTRY_HEADER, ANSWER_HEADER)):
            return at
    return None


def _place(cells: Sequence[str | None], title: str) -> int | None:
    """Where a header stands; of several of the name, the one with our own second line. None unless there is one."""
    lines = [[line.strip() for line in (cell or "").splitlines()] for cell in cells]
    named = [at for at, line in enumerate(lines) if line[:1] == [title]]
    ours = [at for at in named if lines[at][1:] == [HEADERS[title]]]
    chosen = ours or named
    return chosen[0] if len(chosen) == 1 else None


def _read_sheet(name: str, sheet: pl.DataFrame, at: int, known: Mapping[str, Mapping[str, Any]], found: _Found) -> None:
    places = {title: place for title in NEEDED if (place := _place(sheet.row(at), title)) is not None}
    if missing := [title for title in NEEDED if title not in places]:
        found.problems.append(
            f"sheet {name}, row {at + 1}: the column {'、'.join(missing)} is missing or there twice: restore the header"
        )
        return
    for number, cells in enumerate(sheet.slice(at + 1).iter_rows(), start=at + 2):
        row = {title: (cells[place] or "").strip() for title, place in places.items()}
        _read_row(f"sheet {name}, row {number}", row, known, found)


def _read_row(where: str, row: Mapping[str, str], known: Mapping[str, Mapping[str, Any]], found: _Found) -> None:
    answer, entry_id = original_text(row[ANSWER_HEADER]), row[ENTRY_HEADER].lower()
    if not answer:
        found.unanswered += bool(entry_id)
        return
    code = next((code for code, words in ANSWERS.items() if words == answer), None)
    entry = known.get(entry_id)
    if code is None:
        remedy = f"choose one of {'、'.join(ANSWERS.values())}, and put other words into 备注"
        found.problems.append(f"{where}, column {ANSWER_HEADER}: not an answer: {remedy}")
    if entry is None:
        found.problems.append(f"{where}, column {ENTRY_HEADER}: {_unknown(entry_id)}")
    if code is None or entry is None:
        return
    found.departments.add(entry["department"])
    if not _same_row(row, entry) or entry["status"] != "open":
        found.outdated.append(where)
        return
    _take(where, entry, code, found)


def _unknown(entry_id: str) -> str:
    if not entry_id:
        return "empty: the row was inserted, or its entry number deleted; copy the number from a fresh workbook"
    if len(entry_id) != ID_CHARACTERS or not set(entry_id) <= set("0123456789abcdef"):
        return f"no entry number ({ID_CHARACTERS} signs 0-9, a-f): undo the change, or copy it from a fresh workbook"
    return "no entry of this home has this number: the workbook is another district's, or too old; export a fresh one"


def _same_row(row: Mapping[str, str], entry: Mapping[str, Any]) -> bool:
    """Whether the row names the file and row of the entry as it is now; no, too, where rows were sorted apart."""
    number = row[ROW_HEADER].replace(",", "").removesuffix(".0")
    return row[FILE_HEADER] == safe_text(shown_file(entry["file"])) and number == str(entry["row_number"])


def _take(where: str, entry: Mapping[str, Any], code: str, found: _Found) -> None:
    entry_id = entry["entry_id"]
    if entry_id in found.answers and found.answers[entry_id][1]["answer"] != code:
        first = found.answers[entry_id][0]
        found.problems.append(f"{where}, column {ANSWER_HEADER}: another answer than in {first}: keep one")
        return
    version = {"file_sha256": entry["file_sha256"], "row_number": entry["row_number"]}
    found.answers[entry_id] = (where, {"entry_id": entry_id, "answer": code, **version})
