"""`streetlake doctor`: what is wrong with this installation and this home, and the remedy."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.config import load_config
from pipelines.errors import StreetlakeError
from pipelines.home import CHECKOUT, Home

PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "polars", "pyarrow", "great-expectations")
MIN_FREE_BYTES = 5 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is right, and what to do when it is not."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""


def doctor(home: HomeOption = None, json: JsonOption = False) -> None:
    """Look for what is wrong with the installation and the home, and name the remedy (体检); exit 1 if anything is."""
    findings = list(examine(Home.resolve(home)))
    if json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "[green]ok[/]   " if finding.ok else "[bold red]wrong[/]"
            console.print(f"{mark} {finding.check}: {finding.detail}", highlight=False)
            if not finding.ok:
                console.print(f"      remedy: {finding.remedy}", highlight=False)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def examine(home: Home) -> Iterator[Finding]:
    """Yield every finding, cheapest first."""
    yield _python()
    yield from _packages()
    looks: tuple[Callable[[Home], Finding], ...] = (_folder, _disk, _config, _contracts, _lock, _lake, _publication)
    for look in looks:
        try:
            yield look(home)
        except (StreetlakeError, OSError) as error:
            yield Finding(look.__name__.strip("_"), ok=False, detail=str(error), remedy="see the message")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", right, version, "make setup PYTHON=python3.11")


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(name, ok=True, detail=importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, ok=False, detail="is not installed", remedy="make setup")


def _folder(home: Home) -> Finding:
    if not home.root.exists():
        return Finding("home", ok=False, detail=f"{home.root} does not exist", remedy="streetlake load makes it")
    writable = os.access(home.root, os.W_OK)
    return Finding("home", writable, str(home.root), "give this user the right to write there")


def _disk(home: Home) -> Finding:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    return Finding(
        "disk", free >= MIN_FREE_BYTES, f"{free / 2**30:.1f} GiB free", "free space, or lower [lake] keep_days"
    )


def _config(home: Home) -> Finding:
    load_config(home)
    return Finding("streetlake.toml", ok=True, detail="right" if home.config_file.exists() else "absent: defaults hold")


def _contracts(_: Home) -> Finding:
    from pipelines.contracts.loader import load_contracts
    from pipelines.contracts.render import check_rendered

    stale = check_rendered(CHECKOUT)
    detail = f"{len(load_contracts())} feeds" + (f", {len(stale)} rendered files out of date" if stale else "")
    return Finding("contracts", not stale, detail, "streetlake contracts render")


def _lock(home: Home) -> Finding:
    from pipelines.lake.lock import RunLock

    if not home.root.exists():
        return Finding("run lock", ok=True, detail="free")
    with RunLock(home):
        return Finding("run lock", ok=True, detail="free")


def _lake(home: Home) -> Finding:
    from pipelines.lake.store import Lake

    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None:
        return Finding("lake", ok=True, detail="no snapshot yet")
    missing = [path for table in snapshot.tables for path in snapshot.files(table) if not path.exists()]
    remedy = "restore the lake folder from a backup, or remove lake/current.json and load again from landing/"
    return Finding("lake", not missing, f"snapshot {snapshot.id}, {len(missing)} files missing", remedy)


def _publication(home: Home) -> Finding:
    from pipelines.lake.publish import publication_pending

    pending = publication_pending(home)
    return Finding("publication", not pending, "pending" if pending else "up to date", "streetlake load finishes it")
