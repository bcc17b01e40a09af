"""A page in a real Chromium without a network: what it asks for, what it complains of, and keys pressed on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OFFLINE = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
"""Beside the context that is offline: no name is resolved, so that nothing could leave even if a page asked."""

DESK, PHONE = 1280, 360
OUTSIDE = "https://example.invalid/x.png"


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Give a running Chromium; skip, saying what is missing, where there is none."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make setup brings it")
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(PROGRAMS)}")
    with driver.sync_playwright() as playing:
        running = playing.chromium.launch(executable_path=program, args=list(OFFLINE))
        yield running
        running.close()


class Tab:
    """One page of a browser; requests and complaints are those since it was last sent somewhere."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def go(self, url: str) -> None:
        """Load `url` anew, though only its part after `#` differs."""
        self.page.goto("about:blank")
        self.requests.clear()
        self.complaints.clear()
        self.page.goto(url)

    def outside(self) -> list[str]:
        """Requests for anything that is neither a file beside the page nor part of the page itself."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "about:"))]

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self.page.evaluate(expression)

    def press(self, key: str, times: int = 1) -> None:
        """Press a key as a person does."""
        for _ in range(times):
            self.page.keyboard.press("Space" if key == " " else key)

    def tab_to(self, selector: str, limit: int = 60) -> None:
        """Press Tab until the focus is on `selector`."""
        for _ in range(limit):
            if self.ask(f"document.activeElement.matches({selector!r})"):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by {limit} times Tab")

    def width(self, pixels: int) -> None:
        """Set the window's width."""
        self.page.set_viewport_size({"width": pixels, "height": 900})

    def visible(self, selector: str) -> int:
        """Count the elements of `selector` that are displayed."""
        return int(self.ask(f"[...document.querySelectorAll({selector!r})].filter(e => e.checkVisibility()).length"))

    def text(self, selector: str) -> str:
        """Return the displayed text of the first element of `selector`."""
        return str(self.ask(f"document.querySelector({selector!r}).innerText"))

    def paper(self, folder: Path) -> bytes:
        """Print the page as its style sheet says and return the PDF."""
        path = folder / "page.pdf"
        self.page.pdf(path=path, prefer_css_page_size=True)
        return path.read_bytes()


def open_tab(browser: Browser, scripts: bool = True) -> Tab:
    """Open a page in a context of its own, offline, which remembers nothing of the others."""
    context = browser.new_context(
        offline=True, java_script_enabled=scripts, viewport={"width": DESK, "height": 900}, locale="zh-CN"
    )
    context.set_default_timeout(20_000)
    return Tab(context)
