"""The command line's own behaviour: exit codes and what it says; the rooms behind it are tested where they live."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.cli.load import check_feeds
from pipelines.errors import ConfigError

run = CliRunner()


def test_no_command_shows_the_help() -> None:
    result = run.invoke(app, [])
    assert result.exit_code == 2
    assert "load" in result.output


def test_an_unknown_feed_is_wrong_usage(tmp_path: Path) -> None:
    result = run.invoke(app, ["load", "--home", str(tmp_path), "--accept-shrunk", "police/nothing"])
    assert result.exit_code == 2
    assert not (tmp_path / "lake").exists(), "wrong usage must not touch the home"


@pytest.mark.parametrize("written", ["police/residents", "police_residents", "police/residents/"])
def test_a_feed_may_be_named_as_its_folder_or_its_table(written: str) -> None:
    assert check_feeds([written]) == {"police_residents"}


def test_status_before_the_first_load_says_what_to_do(tmp_path: Path) -> None:
    result = run.invoke(app, ["status", "--home", str(tmp_path)])
    assert result.exit_code == 0
    assert "streetlake load" in result.output


def test_status_as_json_is_json(tmp_path: Path) -> None:
    result = run.invoke(app, ["status", "--home", str(tmp_path), "--json"])
    assert json.loads(result.output)["snapshot"] is None


def test_demo_refuses_a_folder_that_no_demo_made(tmp_path: Path) -> None:
    kept = tmp_path / "somebody.txt"
    kept.write_text("theirs", encoding="utf-8")
    result = run.invoke(app, ["demo", "--home", str(tmp_path), "--residents", "300"])
    assert isinstance(result.exception, ConfigError)
    assert kept.read_text(encoding="utf-8") == "theirs"


def test_doctor_names_a_remedy_for_a_wrong_configuration(tmp_path: Path) -> None:
    (tmp_path / "streetlake.toml").write_text("[ingest]\nchunk_row = 5\n", encoding="utf-8")
    result = run.invoke(app, ["doctor", "--home", str(tmp_path), "--json"])
    assert result.exit_code == 1
    wrong = [finding for finding in json.loads(result.output) if not finding["ok"]]
    assert any("chunk_row" in finding["detail"] for finding in wrong)


def test_sql_before_the_first_publication_says_what_to_do(tmp_path: Path) -> None:
    result = run.invoke(app, ["sql", "select 1", "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "streetlake load" in str(result.exception)
