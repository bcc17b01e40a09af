"""The asset graph: everything described and owned, one end, and cheap to load."""

from __future__ import annotations

import re
import subprocess
import sys

import dagster as dg
import pytest

from orchestration.assets.frozen import FROZEN_STEP
from orchestration.assets.needs import NEEDS_STEP
from orchestration.assets.risk import STEPS
from orchestration.checks import as_asset_check
from orchestration.reporting import asset_key
from pipelines.contracts.loader import load_contracts
from pipelines.lake.published import SNAPSHOT_TABLE
from pipelines.lake.snapshot import SERVED_SCHEMAS
from pipelines.quality.evaluation import checked_tables
from pipelines.quality.results import CheckResult

SERVED = {
    "master": {
        "address",
        "address_alias",
        "address_history",
        "address_match",
        "address_match_history",
        "register_finding",
        "dwelling",
        "enterprise",
        "household",
        "household_history",
        "household_member",
        "match_review",
        "person",
        "person_crosswalk",
        "person_history",
        "person_link",
        "steward_decision",
    },
    "facts": {
        "as_of",
        "building",
        "community",
        "device",
        "dispute",
        "estate",
        "incident",
        "participation",
        "readiness",
        "registration",
        "residence_spell",
        "resident",
        "sensor_alarm",
        "survey",
        "workorder",
    },
    "marts": {
        "kpi_monthly",
        "kpi_frozen",
        "risk_cell",
        "risk_place_forecast",
        "risk_input",
        "backtest",
        "risk_building",
        "dispute_escalation",
        "risk_evaluation",
        "estate_pressure",
        "stale_area",
        "model_register",
        "attention_household",
        "data_quality",
        "quality_check",
        "quality_metric",
        "register_overlap",
        "return_list",
        "return_summary",
        "snapshot",
        "update_lag",
    },
    "ops": {"audit", "delivery", "feed_profile", "run"},
}


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    from orchestration.definitions import defs

    return defs


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> dg.AssetGraph:
    return definitions.resolve_asset_graph()


def test_every_feed_and_every_served_table_is_an_asset(graph: dg.AssetGraph) -> None:
    keys = graph.materializable_asset_keys
    assert {asset_key(f"raw.{name}") for name in load_contracts()} | {asset_key("raw.quarantine")} <= keys
    for schema, tables in SERVED.items():
        assert {asset_key(f"{schema}.{table}") for table in tables} <= keys


def test_every_asset_says_what_it_is_and_whose(graph: dg.AssetGraph) -> None:
    silent = [
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if not (node := graph.get(key)).description or not node.owners or not node.kinds or node.group_name == "default"
    ]
    assert silent == []


def test_descriptions_are_in_both_languages(graph: dg.AssetGraph) -> None:
    ours = [key for key in graph.materializable_asset_keys if key.path[0] in ("raw", "ops", "facts", "marts")]
    only_english = [key for key in ours if not any("一" <= sign <= "鿿" for sign in str(graph.get(key).description))]
    assert only_english == []


def test_publication_comes_after_everything_that_is_served(graph: dg.AssetGraph) -> None:
    end = asset_key(SNAPSHOT_TABLE)
    before = graph.get_ancestor_asset_keys(end)
    assert {key for key in graph.materializable_asset_keys if key.path[0] in SERVED_SCHEMAS} - {end} <= before
    assert not graph.get(end).child_keys


def test_every_source_of_a_step_is_made_in_the_night(graph: dg.AssetGraph) -> None:
    """A misspelt source would stand beside the graph, and the step before what it reads."""
    for step in (*STEPS, NEEDS_STEP, FROZEN_STEP):
        assert {asset_key(table) for table in step.sources} <= graph.materializable_asset_keys, step.name


def test_identity_waits_for_every_feed(graph: dg.AssetGraph) -> None:
    raw = {asset_key(f"raw.{name}") for name in load_contracts()}
    for table in ("person", "person_crosswalk", "household", "household_history", "match_review"):
        assert raw <= graph.get_ancestor_asset_keys(asset_key(f"master.{table}"))


def test_every_feed_is_checked_and_its_critical_checks_stop_what_follows(graph: dg.AssetGraph) -> None:
    for name in load_contracts():
        specs = [graph.get_check_spec(check) for check in graph.get_check_keys_for_assets({asset_key(f"raw.{name}")})]
        blocking = {spec.name for spec in specs if spec.blocking}
        assert blocking == {spec.name for spec in specs if spec.metadata["severity"] == "critical"} != set(), name


def test_every_checked_table_is_waited_for(graph: dg.AssetGraph) -> None:
    """A table without a critical rule is published after its checks all the same."""
    for table in checked_tables():
        checks = graph.get_check_keys_for_assets({asset_key(table)})
        assert any(graph.get_check_spec(check).blocking for check in checks), table


def test_every_check_reads_as_a_sentence_in_both_languages(graph: dg.AssetGraph) -> None:
    checks = graph.asset_check_keys
    assert len(checks) > 400
    for check in checks:
        spec = graph.get_check_spec(check)
        assert re.fullmatch(r"[A-Za-z0-9_]{3,100}", check.name), check
        assert re.search(r"[a-z].*[一-鿿]", str(spec.description), re.DOTALL), check
        assert spec.metadata["severity"] in ("critical", "warning", "info"), check
        assert spec.metadata["owner"], check


def test_an_info_or_a_warning_never_stops_the_night(graph: dg.AssetGraph) -> None:
    for severity, expected in (("critical", "ERROR"), ("warning", "WARN"), ("info", "WARN")):
        result = CheckResult("raw.x", "c", None, severity, False, 10, 3, 0, "validity", "取值", "Values")  # type: ignore[arg-type]
        told = as_asset_check(asset_key("raw.x"), "c", result)
        assert (told.severity.value, told.passed) == (expected, False)
        assert told.metadata["rows_found"].value == 3
    for check in graph.asset_check_keys:
        spec = graph.get_check_spec(check)
        if spec.metadata.get("dagster_dbt/unique_id"):
            assert spec.blocking == (spec.metadata["severity"] == "critical"), check


def test_the_books_of_quality_stand_before_the_marts_that_read_them(graph: dg.AssetGraph) -> None:
    above = graph.get_ancestor_asset_keys(asset_key("marts.data_quality"))
    for table in ("ops.feed_profile", "internal.check_history", "internal.quality_past", "marts.return_list"):
        assert asset_key(table) in above, table
    assert asset_key("ops.feed_profile") in graph.get_ancestor_asset_keys(asset_key("internal.check_history"))
    assert {asset_key("master.person"), asset_key("master.address_match")} <= graph.get_ancestor_asset_keys(
        asset_key("marts.return_list")
    )


def test_drift_is_a_check_of_the_profile(graph: dg.AssetGraph) -> None:
    checks = graph.get_check_keys_for_assets({asset_key("ops.feed_profile")})
    assert len(checks) >= 5


def test_no_step_goes_round(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("nightly")
    names = {node.name for node in job.graph.nodes}
    assert {"staging_models", "served_models", "addresses", "identity", "deliveries", "publication"} <= names


def test_feeds_are_fresh_by_their_cadence(graph: dg.AssetGraph) -> None:
    policy = graph.get(asset_key("raw.police_residents")).freshness_policy
    assert isinstance(policy, dg.FreshnessPolicy)
    window = policy.warn_window.to_timedelta()  # type: ignore[attr-defined]
    assert window.total_seconds() == load_contracts()["police_residents"].cadence_hours * 3600


def test_the_night_is_at_two_in_shanghai(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("every_night")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")
    assert definitions.resolve_sensor_def("landing_files").default_status == dg.DefaultSensorStatus.STOPPED


def test_loading_the_definitions_imports_no_heavy_room() -> None:
    code = (
        "import sys; import orchestration.definitions; "
        "print([m for m in ('great_expectations', 'splink', 'sklearn', 'opencc') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_looking_for_news_imports_no_dagster() -> None:
    code = "import sys; import orchestration.runner; print('dagster' in sys.modules, 'dbt' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False False"
