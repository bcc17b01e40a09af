"""Run a command and watch its whole process tree: wall time, CPU time, peak resident memory."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

SAMPLE_SECONDS = 0.25


@dataclass(frozen=True)
class Measured:
    """One command.

    Attributes:
        exit_code: of the command; `output` is the end of what it printed.
        wall_seconds, cpu_seconds: of the tree (CPU as sampled, so a child that ends between samples loses up to .25 s).
        peak_rss_mb: largest sum of resident memory over the tree at one sample.
        load_before: load average of the machine over one minute when it began.
    """

    exit_code: int
    output: str
    wall_seconds: float
    cpu_seconds: float
    peak_rss_mb: int
    load_before: float

    def figures(self) -> dict[str, Any]:
        """Return everything but the output."""
        return {name: value for name, value in asdict(self).items() if name != "output"}


def measure(command: list[str], log: Path) -> Measured:
    """Run `command`, its output to `log`, and sample its tree until it ends."""
    load = os.getloadavg()[0]
    began = time.monotonic()
    peak = 0
    cpu: dict[int, float] = {}
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _sample(root, cpu))
            time.sleep(SAMPLE_SECONDS)
    wall = time.monotonic() - began
    tail = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
    return Measured(
        process.returncode, tail, round(wall, 1), round(sum(cpu.values()), 1), peak // 2**20, round(load, 2)
    )


def _sample(root: psutil.Process, cpu: dict[int, float]) -> int:
    """Return the resident bytes of the tree now, and note each process's CPU seconds so far."""
    total = 0
    try:
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in tree:
        try:
            total += process.memory_info().rss
            times = process.cpu_times()
            cpu[process.pid] = times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total
