"""The event log that keeps its connections: Dagster's own class reads what it wrote, and threads may share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.event_log import SteadyEventLog
from orchestration.instance import open_instance
from pipelines.home import Home

CHECKS = [dg.AssetCheckSpec(f"check_{number}", asset="thing") for number in range(5)]


@dg.asset
def thing() -> None:
    """Nothing to make."""


@dg.multi_asset_check(specs=CHECKS)
def checks() -> object:
    for spec in CHECKS:
        yield dg.AssetCheckResult(asset_key="thing", check_name=spec.name, passed=spec.name != "check_3")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    home = Home(tmp_path_factory.mktemp("log") / "家 home").ensure()
    definitions = dg.Definitions(
        assets=[thing],
        asset_checks=[checks],
        jobs=[dg.define_asset_job("all", selection=dg.AssetSelection.all())],
        executor=dg.in_process_executor,
    )
    with open_instance(home) as instance:
        assert isinstance(instance.event_log_storage, SteadyEventLog)
        run = definitions.resolve_job_def("all").execute_in_process(instance=instance)
    return home, run.run_id


def test_dagsters_own_class_reads_what_was_written(finished: tuple[Home, str]) -> None:
    home, run_id = finished
    plain = SqliteEventLogStorage(str(home.dagster / "history" / "runs"))
    evaluated = [entry for entry in plain.get_logs_for_run(run_id) if entry.dagster_event_type is not None]
    assert len([e for e in evaluated if e.dagster_event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION]) == 5
    latest = plain.get_latest_asset_check_execution_by_key([spec.key for spec in CHECKS])
    verdicts = {key.name: record.status.value for key, record in latest.items()}
    assert verdicts == {spec.name: "FAILED" if spec.name == "check_3" else "SUCCEEDED" for spec in CHECKS}


def test_threads_share_one_connection_a_database(finished: tuple[Home, str]) -> None:
    home, run_id = finished
    steady = SteadyEventLog(str(home.dagster / "history" / "runs"))
    with ThreadPoolExecutor(4) as pool:
        counts = set(pool.map(lambda _: len(steady.get_logs_for_run(run_id)), range(12)))
    assert len(counts) == 1
    assert counts.pop() > 10
    steady.dispose()
    assert len(steady.get_logs_for_run(run_id)) > 10
    steady.dispose()


def test_what_a_run_plans_is_written_whole(finished: tuple[Home, str]) -> None:
    home, run_id = finished
    plain = SqliteEventLogStorage(str(home.dagster / "history" / "runs"))
    planned = [dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED, dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED]
    kinds = [entry.dagster_event_type for entry in plain.get_logs_for_run(run_id)]
    assert [kinds.count(kind) for kind in planned] == [len(CHECKS), 1]


def test_a_batch_that_fails_leaves_nothing(finished: tuple[Home, str], monkeypatch: pytest.MonkeyPatch) -> None:
    home, run_id = finished
    steady = SteadyEventLog(str(home.dagster / "history" / "runs"))
    entries = [entry for entry in steady.get_logs_for_run(run_id) if entry.dagster_event_type is not None]
    before = len(steady.get_logs_for_run(run_id))
    store, stored = SteadyEventLog.store_event, list[object]()

    def failing(self: SteadyEventLog, event: object) -> None:
        if len(stored) == 2:
            raise OSError("disk full")
        stored.append(event)
        store(self, event)  # type: ignore[arg-type]

    monkeypatch.setattr(SteadyEventLog, "store_event", failing)
    with pytest.raises(OSError, match="disk full"):
        steady.store_event_batch(entries[:4])
    assert len(steady.get_logs_for_run(run_id)) == before
    monkeypatch.undo()
    steady.store_event_batch(entries[:4])
    assert len(steady.get_logs_for_run(run_id)) == before + 4
    steady.dispose()
