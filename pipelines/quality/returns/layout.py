"""What stands in a sheet of entries: its columns, and the cells of each entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.contracts.model import Contract
from pipelines.quality.returns.delivered import RAGGED, Entry, delivered_columns

Style = str
"""Name of a cell's look: `styles.LOOKS`."""

ENTRY_HEADER: Final = "条目编号"
ANSWER_HEADER: Final = "处理结果"
FILE_HEADER: Final = "交付文件"
ROW_HEADER: Final = "行号"
HEADERS: Final = {
    ENTRY_HEADER: "Entry · do not edit",
    ANSWER_HEADER: "Answer",
    FILE_HEADER: "File",
    ROW_HEADER: "Row",
}
"""The columns by which an answer finds its entry, and the second lines of their headers. A department's own column may
be called 处理结果 as well: it has another second line."""
MOST_KEY_COLUMNS: Final = 3
# A number alone does not tell a clerk whom a row is about.
_PERSON: Final = "name"
_MEASURED: Final = 200
# An ID number of 18 signs fits; an address is broken into lines.
_WIDEST: Final = 23.0

# Priority is the weight of the problem (0.1 to 10) times the persons it touches times confidence. From 9 on is the
# worst problem of one person or a common one of a family: of the demo city's 950 entries 19 %.
URGENT: Final = 9.0
NOT_URGENT: Final = 2.0
URGENCIES: Final = {"高 ●●●": URGENT, "中 ●●": NOT_URGENT, "低 ●": 0.0}


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet.

    Attributes:
        band: title above a group of columns.
        zh, en: the header's two lines.
        width: in characters.
        value: what stands in the cell of an entry: text, or a number of our own.
        look: of the cell.
    """

    band: str
    zh: str
    en: str
    width: float
    value: Callable[[Entry], str | int | None]
    look: Callable[[Entry], Style]


def shown_width(text: str) -> int:
    """Return how wide a text is shown, in Latin characters: a Chinese one is as wide as two."""
    return len(text) + sum(sign > "\u2e80" for sign in text)


def urgency(priority: float | None) -> str:
    """Return 高, 中 or 低 with its dots, which a black-and-white print still shows."""
    return next(name for name, least in URGENCIES.items() if (priority or 0.0) >= least)


def sheet_columns(contract: Contract, entries: Sequence[Entry]) -> list[SheetColumn]:
    """Return the columns of the sheet of one feed.

    First what a clerk decides on and answers, which a page in A4 holds; then the row as it was delivered, for looking
    things up; last the entry's name, by which the answer finds its entry.

    Args:
        contract: of the feed.
        entries: those that the sheet shows, each with `cells` (see `delivered.with_cells`).
    """
    delivered = delivered_columns(contract, entries)
    named = [column.name for column in contract.columns if column.name == _PERSON]
    keys = list(dict.fromkeys([*contract.key, *named] if contract.key else contract.identity))[:MOST_KEY_COLUMNS]
    return [
        *_problem(),
        *(
            _delivered("本行是谁", name, delivered.get(name, contract.column(name).headers[0]), entries)
            for name in keys
        ),
        *_decision(),
        *_answer(),
        *(_delivered("交付原文（整行）", name, title, entries) for name, title in delivered.items()),
        _column("系统用", ENTRY_HEADER, HEADERS[ENTRY_HEADER], 23, "entry_id", "quiet"),
    ]


def _column(band: str, zh: str, en: str, width: float, field: str, look: str = "text") -> SheetColumn:
    return SheetColumn(band, zh, en, width, lambda entry: entry[field], lambda _: look)


def _problem() -> list[SheetColumn]:
    band = "问题"
    return [
        _column(band, "序号", "No.", 5, "number", "number"),
        SheetColumn(band, "紧急程度", "Urgency", 8, lambda e: urgency(e["priority"]), _urgency_look),
        _column(band, "问题", "Problem", 16, "problem_zh", "strong"),
    ]


def _urgency_look(entry: Entry) -> str:
    return {"高": "high", "中": "middle", "低": "low"}[urgency(entry["priority"])[0]]


def _delivered(band: str, name: str, title: str, entries: Sequence[Entry]) -> SheetColumn:
    widest = max((shown_width(entry["cells"].get(name) or "") for entry in entries[:_MEASURED]), default=0)
    width = min(max(widest, shown_width(title)) + 4.0, _WIDEST)
    return SheetColumn(
        band, title, name if name.isascii() and name != RAGGED else "", width, lambda entry: entry["cells"].get(name),
        lambda entry: "wrong" if entry["column"] == name else "delivered",
    )  # fmt: skip


def _decision() -> list[SheetColumn]:
    band = "错在哪里，建议改成什么"
    return [
        SheetColumn(band, "问题所在列", "Column", 10, lambda e: e["header"] or "（整行）", lambda _: "text"),
        SheetColumn(band, "现值", "Delivered", 22, _delivered_value, lambda e: "wrong" if e["column"] else "quiet"),
        _column(band, "其他部门情况", "Evidence", 28, "evidence_zh"),
        SheetColumn(band, "建议值", "Proposal", 22, lambda e: e["proposed_value"] or "（请核实）", _proposal_look),
        SheetColumn(band, "把握程度", "Confidence", 9.5, _confidence, lambda _: "centre"),
        _column(band, "影响人数", "Persons", 7, "persons_affected", "count"),
        SheetColumn(band, "首次发现日期", "Since", 10.5, lambda e: str(e["opened_on"] or ""), lambda _: "centre"),
        SheetColumn(band, FILE_HEADER, HEADERS[FILE_HEADER], 15, lambda e: shown_file(e["file"]), lambda _: "quiet"),
        _column(band, ROW_HEADER, HEADERS[ROW_HEADER], 6, "row_number", "number"),
    ]


def shown_file(path: str | None) -> str:
    """Return the date and name of a delivered file: whose it is and of which feed, the workbook and sheet say."""
    return "" if path is None else path.split("/", 2)[-1]


def _delivered_value(entry: Entry) -> str:
    return "见整行" if entry["column"] is None else entry["delivered_value"] or "（空）"


def _proposal_look(entry: Entry) -> str:
    return "quiet" if entry["proposed_value"] is None else "proposal"


def _confidence(entry: Entry) -> str:
    wrong = f"有误 {_percent(entry['confidence'])}"
    if entry["proposed_value"] is None or entry["proposal_confidence"] is None:
        return wrong
    return f"{wrong}\n建议 {_percent(entry['proposal_confidence'])}"


def _percent(share: float | None) -> str:
    """Whole percents, rounded down: what is not certain is never shown as 100 %."""
    return "—" if share is None else f"{int(share * 100 + 1e-9)}%"


def _answer() -> list[SheetColumn]:
    band = "请在此填写"
    return [
        SheetColumn(band, ANSWER_HEADER, HEADERS[ANSWER_HEADER], 14, lambda _: None, lambda _: "answer"),
        SheetColumn(band, "备注", "Remark", 15, lambda _: None, lambda _: "answer"),
    ]
