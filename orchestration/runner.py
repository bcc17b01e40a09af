"""The night, as the command line runs it: the same job as the schedule's, in this process."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

import polars as pl

from orchestration.books import PROFILE
from orchestration.novelty import ALIAS, decisions_wait
from orchestration.opening import begin_night, drop_night, night_plan
from pipelines.config import load_config
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.publish import publication_pending
from pipelines.lake.runs import RunRecord, latest_run, log_run
from pipelines.lake.store import Lake

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult
    from dagster_shared.error import SerializableErrorInfo

Progress = Callable[[str, int, int], None]
Status = Literal["published", "nothing_new", "blocked", "failed"]


@dataclass(frozen=True)
class NightResult:
    """How a night ended.

    Attributes:
        status: `published`; `nothing_new`: no delivery to take, or none that changed a table; `blocked`: a critical
            check failed; `failed`: a step failed. In the last two the snapshot before stays.
        snapshot_id: what readers see now; None before the first publication.
        messages: what the user should know, without any personal value.
    """

    status: Status
    snapshot_id: str | None
    messages: list[str] = field(default_factory=list)


def prepare(home: Home) -> None:
    """Write what Dagster's pages need to open on `home`: its settings, and the dbt manifest."""
    from orchestration.dbt import ensure_manifest
    from orchestration.instance import write_settings

    home.ensure()
    write_settings(home)
    ensure_manifest()


def run_nightly(
    home: Home, accept_shrunk: AbstractSet[str] = frozenset(), progress: Progress | None = None
) -> NightResult:
    """Load everything new in landing to a published snapshot, and obey what stewards decided.

    Args:
        home: the home; its folders are made where missing.
        accept_shrunk: feeds (`<department>_<feed>`) whose shrunk full delivery is taken on purpose.
        progress: told a label, the steps done and the steps in all.

    Raises:
        LockHeldError: when another run works on the home.
    """
    with RunLock(home.ensure()):
        pending = publication_pending(home)
        tx = begin_night(home, str(uuid4()), load_config(home))
        finished = [f"snapshot {_current_id(home)} of an interrupted run is now published"] if pending else []
        if not night_plan(home, tx, load_config(home), accept_shrunk) and not decisions_wait(home):
            drop_night(home, tx)
            return NightResult("published" if pending else "nothing_new", _current_id(home), finished)
        return _judge(home, _execute(home, tx.run_id, accept_shrunk, progress), finished)


def _execute(
    home: Home, run_id: str, accept_shrunk: AbstractSet[str], progress: Progress | None
) -> ExecuteInProcessResult:
    from orchestration.definitions import defs
    from orchestration.instance import open_instance
    from orchestration.jobs import NIGHTLY
    from orchestration.progress import listening
    from orchestration.resources import KEY

    job = defs.resolve_job_def(NIGHTLY)
    told = {"home": str(home.root), "accept_shrunk": sorted(accept_shrunk)}
    run_config = {
        "resources": {KEY: {"config": told}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with open_instance(home) as instance, listening(progress, total=len(job.graph.nodes)):
        return job.execute_in_process(run_config=run_config, instance=instance, raise_on_error=False, run_id=run_id)


def _judge(home: Home, outcome: ExecuteInProcessResult, finished: list[str]) -> NightResult:
    record = latest_run(home, outcome.run_id)
    current = _current_id(home)
    if outcome.success and record.status == "published":
        told = record.message.split("\n") if record.message else []
        return NightResult("published", current, [*finished, *_announced(home, record.run_id), *_learned(home), *told])
    if outcome.success:
        return NightResult("nothing_new", current, finished)
    messages = _failures(outcome)
    status: Status = "blocked" if record.status == "blocked" else "failed"
    if status == "blocked" and record.message:
        messages = [*record.message.split("\n"), "nothing was published; the snapshot before stays"]
    else:
        _log_failure(home, record, messages)
    return NightResult(status, current, [*finished, *messages])


def _announced(home: Home, run_id: str) -> list[str]:
    """Say what tonight's deliveries had that no contract expects, and how many entries the return lists have."""
    from orchestration.announcing import announcements

    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(PROFILE):
        return []
    return announcements(snapshot.scan(PROFILE).filter(pl.col("run_id") == run_id).collect())


def _learned(home: Home) -> list[str]:
    """Say how many names of places wait for the next load, and how many for a steward."""
    from pipelines.addresses.aliases.ledger import latest

    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(ALIAS):
        return []
    guards = latest(snapshot.scan(ALIAS).collect()).filter(status="proposed")["guard"]
    waiting, doubtful = guards.null_count(), len(guards) - guards.null_count()
    told = f"{waiting} aliases learned: they apply from the next load (`streetlake aliases list`)"
    asked = f"{doubtful} aliases wait for a steward (`streetlake aliases list --status proposed`)"
    return [message for count, message in ((waiting, told), (doubtful, asked)) if count]


def _failures(outcome: ExecuteInProcessResult) -> list[str]:
    """Say which steps failed; only messages made for it are told, since others may quote a row."""
    messages = []
    for event in outcome.all_events:
        if event.is_step_failure and event.step_key:
            data = event.step_failure_data
            told = data.user_failure_data.description if data.user_failure_data else None
            messages.append(
                told or f"{event.step_key}: {_kind(data.error)}; `streetlake ui` shows run {outcome.run_id}"
            )
    return messages or ["the run failed before its first step"]


def _kind(error: SerializableErrorInfo | None) -> str:
    """Return the class of the innermost error: its text may quote a row."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.cls_name or "an unnamed error" if error is not None else "an unknown error"


def _log_failure(home: Home, record: RunRecord, messages: list[str]) -> None:
    log_run(home, record.ended("failed", message="\n".join(messages)))


def _current_id(home: Home) -> str | None:
    current = Lake(home).current()
    return current.id if current else None
