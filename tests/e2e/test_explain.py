"""What `streetlake explain` says is what the night stored, and what a steward answers is what the next night obeys."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
from typer.testing import CliRunner

from orchestration.novelty import decisions_wait
from orchestration.runner import run_nightly
from pipelines.cli.app import app
from pipelines.home import Home
from pipelines.lake.store import Lake

SAMPLE = 300
KEY = ["feed", "record_key", "person_role", "person_seq"]


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


def run(home: Home, *words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--home", str(home.root), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_person_is_explained_by_the_links_that_made_it(night_by_night: Home) -> None:
    snapshot = Lake(night_by_night).current()
    assert snapshot is not None
    crosswalk = snapshot.scan("master.person_crosswalk").collect()
    sizes = crosswalk.drop_nulls("person_id").group_by("person_id").len().sort("len", "person_id")
    person_id = sizes.row(-1)[0]
    told = run(night_by_night, "explain", "person", person_id[:13])
    assert told["golden"]["person_id"] == person_id
    assert len(told["mentions"]) == sizes.row(-1)[1]
    assert all(link["is_linked"] for link in told["links"])
    assert told["events"][0]["event"] == "created"
    first, last = (told["mentions"][place]["record"] for place in (0, -1))
    pair = run(night_by_night, "explain", "pair", first, last)
    assert pair["is_same"]
    ends = {
        "/".join(str(link[f"{side}_{name}"]) for name in KEY) for link in pair["chain"] for side in ("left", "right")
    }
    assert {first, last} <= ends
    for link in pair["chain"]:
        bits = [step["bits"] for step in link["steps"]]
        assert not bits or abs(sum(bits[:-1]) - bits[-1]) < 1e-6


def test_an_answer_in_the_queue_is_obeyed_by_the_next_load(night_by_night: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(night_by_night.root, home.root)
    case = next(row for row in run(home, "review", "list", "--limit", "50") if row["reason_code"] == "grey_pair")
    assert not run(home, "review", "show", case["review_id"])["is_same"]
    answer = ["review", "answer", case["review_id"], "same", "--reason", "document_seen", "--home", str(home.root)]
    assert CliRunner().invoke(app, answer).exit_code == 0
    assert decisions_wait(home)
    assert run_nightly(home).status == "published"
    assert not decisions_wait(home)
    snapshot = Lake(home).current()
    assert snapshot is not None
    keys = pl.DataFrame({name: [case[f"left_{name}"], case[f"right_{name}"]] for name in KEY})
    found = snapshot.scan("master.person_crosswalk").collect().join(keys, on=KEY, how="semi")
    assert found["person_id"].n_unique() == 1
    assert set(found["method"]) == {"steward"}
    asked = snapshot.scan("master.match_review").collect()
    assert case["review_id"] not in asked["review_id"].to_list(), "what is answered is not asked again"
