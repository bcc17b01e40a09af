"""`streetlake load`: everything new in landing, through the nightly job, to a published snapshot."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, errors, print_json, progress_bar
from pipelines.cli.runner import NightResult, find_runner
from pipelines.cli.status import as_table, gather_status
from pipelines.home import Home

GOOD = frozenset({"published", "nothing_new"})


def load(
    home: HomeOption = None,
    accept_shrunk: Annotated[
        list[str] | None,
        typer.Option(
            help="Feed (<department>/<feed>) whose shrunk full delivery is taken on purpose; may be repeated."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Load everything new in HOME/landing to a published snapshot (夜间加载).

    Exit code 0: published, or nothing was new; 1: nothing could be published; 2: wrong usage.
    """
    place = Home.resolve(home)
    accepted = check_feeds(accept_shrunk or [])
    result = run_night(place, accepted)
    if json:
        print_json({"status": result.status, "messages": result.messages, **gather_status(place)})
    else:
        report_night(place, result)
    if result.status not in GOOD:
        raise typer.Exit(1)


def check_feeds(names: list[str]) -> frozenset[str]:
    """Return the contract names for `<department>/<feed>` or `<department>_<feed>`.

    Raises:
        typer.BadParameter: (exit code 2) naming the feeds there are.
    """
    from pipelines.contracts.loader import load_contracts

    if not names:
        return frozenset()
    known = set(load_contracts())
    asked = {name.strip("/").replace("/", "_") for name in names}
    if unknown := sorted(asked - known):
        raise typer.BadParameter(f"no feed called {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    return frozenset(asked)


def run_night(home: Home, accepted: frozenset[str] = frozenset(), title: str = "load") -> NightResult:
    """Run the nightly job on `home` with a progress bar."""
    runner = find_runner()
    with progress_bar(title) as progress:
        return runner.run_nightly(home.ensure(), accepted, progress)


def report_night(home: Home, result: NightResult) -> None:
    """Say how the night ended, and what was refused."""
    for message in result.messages:
        errors.print(message, highlight=False)
    if result.status == "nothing_new":
        console.print("Nothing new in landing: the published snapshot is up to date.")
    elif result.status == "published":
        facts = gather_status(home)
        console.print(as_table("Deliveries (交付)", facts["deliveries"]))
        if facts["quarantine"]:
            console.print(as_table("Quarantine by reason (隔离)", facts["quarantine"]))
        console.print(f"Published snapshot {result.snapshot_id} in {home.published}.")
    else:
        errors.print(f"Nothing was published ({result.status}); the last snapshot stays.", style="bold red")
