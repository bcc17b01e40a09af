"""What is checked in is what the contracts say, and DuckDB reads it."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import polars as pl
import pytest
from ruamel.yaml import YAML

from pipelines.contracts.loader import load_contracts
from pipelines.contracts.render import SOURCES, STAGING, check_contracts, check_rendered, render_all, write_rendered
from pipelines.contracts.schema import polars_schema
from pipelines.home import CHECKOUT

CONTRACTS = load_contracts()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "expectations" / "feeds", tmp_path / "expectations" / "feeds")
    return tmp_path


def test_checked_in_files_are_what_the_contracts_say() -> None:
    assert check_contracts() == []


def test_rendering_is_the_same_twice_and_one_staging_model_a_feed(checkout: Path) -> None:
    first, again = render_all(checkout), render_all(checkout)
    assert first == again
    assert {path.name for path in first if path.suffix == ".sql"} == {
        f"stg_{contract.department}__{contract.feed}.sql" for contract in CONTRACTS.values()
    }


def test_stale_missing_and_orphaned_files_are_named_and_mended(checkout: Path) -> None:
    implied = len(CONTRACTS) + 2  # a staging model a feed, the source file and the dictionary
    assert len(check_rendered(checkout)) == implied
    assert len(write_rendered(checkout)) == implied
    assert check_rendered(checkout) == []
    assert write_rendered(checkout) == []
    (checkout / STAGING / "stg_police__residents.sql").write_text("select 1\n", encoding="utf-8")
    (checkout / STAGING / "stg_police__gone.sql").write_text("select 1\n", encoding="utf-8")
    assert check_rendered(checkout) == [
        "dbt/models/staging/stg_police__residents.sql: is not what the contracts say",
        "dbt/models/staging/stg_police__gone.sql: no contract implies it; remove it",
    ]
    write_rendered(checkout)
    assert check_contracts(checkout) == []


def test_hand_written_files_beside_the_rendered_ones_are_left_alone(checkout: Path) -> None:
    write_rendered(checkout)
    by_hand = checkout / STAGING / "staging.yml"
    by_hand.write_text("version: 2\n", encoding="utf-8")
    assert write_rendered(checkout) == []
    assert by_hand.exists()


def test_a_wrong_contract_is_reported_before_anything_is_rendered(checkout: Path) -> None:
    path = checkout / "expectations" / "feeds" / "police" / "residents.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("mode: increment", "mode: never"), encoding="utf-8")
    problems = check_contracts(checkout)
    assert len(problems) >= 1
    assert all(problem.startswith("police/residents.yml:") for problem in problems)


@cache
def raw_source() -> dict[str, Any]:
    sources = YAML(typ="safe", pure=True).load((CHECKOUT / SOURCES).read_text(encoding="utf-8"))["sources"]
    assert [source["name"] for source in sources] == ["raw"]
    return dict(sources[0])


def source_sql(build: Path, table: str) -> str:
    """Return what dbt-duckdb puts for `source('raw', table)`: Jinja first, then `{name}`."""
    location = jinja2.Template(raw_source()["config"]["external_location"]).render(env_var=lambda _: str(build))
    return location.format_map({"name": table})


@pytest.mark.parametrize("parts", [None, 3], ids=["one file", "a folder of parts"])
@pytest.mark.parametrize("folder", ["build", "it's a=b folder"])
def test_staging_models_read_one_file_and_a_folder_of_parts(tmp_path: Path, parts: int | None, folder: str) -> None:
    build = tmp_path / folder
    (build / "raw").mkdir(parents=True)
    for contract in CONTRACTS.values():
        schema = polars_schema(contract)
        frame = pl.DataFrame({name: [None, None] for name in schema}, schema=schema)
        frame = frame.with_columns(record_key=pl.Series(["a", "b"]), is_current=pl.Series([True, False]))
        target = build / "raw" / f"{contract.name}.parquet"
        if parts is None:
            frame.write_parquet(target)
            continue
        target.mkdir()
        for number in range(parts):
            frame.write_parquet(target / f"part-{number:05d}.parquet")
    with duckdb.connect() as connection:
        for contract in CONTRACTS.values():
            model = CHECKOUT / STAGING / f"stg_{contract.department}__{contract.feed}.sql"
            sql = jinja2.Template(model.read_text(encoding="utf-8")).render(
                source=lambda schema, table: source_sql(build, table)
            )
            rows = connection.sql(sql)
            assert rows.columns == list(polars_schema(contract))
            assert [key for (key,) in rows.project("record_key").fetchall()] == ["a"] * (parts or 1)


def test_source_columns_carry_class_and_both_tongues() -> None:
    source = raw_source()
    assert {table["name"] for table in source["tables"]} == set(CONTRACTS)
    for table in source["tables"]:
        contract = CONTRACTS[table["name"]]
        assert [column["name"] for column in table["columns"]] == list(polars_schema(contract))
        for column in table["columns"]:
            assert column["config"]["meta"]["data_class"] in ("direct", "quasi", "sensitive", "public")
            assert re.search(r"[A-Za-z]", column["description"])
            assert re.search(r"[\u4e00-\u9fff]", column["description"])


def test_record_key_is_as_strict_as_what_it_is_made_of() -> None:
    source = raw_source()
    classes = {
        table["name"]: next(c for c in table["columns"] if c["name"] == "record_key")["config"]["meta"]["data_class"]
        for table in source["tables"]
    }
    assert classes["police_residents"] == classes["property_occupants"] == "direct"
    assert classes["sensors_events"] == "public"
