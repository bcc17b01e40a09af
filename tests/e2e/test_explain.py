"""What `streetlake explain address` says of a text is what the night stored for it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.home import Home
from pipelines.lake.store import Lake

SAMPLE = 300


def test_the_explanations_of_a_night_are_its_answers(night_by_night: Home, tmp_path: Path) -> None:
    snapshot = Lake(night_by_night).current()
    assert snapshot is not None
    # Where neither columns nor other departments' records had a say, the text alone decided.
    stored = (
        snapshot.scan("master.address_match")
        .filter((pl.col("feed") == "police_residents") & (pl.col("status") == "matched") & pl.col("reason").is_null())
        .select("address_text", "address_code", "matched_level", "normal_text", "steps")
        .unique("address_text", keep="first")
        .sort("address_text")
        .head(SAMPLE)
        .collect()
    )
    assert stored.height > SAMPLE / 2
    listed = tmp_path / "texts.txt"
    listed.write_text("\n".join(stored["address_text"].to_list()), encoding="utf-8")
    result = CliRunner().invoke(
        app, ["explain", "address", "--file", str(listed), "--home", str(night_by_night.root), "--json"]
    )
    assert result.exit_code == 0, result.output
    told = [(row["text"], row["code"], row["level"], row["normal"], row["steps"]) for row in json.loads(result.output)]
    assert told == stored.rows()
