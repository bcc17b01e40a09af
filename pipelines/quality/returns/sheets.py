"""A sheet of entries: one feed, worst first, the answer beside the question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from xlsxwriter.worksheet import Worksheet

from pipelines.quality.returns.cells import safe_text
from pipelines.quality.returns.delivered import Entry
from pipelines.quality.returns.layout import ANSWER_HEADER, HEADERS, SheetColumn, shown_width
from pipelines.quality.returns.schema import ANSWERS
from pipelines.quality.returns.styles import Looks

ROWS_PER_SHEET: Final = 5_000
BAND_ROW: Final = 0
HEADER_ROW: Final = 1
FIRST_ROW: Final = 2
# Number, urgency and problem stay in sight while the row is read to its end.
FROZEN_COLUMNS: Final = 3
LINE_POINTS: Final = 13.5
MOST_LINES: Final = 8


_MEANINGS: Final = (
    "已更正：已在本部门系统中改好，下次交付生效。",
    "情况属实无需更正：核实后确认原值正确。",
    "无法核实：暂时查不清。",
)


def write_sheet(
    page: Worksheet, columns: Sequence[SheetColumn], entries: Sequence[Entry], more: int, looks: Looks
) -> None:
    """Write the entries of one feed.

    Args:
        page: an empty sheet.
        columns: of `layout.sheet_columns`.
        entries: of `delivered.with_cells`, in order.
        more: entries that the sheet has no room for.
        looks: the formats of the workbook.
    """
    _bands(page, columns, looks)
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width)
        look = "answer_header" if column.band == "请在此填写" else "header"
        page.write_string(HEADER_ROW, at, safe_text(_header(column)), looks[look])
    page.set_row(BAND_ROW, 20)
    page.set_row(HEADER_ROW, 36)
    for number, entry in enumerate(entries, start=FIRST_ROW):
        values = [column.value(entry) for column in columns]
        page.set_row(number, _height(values, columns))
        for at, (column, value) in enumerate(zip(columns, values, strict=True)):
            _write(page, number, at, value, looks[column.look(entry)])
    last = FIRST_ROW + len(entries) - 1
    if more:
        told = f"另有 {more:,} 条未列出（每表最多 {ROWS_PER_SHEET:,} 条，按紧急程度从高到低排列）。"
        page.write_string(last + 2, 0, told + f"  {more:,} more not shown: worst first.", looks["note"])
    page.autofilter(HEADER_ROW, 0, last, len(columns) - 1)
    page.freeze_panes(FIRST_ROW, FROZEN_COLUMNS)
    answer = next(
        at for at, column in enumerate(columns) if column.zh == ANSWER_HEADER and column.en == HEADERS[ANSWER_HEADER]
    )
    _offer_answers(page, answer, last)
    # Printed is what is decided and answered on; the whole rows would make it too small to read.
    page.set_landscape()
    page.repeat_rows(BAND_ROW, HEADER_ROW)
    page.print_area(0, 0, last + (2 if more else 0), answer + 1)


def set_up_page(page: Worksheet, title: str, department: str, as_of: date) -> None:
    """Make a sheet print on A4, one page wide, with what it is, whose it is and its pages counted."""
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_header(f"&L{_plain(department)} · {_plain(title)}&R截至交付日期 {as_of}")
    page.set_footer("&L含个人信息，按规定保管，用后销毁&C第 &P 页 / 共 &N 页&RStreetlake 街道数据湖")
    page.fit_to_pages(1, 0)


def _plain(text: str) -> str:
    """An ampersand starts a code in headers and footers."""
    return safe_text(text).replace("&", "&&")


def _header(column: SheetColumn) -> str:
    return f"{column.zh}\n{column.en}" if column.en else column.zh


def _bands(page: Worksheet, columns: Sequence[SheetColumn], looks: Looks) -> None:
    for band, group in groupby(enumerate(columns), key=lambda item: item[1].band):
        places = [at for at, _ in group]
        if len(places) == 1:
            page.write_string(BAND_ROW, places[0], band, looks["band"])
        else:
            page.merge_range(BAND_ROW, places[0], BAND_ROW, places[-1], band, looks["band"])


def _height(values: Sequence[str | int | None], columns: Sequence[SheetColumn]) -> float:
    """The height at which the longest text of a row shows whole, within reason: spreadsheets do not see to it."""
    lines = [
        _lines(value, column.width) for value, column in zip(values, columns, strict=True) if isinstance(value, str)
    ]
    return LINE_POINTS * min(max(lines, default=1), MOST_LINES) + 5


def _lines(text: str, width: float) -> int:
    """How many lines a text takes; a Chinese character is as wide as two others."""
    fits = max(width - 2.5, 1)
    return sum(max(1, math.ceil(shown_width(line) / fits)) for line in text.split("\n"))


def _write(page: Worksheet, row: int, at: int, value: str | int | None, look: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, at, None, look)
    elif isinstance(value, int):
        page.write_number(row, at, value, look)
    else:
        page.write_string(row, at, safe_text(value), look)


def _offer_answers(page: Worksheet, column: int, last: int) -> None:
    rule: Mapping[str, Any] = {
        "validate": "list",
        "source": list(ANSWERS.values()),
        "input_title": "请选择处理结果",
        "input_message": "\n".join(_MEANINGS),
        "error_title": "请从列表中选择",
        "error_message": "处理结果只能是：" + "、".join(ANSWERS.values()),
    }
    page.data_validation(FIRST_ROW, column, last, column, rule)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
