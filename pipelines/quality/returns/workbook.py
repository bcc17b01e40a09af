"""One Excel workbook a department: what a clerk opens and works through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from pipelines.contracts.model import Contract
from pipelines.lake.durable import move_into_place, temporary_beside
from pipelines.quality.returns.cells import sheet_name
from pipelines.quality.returns.delivered import with_cells
from pipelines.quality.returns.front import NAME, write_front
from pipelines.quality.returns.layout import sheet_columns
from pipelines.quality.returns.schema import OPEN, feed_of
from pipelines.quality.returns.sheets import ROWS_PER_SHEET, set_up_page, write_sheet
from pipelines.quality.returns.styles import Looks

# Nothing in a cell is ever read as anything but text; and no half-written row lies in the system's temporary folder.
_OPTIONS = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def write_workbooks(
    return_list: pl.DataFrame, contracts: Mapping[str, Contract], folder: Path, as_of: date
) -> list[Path]:
    """Write `<department>.xlsx` for every department that has or had an entry.

    A workbook holds rows of its own department alone. The same return list gives the same bytes. Each file appears
    whole, by rename, readable by its owner only.

    Args:
        return_list: `marts.return_list`, open and closed entries, in any order.
        contracts: by `<department>_<feed>`; entries of a feed without a contract are counted but have no sheet.
        folder: made when missing.
        as_of: newest delivery date; also the date that the file says it was made on.

    Returns:
        The files, sorted.
    """
    ordered = return_list.sort("priority", "entry_id", descending=[True, False], nulls_last=True)
    written = []
    for department in ordered["department"].unique().sort().to_list():
        own = {name: contract for name, contract in contracts.items() if contract.department == department}
        target = folder / f"{department}.xlsx"
        draft = temporary_beside(target)
        try:
            _write(draft, ordered.filter(pl.col("department") == department), own, as_of)
            move_into_place(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        written.append(target)
    return written


def _write(path: Path, entries: pl.DataFrame, contracts: Mapping[str, Contract], as_of: date) -> None:
    department = str(entries["department_zh"][0])
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        made = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": f"数据更正清单 {department}", "author": "Streetlake", "created": made})
        looks = Looks(book)
        front = book.add_worksheet(NAME)
        write_front(book, front, entries, department, as_of, looks)
        set_up_page(front, NAME, department, as_of)
        taken = {NAME}
        is_open = entries.filter(pl.col("status") == OPEN)
        for name in sorted(contracts):
            part = is_open.filter(feed_of() == name)
            if part.height:
                taken.add(sheet := sheet_name(contracts[name].title_zh, taken))
                page = book.add_worksheet(sheet)
                shown = with_cells(part.head(ROWS_PER_SHEET), contracts[name])
                write_sheet(page, sheet_columns(contracts[name], shown), shown, part.height - len(shown), looks)
                set_up_page(page, sheet, department, as_of)
