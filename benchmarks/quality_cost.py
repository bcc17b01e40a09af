"""What the quality work of a night costs: seconds, CPU and peak memory of each step, and quality's share of them.

    .venv/bin/python benchmarks/quality_cost.py --residents 2000 20000 --work /tmp/quality_cost

A city of each size is generated (not counted) and loaded night by night through `streetlake load`. The times of steps
come from Dagster's event log; CPU and memory are those of the process tree while a step ran, sampled from outside, so
that measuring changes nothing. Figures are kept by size in `benchmarks/results/quality_cost.json` and told in
`quality_cost.md`; a size that is not measured now keeps its former figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psutil

from pipelines.city import deliver, generate_city

RESULTS = Path(__file__).parent / "results"
STREETLAKE = Path(sys.executable).with_name("streetlake")
SAMPLE_SECONDS = 0.1
# Which step belongs to the quality work; the others are the night that it watches over. dbt's tests run inside dbt's
# steps, workbooks and pages inside the publication: their seconds are told by the steps' own metadata.
QUALITY = {
    "checks of batches": ("check_raw__",),
    "checks of tables": ("check_",),
    "profile and drift": ("ops__feed_profile",),
    "return list": ("marts__return_list", "return_list"),
    "books of checks": ("internal__check",),
    "ledger of past months": ("internal__quality_past",),
}
INSIDE = {"workbooks and page": "document_seconds", "tests of dbt": "seconds"}
GOAL = 0.15
ABOUT = f"""\
`benchmarks/quality_cost.py`; a generated city, loaded night by night; the first night takes everything, the later ones
what came since. Shares are of the whole of `streetlake load`, its start included, and count what is spent on workbooks
and pages, which has no CPU figure of its own; dbt's tests are told apart, summed over threads. Goal below {GOAL:.0%}.
Wall time rests on how busy the machine was: compare CPU seconds. Peak memory is that of the process tree."""
COLUMNS = [
    *("residents", "night", "load average before", "whole, s", "CPU, s", "quality, s", "share", "share of CPU"),
    *("peak MB", "peak MB of quality"),
]


@dataclass
class Samples:
    """The process tree of one load over time: seconds since the epoch, CPU seconds so far, resident bytes."""

    at: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rss: list[int] = field(default_factory=list)

    def cpu_between(self, begin: float, end: float) -> float:
        """Return the CPU seconds used between two instants, to the nearest sample after each."""
        last = len(self.at) - 1
        return self.cpu[min(bisect_left(self.at, end), last)] - self.cpu[min(bisect_left(self.at, begin), last)]

    def peak_mb(self, begin: float, end: float) -> int:
        """Return the largest resident memory between two instants."""
        low, high = bisect_left(self.at, begin), bisect_left(self.at, end)
        return max(self.rss[low : high + 1], default=0) // 2**20


def watch(command: list[str], log: Path) -> Samples:
    """Run `command` and sample its tree until it ends; a failure ends the benchmark with the end of its output."""
    samples, seen = Samples(), dict[int, float]()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            rss = _sample(root, seen)
            samples.at.append(time.time())
            samples.cpu.append(sum(seen.values()))
            samples.rss.append(rss)
            time.sleep(SAMPLE_SECONDS)
    if process.returncode:
        sys.exit(log.read_text(encoding="utf-8", errors="replace")[-2_000:])
    return samples


def _sample(root: psutil.Process, seen: dict[int, float]) -> int:
    total = 0
    try:
        for process in [root, *root.children(recursive=True)]:
            times = process.cpu_times()
            seen[process.pid] = times.user + times.system
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total


def newest_events(home: Path) -> list[dict[str, Any]]:
    """Return the step and materialisation events of the run that began last, in order."""
    newest: list[dict[str, Any]] = []
    for path in sorted((home / "dagster" / "history" / "runs").glob("*.db")):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as log:
            rows = log.execute("select event from event_logs where dagster_event_type is not null order by id")
            events = [orjson.loads(row[0]) for row in rows]
        if events and path.stem != "index" and (not newest or events[0]["timestamp"] > newest[0]["timestamp"]):
            newest = events
    return newest


def step_times(events: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return when each step began and ended."""
    kinds = {"STEP_START": 0, "STEP_SUCCESS": 1}
    found: dict[str, list[float]] = {}
    for event in events:
        kind = event["dagster_event"]["event_type_value"]
        if kind in kinds:
            found.setdefault(event["step_key"], []).append(float(event["timestamp"]))
    return {step: (times[0], times[1]) for step, times in found.items() if len(times) == 2}


def seconds_inside(events: list[dict[str, Any]]) -> dict[str, float]:
    """Return the seconds of quality work inside other steps: dbt's tests, workbooks and page."""
    told = dict.fromkeys(INSIDE, 0.0)
    for event in events:
        data = event["dagster_event"].get("event_specific_data") or {}
        check = event["dagster_event"]["event_type_value"] == "ASSET_CHECK_EVALUATION"
        metadata = data.get("metadata", {}) if check else data.get("materialization", {}).get("metadata_entries", {})
        entries = metadata.items() if isinstance(metadata, dict) else [(e["label"], e) for e in metadata]
        for name, label in INSIDE.items():
            if (label == "seconds") == check:
                told[name] += sum(_number(entry) for key, entry in entries if key == label)
    return told


def _number(entry: dict[str, Any]) -> float:
    return float((entry.get("entry_data") or entry).get("value") or 0.0)


def kind_of(step: str) -> str | None:
    """Return to which part of the quality work a step belongs; None for the rest of the night."""
    return next((kind for kind, begins in QUALITY.items() if step.startswith(begins)), None)


def judge(home: Path, samples: Samples) -> dict[str, Any]:
    """Return the figures of the load that just ended."""
    events = newest_events(home)
    steps = {
        step: {
            "kind": kind_of(step),
            "wall_seconds": round(end - begin, 2),
            "cpu_seconds": round(samples.cpu_between(begin, end), 2),
            "peak_mb": samples.peak_mb(begin, end),
        }
        for step, (begin, end) in sorted(step_times(events).items())
    }
    whole = samples.at[-1] - samples.at[0]
    kinds = {
        kind: {
            unit: round(sum(step[unit] for step in steps.values() if step["kind"] == kind), 2)
            for unit in ("wall_seconds", "cpu_seconds")
        }
        for kind in QUALITY
    }
    inside = {name: round(seconds, 2) for name, seconds in seconds_inside(events).items()}
    within = inside["workbooks and page"]
    spent = sum(parts["wall_seconds"] for parts in kinds.values()) + within
    spent_cpu = sum(parts["cpu_seconds"] for parts in kinds.values()) + within
    return {
        "wall_seconds": round(whole, 1),
        "cpu_seconds": round(samples.cpu[-1], 1),
        "peak_mb": max(samples.rss) // 2**20,
        "quality_peak_mb": max((s["peak_mb"] for s in steps.values() if s["kind"]), default=0),
        "quality_wall_seconds": round(spent, 1),
        "quality_share": round(spent / whole, 4),
        "quality_cpu_seconds": round(spent_cpu, 1),
        "quality_cpu_share": round(spent_cpu / samples.cpu[-1], 4),
        "by_kind": kinds,
        "inside_other_steps_wall_seconds": inside,
        "steps": steps,
    }


def measure(residents: int, nights: int, seed: int, work: Path) -> dict[str, Any]:
    """Generate a city, load it night by night, and return the figures of every night."""
    folder = work / str(residents)
    shutil.rmtree(folder, ignore_errors=True)
    city = generate_city(folder / "nights", folder / "truth", residents, nights, seed)
    home = folder / "home"
    told = []
    for night in range(nights):
        deliver(city, night, home / "landing")
        load = os.getloadavg()[0]
        figures = judge(home, watch([str(STREETLAKE), "load", "--home", str(home)], folder / "load.log"))
        told.append({"night": night + 1, "load_before": round(load, 2), **figures})
    return {"residents": residents, "seed": seed, "rows": sum(n.rows for n in city.nights), "nights": told}


def report(results: dict[str, Any]) -> str:
    """Return the figures as a page."""
    lines = [
        "# What the quality work of a night costs",
        "",
        *ABOUT.splitlines(),
        "",
        *_table(COLUMNS, _summaries(results)),
    ]
    for size in sorted(results, key=int):
        for night in results[size]["nights"]:
            lines += ["", f"## {int(size):,} residents, night {night['night']}", "", *_parts(night)]
    return "\n".join(lines) + "\n"


def _summaries(results: dict[str, Any]) -> list[list[str]]:
    return [
        [
            f"{int(size):,}",
            str(night["night"]),
            str(night["load_before"]),
            str(night["wall_seconds"]),
            str(night["cpu_seconds"]),
            str(night["quality_wall_seconds"]),
            f"{night['quality_share']:.1%}",
            f"{night['quality_cpu_share']:.1%}",
            f"{night['peak_mb']:,}",
            f"{night['quality_peak_mb']:,}",
        ]
        for size in sorted(results, key=int)
        for night in results[size]["nights"]
    ]


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---:"] * len(heads), *rows)]


def _parts(night: dict[str, Any]) -> list[str]:
    parts = [(kind, p["wall_seconds"], p["cpu_seconds"]) for kind, p in night["by_kind"].items()]
    parts += [(name, seconds, None) for name, seconds in night["inside_other_steps_wall_seconds"].items()]
    longest = sorted(night["steps"].items(), key=lambda item: -item[1]["wall_seconds"])[:12]
    return [
        "| quality work | s | CPU, s |",
        "|---|---:|---:|",
        *(f"| {name} | {wall:.2f} | {'' if cpu is None else f'{cpu:.2f}'} |" for name, wall, cpu in parts),
        "",
        "| longest steps | s | CPU, s | peak MB |",
        "|---|---:|---:|---:|",
        *(f"| {n} | {s['wall_seconds']:.2f} | {s['cpu_seconds']:.2f} | {s['peak_mb']:,} |" for n, s in longest),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--nights", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, required=True, help="a folder for the cities and their homes")
    arguments = parser.parse_args()
    target = RESULTS / "quality_cost.json"
    for residents in arguments.residents:
        measured = measure(residents, arguments.nights, arguments.seed, arguments.work)
        known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
        results = {**known, str(residents): measured}
        target.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        target.with_suffix(".md").write_text(report(results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
