"""Who reads the raw tables, from the declarations the code runs by; a drifting export; and the command."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from landing_desk import csv_text
from typer.testing import CliRunner

from pipelines.cli.app import app
from pipelines.cli.contracts_git import contracts_at
from pipelines.config import IngestConfig
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.table import table_columns
from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT
from pipelines.quality.contract_drift import examine_export, feed_of_export
from pipelines.quality.contract_impact import dbt_readers, python_readers, rule_readers, table_edges
from pipelines.quality.rules import load_table_suites

CONTRACTS = load_contracts()
LIMITS = IngestConfig()
FEEDS = CHECKOUT / "expectations" / "feeds"


def node(name: str, schema: str, parents: list[str], **more: Any) -> dict[str, Any]:
    """A node of dbt's manifest, as far as it is read."""
    return {
        "resource_type": "model", "name": name, "schema": schema, "depends_on": {"nodes": parents},
        "original_file_path": f"models/{name}.sql", "raw_code": "as written", **more,
    }  # fmt: skip


SOURCE = {"resource_type": "source", "source_name": "raw", "name": "street_office_disputes"}
MATCH = {"resource_type": "source", "source_name": "master", "name": "address_match"}
MANIFEST = {
    "sources": {"s": SOURCE, "m": MATCH},
    "nodes": {
        "stg": node("stg_street_office__disputes", "staging", ["s"]),
        "dispute": node(
            "dispute", "facts", ["stg", "m"],
            compiled_code="select d.outcome, m.estate from \"workshop\".\"staging\".\"stg_street_office__disputes\" d "
            "join '/x/master/address_match.parquet' m on d.record_key = m.record_key "
            "and m.feed = 'street_office_disputes'",
        ),
        "kpi": node("kpi_monthly", "marts", ["dispute"]),
        "everybody": node("places", "marts", ["m"], compiled_code="select * from '/x/master/address_match.parquet'"),
    },
}  # fmt: skip
COLUMNS = {"master.address_match": ["record_key", "feed", "estate"]}


def test_what_a_declaration_reads_is_a_column_of_its_feed() -> None:
    """A reader that names a column which no contract has would be told of no change."""
    readers = [*python_readers(CONTRACTS, MANIFEST), *rule_readers(load_table_suites())]
    assert {reader.kind for reader in readers} == {"staging", "address", "person", "evidence", "register", "rule"}
    for reader in readers:
        known = {column.name for column in table_columns(CONTRACTS[reader.feed])}
        assert (reader.columns or frozenset()) <= known, (reader.kind, reader.name, (reader.columns or set()) - known)


def test_known_readers_of_known_columns() -> None:
    found = {(r.kind, r.name, r.feed): r for r in python_readers(CONTRACTS, MANIFEST)}
    assert found["address", "location", "police_incidents"].columns == {"address", "lon", "lat"}
    assert {"tenant_name", "tenant_phone", "starts_on"} <= (
        found["person", "tenant", "housing_leases"].columns or set()
    )
    assert "is_current" in (found["staging", "stg_police__incidents", "police_incidents"].columns or set())
    assert found["register", "address register", "police_addresses"].columns is None
    rules = [reader for reader in rule_readers(load_table_suites()) if reader.feed == "housing_leases"]
    assert any({"starts_on", "ends_on"} <= (rule.columns or set()) for rule in rules)


def test_addresses_of_a_feed_go_on_to_who_asks_for_that_feed() -> None:
    found = {(r.feed, r.name): r.makes for r in python_readers(CONTRACTS, MANIFEST) if r.kind == "address"}
    assert {"facts.dispute", "marts.places"} <= set(found["street_office_disputes", "location"])
    assert "marts.places" in found["police_incidents", "location"]
    assert "facts.dispute" not in found["police_incidents", "location"]
    assert "master.person_crosswalk" in found["police_residents", "residence"]
    assert "master.person_crosswalk" not in found["street_office_hotline", "location"], "callers are nobody"


@pytest.mark.parametrize(
    ("now", "columns", "why"),
    [
        ("as written", {"outcome", "record_key"}, "the SQL that ran is the SQL that stands there"),
        ("changed since", None, "compiled before the last change"),
    ],
)
def test_a_model_reads_what_its_sql_uses(now: str, columns: set[str] | None, why: str) -> None:
    (reader,) = dbt_readers(MANIFEST, CONTRACTS, COLUMNS, {"models/dispute.sql": now})
    assert (reader.name, reader.feed, reader.makes) == ("dispute", "street_office_disputes", ("facts.dispute",))
    assert reader.columns == columns, why


def test_edges_follow_dbt_and_the_steps_in_python() -> None:
    edges = table_edges(MANIFEST)
    assert {"marts.kpi_monthly", "marts.dispute_escalation"} <= edges["facts.dispute"]
    assert {"marts.places", "facts.dispute", "master.person_crosswalk"} <= edges["master.address"]
    assert "master.household_member" in edges["master.person"]


HEADER = "警情编号,接警时间,警情类别,案发地址,经度,处置结果,备注"
ROWS = [f"JQ{n},2026-03-01 08:00,盗窃,迎宾巷{n}号,100.1,已处置," for n in range(30)]


def found_in(path: Path, text: str, feed: str = "police_incidents") -> dict[str, tuple[str, str | None, str]]:
    path.write_bytes(text.encode("gb18030"))
    _, changes = examine_export(path, CONTRACTS[feed], LIMITS)
    return {
        change.kind + (f":{change.column}" if change.column else ""): (change.level, change.column, change.what)
        for change in changes
    }


def test_a_drifting_export_is_told_in_counts(tmp_path: Path) -> None:
    drifted = [row.replace("盗窃", "网购纠纷").replace("2026-03-01 08:00", "星期日早上") for row in ROWS[:10]]
    text = csv_text(HEADER, *drifted, *ROWS[10:], "JQ12,2026-03-02 09:00,盗窃,迎宾巷9号,100.1,已处置,", ",x", "")
    found = found_in(tmp_path / "a.csv", text)
    assert found["header_unknown:备注"][2] == "header 备注 is unknown"
    assert found["header_missing:alert_no"][0] == "attention"
    assert found["unread:reported_at"] == ("breaking", "reported_at", "10 of 31 filled cells are no timestamp")
    assert found["code_unknown:category"][0] == "breaking"
    assert found["code_unknown:category"][2].endswith("outside the code list: 网购纠纷 10")
    assert found["key_repeated:incident_no"][2] == "2 of 32 rows share their key with another"
    assert found["ragged_row"][0] == "attention"
    assert "迎宾巷" not in str(found)
    assert "星期日" not in str(found)


def test_values_of_a_column_that_is_not_public_are_never_shown(tmp_path: Path) -> None:
    rows = [f"RY{n},王云川,迎宾巷{n}号,火星人,外星," for n in range(20)]
    found = found_in(
        tmp_path / "r.csv", csv_text("人员编号,姓名,现住址,性别,居住类别,身份证号", *rows), "police_residents"
    )
    assert found["code_unknown:sex"] == ("breaking", "sex", "20 of 20 cells are outside the code list")
    assert found["header_missing:registered_on"][0] == "breaking", "it is filled as a rule"
    assert "火星人" not in str(found)
    assert "王云川" not in str(found)


def test_a_file_that_would_be_rejected_says_why(tmp_path: Path) -> None:
    found = found_in(tmp_path / "b.csv", "警情编号,报警时间,警情类别\r\nJQ1,2026-03-01,盗窃\r\n")
    assert found["missing_columns"][0] == "breaking"
    (tmp_path / "c.csv").write_bytes(b"")
    assert examine_export(tmp_path / "c.csv", CONTRACTS["police_incidents"], LIMITS)[1][0].kind == "empty"


def test_the_feed_of_a_file_is_told_by_its_headers(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(csv_text(HEADER, *ROWS), encoding="utf-8")
    assert feed_of_export(file, CONTRACTS, LIMITS) == "police_incidents"
    file.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert feed_of_export(file, CONTRACTS, LIMITS) is None


def command(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["contracts", "diff", *arguments])


def test_the_command_compares_two_files(tmp_path: Path) -> None:
    old = FEEDS / "street_office" / "disputes.yml"
    new = tmp_path / "street_office" / "disputes.yml"
    new.parent.mkdir()
    new.write_text(old.read_text(encoding="utf-8").replace("name: outcome", "name: result"), encoding="utf-8")
    home = tmp_path / "home"
    (home / "workshop" / "dbt").mkdir(parents=True)
    (home / "workshop" / "dbt" / "manifest.json").write_bytes(orjson.dumps(MANIFEST))
    same = command(str(old), str(old), "--home", str(home))
    assert (same.exit_code, same.stdout) == (0, "Nothing changed.\n")
    told = command(str(old), str(new), "--home", str(home), "--json")
    assert told.exit_code == 1
    (change,) = json.loads(told.stdout)
    assert (change["level"], change["column"], change["kind"]) == ("breaking", "outcome", "renamed")
    assert {"kind": "model", "name": "dispute", "certainty": "table"} in change["readers"]
    assert "marts.kpi_monthly" in change["apps"]
    assert {"kind": "indicator", "name": "调解成功率", "certainty": "table"} in change["readers"]
    shown = command(str(old), str(new), "--home", str(home))
    assert "is called result now" in shown.stdout
    assert "1 breaking" in shown.stdout


def test_the_command_compares_an_export(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(csv_text(HEADER, *ROWS), encoding="utf-8")
    told = command("--export", str(file), "--json", "--home", str(tmp_path))
    assert told.exit_code == 1
    levels = {(change["kind"], change["column"]): change["level"] for change in json.loads(told.stdout)}
    assert levels["header_unknown", "备注"] == levels["header_missing", "alert_no"] == "attention"
    assert "breaking" in levels.values()
    wrong = command("--export", str(file), "--feed", "police/nothing", "--home", str(tmp_path))
    assert isinstance(wrong.exception, ConfigError)


@pytest.mark.parametrize("arguments", [[], ["a.yml"], ["a.yml", "b.yml", "--against", "HEAD"], ["--feed", "a/b"]])
def test_what_is_not_asked_rightly_is_wrong_usage(arguments: list[str]) -> None:
    assert command(*arguments).exit_code == 2


def test_another_revision_by_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    place = tmp_path / "expectations" / "feeds" / "street_office"
    place.mkdir(parents=True)
    place.joinpath("disputes.yml").write_bytes((FEEDS / "street_office" / "disputes.yml").read_bytes())
    git("init")
    git("add", ".")
    git("commit", "-m", "a")
    place.joinpath("disputes.yml").unlink()
    assert contracts_at("HEAD", tmp_path) == {"street_office_disputes": CONTRACTS["street_office_disputes"]}
    for revision, message in (("nowhere", "git has no contracts at nowhere"), ("--output=x", "is no revision")):
        with pytest.raises(ConfigError, match=message):
            contracts_at(revision, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="git is not installed"):
        contracts_at("HEAD", tmp_path)
