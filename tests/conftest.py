"""What tests share: one small city, loaded once; a Chromium; and how tests are dealt out to two processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from small_district import District, home_like, load, make_district
from tabs import running_chromium

from pipelines.home import Home

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from xdist.remote import Producer
    from xdist.scheduler import LoadFileScheduling

NIGHTS = {"night_by_night", "at_once"}
NIGHT_FILES = (
    "tests/e2e/test_nightly.py",
    "tests/e2e/test_accuracy.py",
    "tests/e2e/test_explain.py",
    "tests/e2e/test_quality_night.py",
    "tests/e2e/test_risk_night.py",
    "tests/e2e/test_indicators_truth.py",
    "tests/privacy/",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse a test that would load the nights a second time in the other process."""
    if NIGHTS & set(getattr(item, "fixturenames", ())) and not item.nodeid.startswith(NIGHT_FILES):
        raise pytest.UsageError(f"{item.nodeid} uses the loaded nights: name its file in NIGHT_FILES")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with slow tests first, so that no process is left with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Keep a file's tests in one process, and all that share the loaded nights too: nothing is built twice.

    A scheduler of our own, because the marks of xdist 3.8 that would say so do not reach the node ids of pytest 9.2.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "nights" if nodeid.startswith(NIGHT_FILES) else super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    return make_district(tmp_path_factory.mktemp("district"))


@pytest.fixture(scope="session")
def night_by_night(district: District, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The district's home after its three nights, one load a night."""
    home = Home(tmp_path_factory.mktemp("nightly") / "home").ensure()
    for night in range(len(district.report.nights)):
        district.deliver(night, home)
        assert load(home).status == "published"
    return home


@pytest.fixture(scope="session")
def at_once(district: District, night_by_night: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same three nights, loaded at once."""
    home = home_like(night_by_night, tmp_path_factory.mktemp("at_once") / "home")
    for night in range(len(district.report.nights)):
        district.deliver(night, home)
    assert load(home).status == "published"
    return home


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium. It ends with its file: while Playwright's event loop runs, no other can in this process."""
    with running_chromium() as running:
        yield running
