"""`streetlake identity` on a small lake: what it tells, what it orders, and that a preview changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from small_raw_city import Records, matches_of, raw_of, small_records
from typer.testing import CliRunner, Result

from orchestration.novelty import decisions_wait
from pipelines.cli.app import app
from pipelines.errors import ConfigError, LakeError
from pipelines.governance.audit import read_audit
from pipelines.governance.tokens import purpose_key, tokenise
from pipelines.home import Home
from pipelines.identity.night.adoption import adopt_model, model_in_force
from pipelines.identity.night.memory import NUMBER_KEY_PURPOSE, read_previous
from pipelines.identity.night.resolve import resolve_identities
from pipelines.identity.outputs import DECISION_SCHEMA, PreviousIdentity
from pipelines.identity.scoring.model import Model
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake, Snapshot

FIRST = date(2026, 3, 1)


def plain() -> Records:
    return {key: ways[0] for key, ways in small_records().items()}


def snapshot_of(home: Home) -> Snapshot:
    snapshot = Lake(home).current()
    assert snapshot is not None
    return snapshot


def load(home: Home, records: Records, day: int) -> None:
    """A night of identity alone, by the functions that a load calls."""
    key = purpose_key(home, NUMBER_KEY_PURPOSE)
    with RunLock(home):
        tx = Lake(home).begin(f"run-{day}")
        base = tx.base
        previous = PreviousIdentity.empty() if base is None else read_previous(base.has, base.scan)
        model, adoption = model_in_force(home, previous.version)
        raw, matches = raw_of(records, FIRST + timedelta(days=day)), matches_of(records)
        tables = resolve_identities(
            raw, matches, previous, model, pl.DataFrame(schema=DECISION_SCHEMA), lambda ids: tokenise(ids, key),
            run_id=tx.run_id, now=datetime(2026, 3, 1 + day, tzinfo=UTC), adoption=adoption,
        )  # fmt: skip
        for name, frame in raw.items():
            tx.replace(f"raw.{name}", frame)
        tx.replace("master.address_match", matches)
        for table, made in tables.by_table().items():
            tx.replace(table, made)
        tx.commit()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home").ensure()
    load(place, plain(), 0)
    return place


def run(home: Home, *words: str) -> Result:
    return CliRunner().invoke(app, ["identity", *words, "--home", str(home.root)])


def told(home: Home, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(run(home, *words, "--json").stdout)
    return answer


def other_model(folder: Path) -> Path:
    """A model to which an equal name is worth next to nothing."""
    content = Model.load().model_dump()
    for part in content["comparisons"]:
        for level in part["levels"]:
            if level["m"] is not None and level["label"] not in ("else",):
                level["m"] = level["u"]
    path = folder / "other.json"
    Model.model_validate(content).save(path)
    return path


def test_nothing_would_change_where_nothing_changed(home: Home) -> None:
    before = snapshot_of(home).id
    assert "Nothing would change" in run(home, "preview").output
    assert snapshot_of(home).id == before


def test_a_preview_tells_what_the_night_will_do_and_adopting_does_it(home: Home, tmp_path: Path) -> None:
    model = other_model(tmp_path)
    before = snapshot_of(home)
    out = tmp_path / "changes.csv"
    preview = told(home, "preview", "--model", str(model), "--out", str(out))
    assert snapshot_of(home).id == before.id
    assert not decisions_wait(home), "a preview orders nothing"
    assert preview["persons"], "a model that believes no name parts somebody"
    assert {row["reason"] for row in preview["persons"] if row["reason"] != "split"} == {"new_model"}
    listed = pl.read_csv(out)
    assert set(listed["change"]) <= {"created", "merged_into", "split_from", "retired", "moved"}
    assert {"name", "id_number", "phone", "record_key"}.isdisjoint(listed.columns)

    answer = run(home, "adopt", "--model", str(model), "--note", "trained on the whole district", "--actor", "op")
    assert "in force" in answer.output
    assert decisions_wait(home)
    assert [row["action"] for row in read_audit(home)][-1] == "adopt_model"
    assert told(home, "model")["waits_for_the_next_load"] is True
    load(home, plain(), 1)
    assert not decisions_wait(home)
    done = {(row["event"], row["reason"]): 0 for row in told(home, "changes")["changes"]}
    for row in told(home, "changes")["changes"]:
        done[row["event"], row["reason"]] += row["ids"]
    foretold = {(row["change"], row["reason"]): 0 for row in preview["persons"] if row["change"] != "moved"}
    for row in preview["persons"]:
        if row["change"] != "moved":
            foretold[row["change"], row["reason"]] += row["changes"]
    assert done == foretold


def test_the_model_of_the_last_night_stays_until_another_is_adopted(home: Home, tmp_path: Path) -> None:
    digest = Model.load().digest
    with RunLock(home):
        adopt_model(home, Model.load(other_model(tmp_path)), "to try", "op", datetime(2026, 3, 2, tzinfo=UTC))
    load(home, plain(), 1)
    shown = told(home, "model")
    assert [row["version"] for row in shown["versions"]] == [1, 2]
    assert shown["shipped"] == f"{digest[:12]}: not adopted"
    (home.root / "decisions" / "identity_model.jsonl").unlink()
    versions = snapshot_of(home).scan("internal.identity_version").collect()
    model, order = model_in_force(home, versions)
    assert model.digest == Model.load(tmp_path / "other.json").digest
    assert order is not None
    assert (order.adopted_by, order.note) == ("op", "to try")


def test_an_adopted_model_that_was_altered_or_lost_is_refused(home: Home, tmp_path: Path) -> None:
    model = Model.load(other_model(tmp_path))
    with RunLock(home):
        adopt_model(home, model, "to try", "op", datetime(2026, 3, 2, tzinfo=UTC))
    path = home.root / "decisions" / "models" / f"{model.digest}.json"
    Model.load().save(path)
    with pytest.raises(ConfigError, match="altered"):
        model_in_force(home, pl.DataFrame())
    path.unlink()
    with pytest.raises(ConfigError, match="gone"):
        model_in_force(home, pl.DataFrame())


def test_a_model_is_adopted_for_a_reason(home: Home, tmp_path: Path) -> None:
    with RunLock(home), pytest.raises(ConfigError, match="reason"):
        adopt_model(home, Model.load(), " ", "op", datetime(2026, 3, 2, tzinfo=UTC))
    assert run(home, "adopt", "--note", "x").exit_code == 2


def test_the_crosswalk_of_any_day(home: Home, tmp_path: Path) -> None:
    without = {key: row for key, row in plain().items() if key != ("police_residents", "P035")}
    load(home, without, 1)
    early, late = told(home, "as-of", "2026-03-01"), told(home, "as-of", "2026-03-02")
    assert early["mentions"] == late["mentions"] + 1
    assert told(home, "as-of", "2026-02-27")["mentions"] == 0
    (gone,) = [row for row in told(home, "changes", "--list")["list"] if row["event"] == "retired"]
    assert (gone["reason"], gone["cause_feed"]) == ("vanished_row", "police_residents")
    story = told(home, "as-of", "2026-03-02", "--person", gone["person_id"])
    assert (story["state"], [row["event"] for row in story["events"]]) == ("retired", ["created", "retired"])
    assert told(home, "as-of", "2026-03-01", "--person", gone["person_id"])["state"] == "current"
    out = tmp_path / "then.parquet"
    run(home, "as-of", "2026-03-01", "--out", str(out))
    assert pl.read_parquet(out).height == early["mentions"]
    logged = [entry["subject"] for entry in read_audit(home) if entry["action"] == "as_of"]
    assert logged == [f"person {gone['person_id']}"] * 2 + ["crosswalk"], "counts alone are not logged, records are"


def test_changes_by_run_and_since_a_day(home: Home) -> None:
    load(home, {key: row for key, row in plain().items() if key[1] != "P035"}, 1)
    assert {row["run_id"] for row in told(home, "changes", "--run", "run-0")["changes"]} == {"run-0"}
    assert {row["run_id"] for row in told(home, "changes", "--since", "2026-03-02")["changes"]} == {"run-1"}
    assert {row["run_id"] for row in told(home, "changes", "--since", "2026-03-01")["changes"]} == {"run-0", "run-1"}
    assert "changed no id" in run(home, "changes", "--run", "nothing").output
    assert run(home, "changes", "--since", "yesterday").exit_code == 2


def test_a_home_without_a_snapshot_is_told_so(tmp_path: Path) -> None:
    for words in (("changes",), ("as-of", "2026-03-01"), ("preview",)):
        answer = run(Home(tmp_path / "empty"), *words)
        assert isinstance(answer.exception, LakeError), words


def test_a_model_for_other_comparisons_is_refused_and_the_way_out_is_told(home: Home) -> None:
    versions = snapshot_of(home).scan("internal.identity_version").collect()
    renamed = versions.with_columns(pl.col("model").str.replace('"label":"equal"', '"label":"alike"', literal=True))
    with pytest.raises(ConfigError, match="adopt --shipped"):
        model_in_force(home, renamed)
    assert "in force" in run(home, "adopt", "--shipped", "--note", "the comparisons changed").stdout
    model, order = model_in_force(home, renamed)
    assert model.digest == Model.load().digest
    assert order is not None
