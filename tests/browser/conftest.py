"""The site of the crafted marts, and pages of a Chromium to look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from crafted_kpi import indicator_tables
from crafted_marts import CraftedSnapshot, crafted_facts, crafted_snapshot
from crafted_risk import risk_tables
from tabs import OUTSIDE, Tab, open_tab

from pipelines.pages.site import write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')


def site_tables() -> CraftedSnapshot:
    """Marts of every page."""
    tables = {**risk_tables(), **crafted_snapshot().tables, **indicator_tables(streets=2, communities=4, months=8)}
    return CraftedSnapshot(tables)


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the crafted marts."""
    snapshot = site_tables()
    folder = tmp_path_factory.mktemp("site")
    assert write_site(snapshot.scan, folder, crafted_facts(snapshot)).failures == ()
    return folder


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A new page, which listens to console and network."""
    opened = open_tab(browser)
    yield opened
    opened.page.context.close()


@pytest.fixture
def still_tab(browser: Browser) -> Iterator[Tab]:
    """A new page in a browser that runs no scripts."""
    opened = open_tab(browser, scripts=False)
    yield opened
    opened.page.context.close()


@pytest.fixture
def leaking(site_folder: Path, tmp_path: Path) -> str:
    """The overview with a picture from elsewhere, and without the policy that forbids it."""
    free = POLICY.sub("", (site_folder / "index.html").read_text(encoding="utf-8"))
    path = tmp_path / "leaking.html"
    path.write_text(free.replace("</main>", f'<img src="{OUTSIDE}"></main>'), encoding="utf-8")
    return path.as_uri()
