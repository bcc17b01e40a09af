"""What the Python steps of risk and needs really ask for, column by column; and the test can fail."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
import pytest
from dbt_district import DELIVERED
from lineage_facts import contracts
from spying import district_frames, spied

from orchestration.assets.needs import NEEDS_STEP
from orchestration.assets.risk import STEPS
from orchestration.python_marts import Step, Tonight
from pipelines.config import Config
from pipelines.governance.refusals import (
    load_rules,
    person_column,
    refuse_columns,
    refuse_points,
    refuse_risk,
    refuse_scores,
)
from pipelines.home import Home

RULES = load_rules()
IS_PERSON = person_column(contracts(), RULES)


@dataclass
class Spied:
    """What a night's steps asked for, by mart, and the tables they made."""

    asked: dict[str, frozenset[str]] = field(default_factory=dict)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)


def run_step(step: Step, night: Spied, home: Home) -> None:
    asked: set[str] = set()
    given = Tonight(spied(night.frames, asked), lambda _: None, DELIVERED, Config(), home)
    made = dict(zip((mart.table for mart in step.marts), step.make(given), strict=True))
    night.asked |= dict.fromkeys(made, frozenset(asked))
    night.frames |= made


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Spied:
    home = Home(tmp_path_factory.mktemp("home"))
    spied_night = Spied(frames=district_frames())
    for step in (*STEPS, NEEDS_STEP):
        run_step(step, spied_night, home)
    return spied_night


def test_every_mart_of_risk_was_made_and_asked_for_something(night: Spied) -> None:
    assert set(RULES.risk_marts) <= set(night.asked)
    assert all(night.asked[mart] for mart in RULES.risk_marts)
    assert "facts.incident.category" in night.asked["marts.risk_place_forecast"]


def test_no_step_of_risk_asks_for_a_persons_column(night: Spied) -> None:
    assert refuse_risk({}, night.asked, IS_PERSON, RULES) == []
    made = {mart: night.frames[mart].columns for mart in RULES.risk_marts}
    assert refuse_columns(made, IS_PERSON, RULES) == []


def test_no_step_asks_for_points(night: Spied) -> None:
    assert refuse_points({}, night.asked, RULES) == []


def test_the_made_list_of_needs_has_no_score(night: Spied) -> None:
    made = night.frames[RULES.needs_mart]
    assert refuse_scores({name: dtype.is_float() for name, dtype in made.schema.items()}, RULES) == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("master.person", "birth_date"),
        ("master.dwelling", "owner_person_ids"),
        ("raw.police_residents", "id_number"),
        ("master.person_crosswalk", "record_key"),
    ],
)
def test_a_step_that_asks_for_a_person_is_refused(night: Spied, table: str, column: str) -> None:
    asked: set[str] = set()
    scan = spied(night.frames, asked)
    incidents = scan("facts.incident").select("record_key", "category")
    beside = scan(table).filter(pl.col(column).is_not_null()).select(pl.len().alias("known"))
    incidents.join(beside, how="cross").select("known").collect()
    found = refuse_risk({}, {"marts.risk_building": frozenset(asked)}, IS_PERSON, RULES)
    assert ("marts.risk_building", f"{table}.{column}") in [refusal.path for refusal in found]
    assert {refusal.path[1].rpartition(".")[0] for refusal in found} == {table}


def test_a_mart_that_counts_rows_may_ask_for_keys_and_places_alone() -> None:
    counted = {"marts.stale_area": frozenset({"raw.police_residents.record_key", "facts.participation.community"})}
    assert refuse_risk({}, counted, IS_PERSON, RULES) == []
    for column in ("raw.police_residents.name", "facts.participation.person_id", "master.person.record_key"):
        found = refuse_risk({}, {"marts.stale_area": frozenset({column})}, IS_PERSON, RULES)
        assert [refusal.path for refusal in found] == [("marts.stale_area", column)]
    elsewhere = {"marts.risk_building": frozenset({"raw.police_residents.record_key"})}
    assert refuse_risk({}, elsewhere, IS_PERSON, RULES)


def test_a_table_taken_whole_is_asked_for_with_all_its_columns(night: Spied) -> None:
    asked: set[str] = set()
    spied(night.frames, asked)("facts.resident").collect()
    assert asked == {f"facts.resident.{name}" for name in night.frames["facts.resident"].columns}
