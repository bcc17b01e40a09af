"""The sheet as a page of HTML for paper: A4, large type, boxes to tick, its header on every page."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2

from pipelines.lake.durable import fsync_folder, make_folder, temporary_beside
from pipelines.needs.sheet.contents import Sheet
from pipelines.needs.sheet.copies import Copy
from pipelines.needs.vocabulary import HELP

SHANGHAI: Final = timezone(timedelta(hours=8))
TEMPLATE: Final = "evacuation.html.j2"
LIFTS: Final = {"yes": ("有电梯", "lift"), "no": ("无电梯", "no lift"), "unknown": ("电梯情况不明", "lift unknown")}
PRIVATE: Final = 0o600


def render_sheet(sheet: Sheet, copy: Copy, as_of: str) -> str:
    """Draw the page.

    Args:
        sheet: its rows.
        copy: its number, purpose and times.
        as_of: the day the data speak of.

    Returns:
        HTML that loads nothing from outside. A small script takes the rows out when it is opened after expiry;
        without scripts the rows stay hidden on the screen and on paper.
    """
    return str(
        _template().render(
            sheet=sheet,
            copy=copy,
            as_of=as_of,
            help=HELP,
            lift=LIFTS[sheet.building["lift"] or "unknown"],
            printed=_local(copy.printed_at),
            expires=_local(copy.expires_at),
            expires_ms=int(datetime.fromisoformat(copy.expires_at).timestamp() * 1000),
        )
    )


def write_private(page: str, path: Path) -> Path:
    """Write the page so that nobody but its owner can read it at any moment, and in one step.

    Raises:
        OSError: when it cannot be written; what stood there stays.
    """
    written = temporary_beside(path)
    make_folder(path.parent)
    handle = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
        fsync_folder(path.parent)
    finally:
        written.unlink(missing_ok=True)
    return path


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(TEMPLATE)


def _local(instant: str) -> dict[str, Any]:
    local = datetime.fromisoformat(instant).astimezone(SHANGHAI)
    return {"zh": local.strftime("%Y年%m月%d日 %H:%M"), "en": local.strftime("%Y-%m-%d %H:%M")}
