"""The first sheet: what the workbook is, how to read and answer it, what it counts, what changed."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

import polars as pl
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.quality.returns.cells import safe_text
from pipelines.quality.returns.counts import by_cause, by_problem, figures
from pipelines.quality.returns.schema import OPEN
from pipelines.quality.returns.styles import FONT, INK, LINE, Looks

NAME: Final = "说明"
_WIDTHS: Final = (30, 28, 13, 13, 13, 13)
_LAST: Final = len(_WIDTHS) - 1
_BARS: Final = 12
# Rows of the chart beside one a bar: its title and edges.
_CHART_ROWS: Final = 3

_HOW: Final = (
    (
        "每张表列出一类数据中需要核实的行，最紧急的在最上面。红框单元格是有疑问的值，绿底是建议值，“其他部门情况”是依据。行号从表头下第一行起算。",
        "Each sheet lists the rows of one feed, worst first: framed is the doubtful cell, green our proposal. Row 1 is "
        "the first below the header.",
    ),
    (
        "请先核实，再在本部门的业务系统中更正；按平常的方式交付即可，下次交付中改好的行自动办结，不必回传本表。",
        "Check, then correct it in your own system and deliver as usual: what is corrected closes by itself.",
    ),
    (
        "核实后原值正确的，在黄色的“处理结果”列选“情况属实无需更正”，保存后交回：该行不变就不再列出。",
        "Where the delivered value is right, choose 情况属实无需更正 and hand the file back: it is not listed again.",
    ),
    (
        "请勿改动表头、“条目编号”和行内其他单元格；可以筛选，可以整表排序。建议值只是建议，以核实结果为准。",
        "Leave headers, entry numbers and other cells as they are; filter and sort whole sheets as you like.",
    ),
    (
        "单元格开头的 ' 号是为防止被当作公式而加的，不属于原文。本表含个人信息，请按规定保管，用后销毁。",
        "A leading ' keeps a text from being taken for a formula. Personal data: keep it safe, destroy it after use.",
    ),
)


def write_front(
    book: Workbook, page: Worksheet, entries: pl.DataFrame, department: str, as_of: date, looks: Looks
) -> None:
    """Write the first sheet.

    Args:
        book: the workbook, which makes the chart.
        page: an empty sheet.
        entries: all entries of the department, open and closed.
        department: its Chinese name.
        as_of: newest delivery date.
        looks: the formats of the workbook.
    """
    page.hide_gridlines(2)
    for at, width in enumerate(_WIDTHS):
        page.set_column(at, at, width, looks["blank"])
    page.set_row(0, 32)
    page.write_string(0, 0, f"数据更正清单 · {safe_text(department)}", looks["title"])
    page.write_string(
        1, 0, f"截至交付日期 {as_of}  ·  Rows to check and correct, deliveries up to {as_of}", looks["subtitle"]
    )
    row = _figures(page, 3, figures(entries, as_of), looks)
    row = _section(page, row + 1, "怎么看、怎么办  How to use it", looks)
    for number, (zh, en) in enumerate(_HOW, start=1):
        row = _paragraph(page, row, f"{number}. {zh}", en, looks)
    row = _problems(book, page, row + 1, entries, as_of, looks)
    _causes(page, row + 1, entries, as_of, looks)


def _section(page: Worksheet, row: int, title: str, looks: Looks) -> int:
    page.set_row(row, 22)
    page.merge_range(row, 0, row, _LAST, title, looks["section"])
    return row + 1


def _figures(page: Worksheet, row: int, told: dict[str, tuple[str, int]], looks: Looks) -> int:
    page.set_row(row, 34)
    page.set_row(row + 1, 28)
    for at, (zh, (en, count)) in enumerate(told.items()):
        page.write_number(row, at, count, looks["figure"])
        page.write_string(row + 1, at, f"{zh}\n{en}", looks["figure_name"])
    return row + 2


def _paragraph(page: Worksheet, row: int, zh: str, en: str, looks: Looks) -> int:
    page.set_row(row, 17 * math.ceil(2 * len(zh) / (sum(_WIDTHS) - 4)))
    page.merge_range(row, 0, row, _LAST, zh, looks["para"])
    page.set_row(row + 1, 17)
    page.merge_range(row + 1, 0, row + 1, _LAST, f"    {en}", looks["para_en"])
    return row + 2


def _header(page: Worksheet, row: int, titles: tuple[str, ...], looks: Looks) -> None:
    page.set_row(row, 30)
    for at, title in enumerate(titles):
        page.write_string(row, at, title, looks["header"])


def _problems(book: Workbook, page: Worksheet, row: int, entries: pl.DataFrame, as_of: date, looks: Looks) -> int:
    """The chart first, so that a page break never cuts it, then the table that it is drawn from."""
    row = _section(page, row, "各类问题数量  Open entries by feed and problem", looks)
    counts = by_problem(entries, as_of)
    if counts.is_empty():
        page.write_string(row, 0, "目前没有待更正的行。 Nothing is open at present.", looks["para"])
        return row + 1
    bars = min(counts.height, _BARS)
    first = row + bars + _CHART_ROWS + 1
    _chart(book, page, (first, first + bars - 1), row, bars + _CHART_ROWS)
    _header(page, first - 1, ("表与问题", "Problem", "待更正\nOpen", "其中紧急\nUrgent", "本期新增\nNew"), looks)
    for at, told in enumerate(counts.iter_rows(named=True), start=first):
        page.set_row(at, 27)
        page.write_string(at, 0, safe_text(f"{told['title_zh']}：{told['problem_zh']}"), looks["text"])
        page.write_string(at, 1, safe_text(told["problem_en"]), looks["quiet"])
        for column, name in enumerate(("open", "urgent", "new"), start=2):
            page.write_number(at, column, told[name], looks["count"])
    return first + counts.height


def _chart(book: Workbook, page: Worksheet, rows: tuple[int, int], at: int, height: int) -> None:
    first, last = rows
    chart = book.add_chart({"type": "bar"})
    font = {"name": FONT, "size": 9, "color": INK}
    chart.add_series(
        {
            "categories": [NAME, first, 0, last, 0],
            "values": [NAME, first, 2, last, 2],
            "fill": {"color": "#7C93AD"},
            "border": {"color": "#33475B"},
            "gap": 45,
            "data_labels": {"value": True, "font": font},
        }
    )
    chart.set_title({"name": "待更正最多的问题", "name_font": {**font, "size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": LINE}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_chartarea({"border": {"color": LINE}})
    chart.set_size({"width": 800, "height": 20 * height - 12})
    page.insert_chart(at, 0, chart, {"object_position": 2, "description": "待更正数量最多的问题（条形图）"})


def _causes(page: Worksheet, row: int, entries: pl.DataFrame, as_of: date, looks: Looks) -> None:
    row = _section(page, row, "办结情况  What was closed", looks)
    _header(page, row, ("办结方式", "How it closed", "本期\nNow", "累计\nEver"), looks)
    for zh, en, now, ever in by_cause(entries, as_of):
        row += 1
        page.set_row(row, 22)
        page.write_string(row, 0, zh, looks["text"])
        page.write_string(row, 1, en, looks["quiet"])
        page.write_number(row, 2, now, looks["count"])
        page.write_number(row, 3, ever, looks["count"])
    still = int((entries["status"] == OPEN).sum())
    told = f"仍有 {still:,} 条待更正。“已撤回”“已并入”不计入更正率。"
    page.write_string(row + 1, 0, told, looks["note"])
