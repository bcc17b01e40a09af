"""The beginning of a night: leftovers dropped, a cut-short publication finished, a transaction, and the plan."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from orchestration.closing import finish_publication
from pipelines.config import Config
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import Contract
from pipelines.errors import ConfigError
from pipelines.governance.refusals import load_rules, refuse_contracts
from pipelines.home import Home
from pipelines.ingest.delivery import Delivery
from pipelines.ingest.load import plan_deliveries
from pipelines.ingest.workroom import clear_workroom, load_plan, save_plan, workroom
from pipelines.lake.retention import recover
from pipelines.lake.runs import RunRecord, latest_run, log_run
from pipelines.lake.store import Lake, Transaction


def begin_night(home: Home, run_id: str, config: Config) -> Transaction:
    """Open the transaction of a new run; the caller holds the run lock.

    Raises:
        LakeError: when the lock is not held by this process.
        ConfigError: when a contract has a field that no feed may have; nothing is read then.
    """
    refuse_forbidden_fields(load_contracts())
    recover(home)
    clear_workroom(home)
    finish_publication(home, config)
    tx = Lake(home).begin(run_id)
    log_run(home, RunRecord(run_id, datetime.now(UTC)))
    return tx


def refuse_forbidden_fields(contracts: Mapping[str, Contract]) -> None:
    """Stop before the first row where a contract asks for what is never asked for.

    Raises:
        ConfigError: naming each field and why it is refused.
    """
    if refused := refuse_contracts(contracts.values(), load_rules()):
        raise ConfigError("\n".join(map(str, refused)))


def drop_night(home: Home, tx: Transaction) -> None:
    """Forget a run that found nothing to do: it leaves no trace but a line in the log."""
    tx.abandon()
    shutil.rmtree(workroom(home, tx.run_id), ignore_errors=True)
    log_run(home, latest_run(home, tx.run_id).ended("unchanged"))


def began_at(home: Home, run_id: str) -> datetime:
    """Return the instant of a run: every step of it uses this one."""
    return latest_run(home, run_id).started_at


def night_plan(home: Home, tx: Transaction, config: Config, accept_shrunk: Collection[str] = ()) -> list[Delivery]:
    """Return what the run has to take, looked up once a run and then read by every step."""
    if not (workroom(home, tx.run_id) / "plan.json").exists():
        now = began_at(home, tx.run_id)
        plan = plan_deliveries(home, tx, load_contracts(), config, now, run_id=tx.run_id, accept_shrunk=accept_shrunk)
        save_plan(home, tx.run_id, plan)
    return load_plan(home, tx.run_id)
