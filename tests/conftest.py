"""One small city, made and loaded once for all end-to-end tests."""

from __future__ import annotations

import pytest
from small_district import District, home_like, load, make_district

from pipelines.home import Home

NIGHTS = {"district", "night_by_night", "at_once"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep a file's tests in one worker, and all that share the loaded nights in another: nothing is loaded twice.

    Marked here, because the groups are read as soon as all items are collected.
    """
    shared = NIGHTS & set(getattr(item, "fixturenames", ()))
    item.add_marker(pytest.mark.xdist_group("nights" if shared else str(item.path)))


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
