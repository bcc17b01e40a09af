"""The pages of the crafted marts, and a Chromium to look at them; without one the tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import PROGRAMS, Browser, Tab, start
from crafted_marts import crafted_facts, crafted_snapshot

from pipelines.pages.site import write_site


@pytest.fixture(scope="module")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the crafted marts."""
    snapshot = crafted_snapshot()
    folder = tmp_path_factory.mktemp("site")
    write_site(snapshot.scan, folder, crafted_facts(snapshot))
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A running Chromium."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(PROGRAMS)}")
    running = start(program, tmp_path_factory.mktemp("chromium"))
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A new page, which listens to console and network."""
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    opened = Tab(browser, browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
    for domain in ("Page", "Runtime", "Log", "Network"):
        opened.call(f"{domain}.enable")
    opened.width(1280)
    yield opened
    if browser.process.poll() is None:
        browser.call("Target.closeTarget", targetId=target)
