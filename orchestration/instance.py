"""Dagster's own folder of a home: its settings, and the instance that runs in this process use."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pipelines.home import Home
from pipelines.lake.durable import write_bytes

if TYPE_CHECKING:
    from dagster import DagsterInstance

SETTINGS = """\
# Written by Streetlake; what you change here is overwritten.
telemetry:
  enabled: false # nothing leaves this machine
nux:
  enabled: false # no welcome dialog that asks for an e-mail address
concurrency:
  runs:
    max_concurrent_runs: 1 # the run lock of the home lets no second one work anyway
compute_logs: # steps say what matters in their metadata; capturing their output would cost a process each
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
event_log_storage: # one connection for the many events of a night's checks
  module: orchestration.event_log
  class: SteadyEventLog
  config:
    base_dir: {base_dir}
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days: {{skipped: 7, failure: 30, success: 90}}
"""


def write_settings(home: Home) -> None:
    """Write `dagster.yaml` into the home's Dagster folder, where it differs."""
    path = home.dagster / "dagster.yaml"
    settings = SETTINGS.format(base_dir=json.dumps(str(home.dagster / "history" / "runs"), ensure_ascii=False))
    if not path.exists() or path.read_text(encoding="utf-8") != settings:
        write_bytes(path, settings.encode())


def open_instance(home: Home) -> DagsterInstance:
    """Return the home's Dagster instance, for runs in this process."""
    from dagster import DagsterInstance

    from orchestration.event_log import BATCH, BATCH_EVENTS

    write_settings(home)
    os.environ.setdefault(BATCH, str(BATCH_EVENTS))
    return DagsterInstance.from_config(str(home.dagster))
