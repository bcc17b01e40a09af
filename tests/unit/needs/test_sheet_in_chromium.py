"""The sheet in a real Chromium: it shows its rows until it expires, then none, and asks nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from needs_world import TODAY
from sheet_world import street
from tabs import Tab, open_tab

from pipelines.needs.night import TABLE, attention_households
from pipelines.needs.sheet.contents import sheet_of
from pipelines.needs.sheet.copies import LIFE, Copy
from pipelines.needs.sheet.finding import buildings_of, find_building
from pipelines.needs.sheet.render import render_sheet

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Tab]:
    opened = open_tab(browser)
    yield opened
    opened.page.context.close()


def page(printed: datetime, folder: Path) -> str:
    scan = street().scan
    listed = attention_households(scan, TODAY).lazy()
    building = find_building(buildings_of(scan), "B1")
    sheet = sheet_of(lambda table: listed if table == TABLE else scan(table), building)
    told = {"building_code": "B1", "building": "柳园1号楼", "actor": "值班员", "purpose": "演练"}
    copy = Copy(
        7, **told, households=3, persons=4, printed_at=printed.isoformat(), expires_at=(printed + LIFE).isoformat()
    )
    file = folder / "sheet.html"
    file.write_text(render_sheet(sheet, copy, str(TODAY)), encoding="utf-8")
    return file.as_uri()


def test_a_valid_copy_shows_its_rows_and_asks_nothing(tab: Tab, tmp_path: Path) -> None:
    tab.go(page(datetime.now(UTC), tmp_path))
    assert tab.ask("document.body.innerText").count("孙三") == 1
    assert tab.ask("getComputedStyle(document.getElementById('void')).display") == "none"
    assert tab.outside() == []
    assert tab.complaints == []


def test_an_expired_copy_says_so_and_has_no_rows_left(tab: Tab, tmp_path: Path) -> None:
    tab.go(page(datetime.now(UTC) - LIFE - timedelta(minutes=1), tmp_path))
    assert "失效，请勿使用" in tab.ask("document.body.innerText")
    assert tab.ask("document.querySelectorAll('tbody, .name, .phone').length") == 0
    assert "孙三" not in tab.ask("document.body.innerHTML")


def test_a_copy_expires_while_it_is_open(tab: Tab, tmp_path: Path) -> None:
    tab.go(page(datetime.now(UTC), tmp_path))
    tab.ask("(() => { const now = Date.now; Date.now = () => now() + 73 * 3600 * 1000; })()")
    tab.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert "孙三" not in tab.ask("document.body.innerHTML")


def test_every_sheet_of_paper_carries_the_header(tab: Tab, tmp_path: Path) -> None:
    where = Path(page(datetime.now(UTC), tmp_path).removeprefix("file://"))
    html = where.read_text(encoding="utf-8")
    row = re.search(r'<tr class="carry">.*?</tr>', html, re.DOTALL)
    assert row is not None
    where.write_text(html.replace(row.group(), row.group() * 30), encoding="utf-8")
    tab.go(where.as_uri())
    printed = tab.page.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert sheets >= 3
    tab.page.emulate_media(media="print")
    assert tab.ask("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
