"""`streetlake ui`: Dagster's pages on one home."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pipelines.cli.console import HomeOption, console
from pipelines.cli.runner import find_runner
from pipelines.home import CHECKOUT, Home


def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open Dagster on this home (数据编排界面): assets, checks, runs, schedule and sensor."""
    place = Home.resolve(home).ensure()
    find_runner().prepare(place)
    console.print(f"Dagster on {place.root}: http://127.0.0.1:{port} (stop with Ctrl+C)")
    os.environ |= {"STREETLAKE_HOME": str(place.root), "DAGSTER_HOME": str(place.dagster)}
    os.chdir(CHECKOUT)
    dagster = [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1"]
    os.execv(sys.executable, [*dagster, "-p", str(port)])  # noqa: S606 - a fixed command, no shell
