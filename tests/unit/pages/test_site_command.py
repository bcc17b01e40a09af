"""`streetlake site` on a lake of its own."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import polars as pl
import pytest
import typer
from crafted_kpi import indicator_tables
from crafted_marts import crafted_snapshot
from typer.testing import CliRunner

from pipelines.cli.site import draw_site, site
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake
from pipelines.pages.registry import PAGES


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose snapshot has the crafted marts."""
    place = Home(tmp_path_factory.mktemp("site") / "home").ensure()
    with RunLock(place):
        transaction = Lake(place).begin("crafted")
        for table, frame in {**crafted_snapshot().tables, **indicator_tables(1, 2, 3)}.items():
            transaction.replace(table, frame)
        assert transaction.commit(inputs={}, checks={}) is not None
    return place


def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(site)
    return app


def test_pages_of_the_current_snapshot_lie_under_published_site(home: Home) -> None:
    written = draw_site(home)
    assert list(written.pages[: len(PAGES)]) == [home.published / "site" / page.file for page in PAGES]
    assert written.failures == ()
    page = written.pages[0].read_text(encoding="utf-8")
    assert "Snapshot 000001." in page
    assert "This snapshot has no" not in page
    assert "See to these first" in page


def test_the_command_prints_where_they_are(home: Home, tmp_path: Path) -> None:
    answer = CliRunner().invoke(command(), ["--home", str(home.root), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    told = answer.output.split()
    assert told[: len(PAGES)] == [str(tmp_path / "out" / page.file) for page in PAGES]
    assert sorted(told) == sorted(str(path) for path in (tmp_path / "out").iterdir())
    assert not (tmp_path / "out" / "scorecard.html").stat().st_mode & 0o077


def test_it_opens_the_first_page_when_asked(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    answer = CliRunner().invoke(command(), ["--home", str(home.root), "--out", str(tmp_path), "--open"])
    assert answer.exit_code == 0, answer.output
    assert opened == [(tmp_path / "index.html").as_uri()]


def test_a_page_that_cannot_be_drawn_is_told_and_fails_the_command(tmp_path: Path) -> None:
    place = Home(tmp_path / "home").ensure()
    with RunLock(place):
        transaction = Lake(place).begin("crafted")
        for table, frame in crafted_snapshot().tables.items():
            damaged = table == "marts.quality_check"
            transaction.replace(table, frame.with_columns(week=pl.lit("next week")) if damaged else frame)
        assert transaction.commit(inputs={}, checks={}) is not None
    answer = CliRunner().invoke(command(), ["--home", str(place.root), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 1
    assert "page scorecard was not drawn: ValueError at scorecard/" in answer.output
    assert (tmp_path / "out" / "index.html").exists()
