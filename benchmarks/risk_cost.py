"""What dbt and the marts of risk cost a night of a large city: seconds, CPU and peak memory, with 10^7 device events.

    .venv/bin/python benchmarks/risk_cost.py --home LOADED_HOME --events 10000000 --work /tmp/risk_cost

`LOADED_HOME` is a home that `streetlake load` has filled (200,000 residents for the figures in `results/risk_cost.md`);
it is read and not changed. Its device events are repeated over the half years before until there are as many as asked
for, as a raw table of many files; then the night goes on from there: staging views and every model and test of dbt,
and each step that makes marts in Python, with the code that the night runs. Every phase is a process of its own, so
that its peak memory is its own; the modules that it imports are counted too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
import psutil

from pipelines.config import load_config
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.parquet import write_parquet
from pipelines.lake.store import Lake, Transaction

RUN = "risk-cost"
EVENTS = "raw.sensors_events"
WINDOW_DAYS = 14  # a copy of the events lies so many days before the one before it, for half a year, then again
WINDOWS = 13
SAMPLE_SECONDS = 0.05
SLOWEST = 8
RESULTS = Path(__file__).parent / "results"
ABOUT = """\
`benchmarks/risk_cost.py`: dbt and the marts of risk and needs, on {residents:,} persons, {events:,} device
events, {incidents:,} incidents and {disputes:,} disputes. Each line is a process of its own; peak memory is its
resident set, imports included. Wall time rests on how busy the machine was (load average before: {load}; {cores}
cores): compare CPU seconds."""


@dataclass(frozen=True)
class Cost:
    """What one phase took.

    Attributes:
        phase: its name.
        seconds, cpu: wall and CPU seconds of the work.
        peak_mb: largest resident memory of its process.
        rows: of what it made.
        detail: the slowest parts, in words.
    """

    phase: str
    seconds: float
    cpu: float
    peak_mb: int
    rows: int
    detail: str = ""


class Peak(threading.Thread):
    """The largest resident memory of this process while it works."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes, self.done, self.process = 0, threading.Event(), psutil.Process()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.done.wait(SAMPLE_SECONDS):
            self.bytes = max(self.bytes, self.process.memory_info().rss)


def measured(phase: str, work: Callable[[], tuple[int, str]]) -> Cost:
    """Do the work and tell what it took."""
    peak = Peak()
    peak.start()
    began, cpu = time.perf_counter(), time.process_time()
    rows, detail = work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak.done.set()
    peak.join()
    return Cost(phase, round(seconds, 2), round(cpu, 2), peak.bytes // 2**20, rows, detail)


def prepare(source: Home, work: Path, events: int) -> Home:
    """Make a home that shares the files of `source`, with a transaction in which there are `events` device events."""
    home = Home(work.resolve() / "home")
    shutil.rmtree(home.root, ignore_errors=True)
    home.ensure()
    shutil.rmtree(home.lake, ignore_errors=True)
    shutil.copytree(source.lake / "tables", home.lake / "tables", copy_function=os.link)
    shutil.copytree(source.lake / "snapshots", home.lake / "snapshots")
    shutil.copy(source.lake / "current.json", home.lake / "current.json")
    tx = Lake(home).begin(RUN)
    more_events(tx, events)
    return home


def more_events(tx: Transaction, wanted: int) -> None:
    """Stage copies of the device events, each as a file, with ids and instants of their own, until there are enough."""
    base, files = tx.scan(EVENTS).collect(), tx.files(EVENTS)
    drafts = []
    for copy in range(1, -(-wanted // base.height)):
        back = pl.duration(days=WINDOW_DAYS * (copy % WINDOWS), seconds=copy)
        tag = pl.lit(f"-{copy:x}")
        frame = base.head(wanted - copy * base.height).with_columns(
            pl.col("event_id", "record_key") + tag, pl.col("ts", "handled_at") - back, batch_id=pl.lit(f"copy{copy}")
        )
        drafts.append(tx.new_file(EVENTS))
        write_parquet(frame, drafts[-1])
    tx.set_files(EVENTS, keep=files, add=drafts)


def build_with_dbt(home: Home, tx: Transaction) -> tuple[int, str]:
    """Build the staging views and everything that is served, with its tests, and stage it."""
    from orchestration import dbt
    from orchestration.assets.records import STAGING

    manifest = dbt.read_manifest()
    models = [unique_id for unique_id, node in manifest["nodes"].items() if node["resource_type"] == "model"]
    dbt.fresh_workshop(home, manifest)
    for table in dbt.sources_of(manifest, models):
        tx.link_build(table)
    config, group = load_config(home), STAGING.split()
    results = [
        *dbt.build(home, config, ["--select", *group], tell_sql=False),
        *dbt.build(home, config, ["--exclude", *group], tell_sql=True),
    ]
    if bad := [result.name for result in results if result.is_bad]:
        raise SystemExit(f"dbt failed: {', '.join(bad)}; see {home.workshop}/dbt/dbt.log")
    served = [made for unique_id in models if (made := dbt.served_table(manifest, unique_id))]
    for table in served:
        tx.stage_built(table)
    slowest = sorted(results, key=lambda result: -result.seconds)[:SLOWEST]
    told = ", ".join(f"{result.name} {result.seconds:.1f} s" for result in slowest)
    return sum(tx.rows(table) for table in served), f"{len(results)} nodes; {told}"


def make_marts(home: Home, tx: Transaction, step_name: str) -> tuple[int, str]:
    """Make the marts of one step and stage them."""
    from orchestration.python_marts import Tonight
    from orchestration.reading import before_tonight, day_of, declared

    step = steps()[step_name]
    scan = declared(tx, step.name, step.sources)
    frames = step.make(Tonight(scan, before_tonight(tx), day_of(tx), load_config(home), home))
    for mart, frame in zip(step.marts, frames, strict=True):
        tx.replace(mart.table, frame)
    told = (f"{mart.table} {frame.height:,}" for mart, frame in zip(step.marts, frames, strict=True))
    return sum(frame.height for frame in frames), ", ".join(told)


def steps() -> dict[str, Any]:
    """Return the steps of the night that make marts in Python, in their order."""
    from orchestration.assets.frozen import FROZEN_STEP
    from orchestration.assets.needs import NEEDS_STEP
    from orchestration.assets.risk import STEPS

    return {step.name: step for step in (FROZEN_STEP, *STEPS, NEEDS_STEP)}


def one_phase(home: Home, phase: str) -> None:
    """Run one phase in this process and print what it took."""
    tx = Lake(home).resume(RUN)
    if phase == "dbt":
        cost = measured(phase, lambda: build_with_dbt(home, tx))
    else:
        cost = measured(phase, lambda: make_marts(home, tx, phase))
    print(json.dumps(asdict(cost), ensure_ascii=False))


def report(home: Home, costs: list[Cost], load: float) -> str:
    """Return the table of all phases."""
    tx = Lake(home).resume(RUN)
    about = ABOUT.format(
        residents=tx.rows("master.person"),
        events=tx.rows(EVENTS),
        incidents=tx.rows("facts.incident"),
        disputes=tx.rows("facts.dispute"),
        load=f"{load:.1f}",
        cores=os.cpu_count(),
    )
    lines = [
        f"| {cost.phase} | {cost.seconds:.1f} | {cost.cpu:.1f} | {cost.peak_mb:,} | {cost.rows:,} | {cost.detail} |"
        for cost in costs
    ]
    marts = [cost for cost in costs if cost.phase != "dbt"]
    total = f"| marts in Python, all | {sum(c.seconds for c in marts):.1f} | {sum(c.cpu for c in marts):.1f} | | | |"
    head = ["| phase | wall, s | CPU, s | peak MB | rows made | of which |", "|---|---:|---:|---:|---:|---|"]
    return "\n".join(["# What dbt and risk cost a night", "", about, "", *head, *lines, total, ""])


def main() -> None:
    """Measure every phase, or run one."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--work", type=Path, default=Path("/tmp/risk_cost"))  # noqa: S108 - named by whoever measures
    asked.add_argument("--events", type=int, default=10_000_000)
    asked.add_argument("--phase", help="run this one in the prepared home; used by the measurement itself")
    told = asked.parse_args()
    if told.phase:
        one_phase(Home(told.home.resolve()), told.phase)
        return
    load = os.getloadavg()[0]
    home = prepare(Home(told.home.resolve()), told.work, told.events)
    costs = []
    with RunLock(home):
        for phase in ("dbt", *steps()):
            command = [sys.executable, __file__, "--home", str(home.root), "--phase", phase]
            ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            costs.append(Cost(**json.loads(ran.stdout.strip().splitlines()[-1])))
            print(costs[-1], flush=True)
    (RESULTS / "risk_cost.md").write_text(report(home, costs, load), encoding="utf-8")
    (RESULTS / "risk_cost.json").write_text(
        json.dumps([asdict(cost) for cost in costs], indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
