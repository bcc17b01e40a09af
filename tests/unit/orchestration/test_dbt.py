"""What dbt's manifest and results mean to the lake."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration import dbt
from orchestration.dbt import NodeResult, dbt_environment, fresh_workshop, parsed_for, served_table, sources_of
from pipelines.config import EngineConfig
from pipelines.home import Home

MANIFEST = {
    "nodes": {
        "model.streetlake.kpi_monthly": {
            "resource_type": "model",
            "schema": "marts",
            "name": "kpi_monthly",
            "config": {"materialized": "parquet"},
        },
        "model.streetlake.stg_police__residents": {
            "resource_type": "model",
            "schema": "staging",
            "name": "stg_police__residents",
            "config": {"materialized": "view"},
        },
        "model.streetlake.incident": {
            "resource_type": "model",
            "schema": "facts",
            "name": "incident",
            "config": {"materialized": "parquet"},
        },
        "seed.streetlake.feeds": {
            "resource_type": "seed",
            "schema": "seeds",
            "name": "feeds",
            "config": {"materialized": "seed"},
        },
    },
    "sources": {"source.streetlake.raw.police_residents": {"schema": "raw", "name": "police_residents"}},
    "parent_map": {
        "model.streetlake.kpi_monthly": ["model.streetlake.incident"],
        "model.streetlake.stg_police__residents": ["source.streetlake.raw.police_residents"],
    },
}


def test_only_parquet_models_of_served_schemas_enter_the_lake() -> None:
    served = {unique_id: served_table(MANIFEST, unique_id) for unique_id in MANIFEST["nodes"]}
    assert [table for table in served.values() if table] == ["marts.kpi_monthly", "facts.incident"]
    assert served_table(MANIFEST, "test.streetlake.not_null_x") is None


def test_sources_are_named_as_tables() -> None:
    assert sources_of(MANIFEST, list(MANIFEST["nodes"])) == ["raw.police_residents"]
    assert sources_of(MANIFEST, ["model.streetlake.kpi_monthly"]) == []


@pytest.mark.parametrize(
    ("status", "is_bad"),
    [("success", False), ("pass", False), ("warn", False), ("skipped", False), ("fail", True), ("error", True)],
)
def test_what_stops_the_night(status: str, is_bad: bool) -> None:
    assert NodeResult("test.streetlake.x.1", status, 0, 0.1).is_bad is is_bad


def test_the_environment_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETLAKE_BUILD", "before")
    monkeypatch.delenv("STREETLAKE_WORKSHOP", raising=False)
    home = Home(tmp_path)
    with dbt_environment(home, EngineConfig(memory_limit_mb=700, threads=1)):
        assert os.environ["STREETLAKE_BUILD"] == str(home.build)
        assert (os.environ["STREETLAKE_MEMORY_LIMIT_MB"], os.environ["STREETLAKE_THREADS"]) == ("700", "1")
    assert os.environ["STREETLAKE_BUILD"] == "before"
    assert "STREETLAKE_WORKSHOP" not in os.environ


def test_the_workshop_begins_empty(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    (home.workshop / "workshop.duckdb").write_bytes(b"old")
    (home.workshop / "dbt" / "run").mkdir(parents=True)
    fresh_workshop(home, MANIFEST)
    assert not (home.workshop / "workshop.duckdb").exists()
    assert not (home.workshop / "dbt" / "run").exists()
    assert sorted(path.name for path in home.build.iterdir()) == ["facts", "marts", "staging"]


def test_the_parsed_project_reads_each_home_where_it_lies(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    for home in homes:
        sources = parsed_for(home).sources.values()
        assert len(sources) > 20
        for source in sources:
            assert str(home.build) in source.config["external_location"]
            assert str(home.build) in str(source.relation_name)


def test_a_project_that_was_parsed_for_another_place_is_parsed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading its sources as they are would load somebody else's tables."""
    parsed = dbt._read_parsed()
    assert parsed is not None
    next(iter(parsed.sources.values())).config["external_location"] = "/elsewhere/{name}.parquet"
    foreign = tmp_path / "foreign.msgpack"
    foreign.write_bytes(parsed.to_msgpack())
    monkeypatch.setattr(dbt, "PARSED", foreign)
    asked: list[str] = []
    monkeypatch.setattr(dbt, "parse_project", lambda: asked.append("parse"))
    with pytest.raises(dbt.DbtFailed, match=r"left no foreign\.msgpack"):
        parsed_for(Home(tmp_path))
    assert asked == ["parse"]
