"""One transaction a run: shared by its steps, kept for a repetition from the failure, invisible until closed."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from orchestration.resources import KEY, Night
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.runs import run_frame
from pipelines.lake.store import Lake

TABLE = "marts.kpi_monthly"


@dg.asset(key=["marts", "kpi_monthly"])
def first(context: dg.AssetExecutionContext, night: Night) -> None:
    assert RunLock(night.place).held_here()
    night.transaction(context).replace(TABLE, pl.DataFrame({"value": [1]}))


@dg.asset(deps=[first])
def second(context: dg.AssetExecutionContext, night: Night) -> None:
    tx = night.transaction(context)
    if os.environ.get("BREAK_SECOND"):
        raise dg.Failure("broken on purpose")
    assert tx.scan(TABLE).collect()["value"].to_list() == [1]
    tx.commit()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).ensure()


def config(home: Home) -> dict[str, object]:
    return {"resources": {KEY: {"config": {"home": str(home.root)}}}}


def job() -> dg.JobDefinition:
    return dg.Definitions(
        assets=[first, second],
        resources={KEY: Night()},
        jobs=[dg.define_asset_job("pair")],
        executor=dg.in_process_executor,
    ).resolve_job_def("pair")


def test_steps_share_one_transaction_under_the_lock(home: Home) -> None:
    result = job().execute_in_process(run_config=config(home))
    assert result.success
    current = Lake(home).current()
    assert current is not None
    assert current.run == result.run_id
    assert not RunLock(home).held_here()


def test_a_failed_run_shows_nothing_and_can_be_gone_on_with(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAK_SECOND", "1")
    with dg.instance_for_test() as instance:
        failed = job().execute_in_process(run_config=config(home), instance=instance, raise_on_error=False)
        assert not failed.success
        assert Lake(home).current() is None
        assert Lake(home).staged_runs() == [failed.run_id]
        assert run_frame(home, None)["status"].to_list() == ["unpublished"]
        monkeypatch.delenv("BREAK_SECOND")
        assert RunLock(home).holder() == "a process that did not say which"
        options = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        again = dg.execute_job(dg.reconstructable(job), instance, run_config=config(home), reexecution_options=options)
    assert again.success
    current = Lake(home).current()
    assert current is not None
    assert current.run == failed.run_id
    assert current.scan(TABLE).collect()["value"].to_list() == [1]


def test_the_next_run_of_its_own_drops_what_a_failed_one_staged(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAK_SECOND", "1")
    failed = job().execute_in_process(run_config=config(home), raise_on_error=False)
    monkeypatch.delenv("BREAK_SECOND")
    assert job().execute_in_process(run_config=config(home)).success
    assert failed.run_id not in Lake(home).staged_runs()


def test_a_held_lock_ends_the_run_before_its_first_step(home: Home) -> None:
    script = (
        "import sys; from pipelines.home import Home; from pipelines.lake.lock import RunLock\n"
        "with RunLock(Home.resolve(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    try:
        result = job().execute_in_process(run_config=config(home), raise_on_error=False)
        assert not result.success
    finally:
        holder.communicate()
    assert Lake(home).staged_runs() == []
