"""`streetlake demo`: a simulated district, loaded night by night."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines.city.error_model import Style
from pipelines.cli.console import console, errors, progress_bar
from pipelines.cli.load import GOOD, run_night
from pipelines.cli.status import as_table, gather_status
from pipelines.errors import ConfigError
from pipelines.home import CHECKOUT, Home

MARKER = ".streetlake-demo"
DEFAULT_HOME = CHECKOUT / "data" / "demo"


def demo(
    residents: Annotated[int, typer.Option(min=200, help="Residents of the simulated district.")] = 20_000,
    nights: Annotated[int, typer.Option(min=1, max=60, help="Nights to live through.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 1,
    style: Annotated[Style, typer.Option(help="How damaged the exports are.")] = "plain",
    home: Annotated[Path, typer.Option(help="Where the demo lives; an earlier demo there is removed.")] = DEFAULT_HOME,
) -> None:
    """Make a simulated district (演示城区), load it night by night, and say what to look at next."""
    from pipelines.city import deliver, generate_city

    place = _fresh_home(home)
    started = time.monotonic()
    with progress_bar("generate") as progress:
        city = generate_city(
            place.root / "nights", place.root / "truth", residents=residents, nights=nights, seed=seed, style=style,
            progress=progress,
        )  # fmt: skip
    _say(f"Generated {residents:,} residents, {nights} nights", started)
    for night in range(nights):
        started = time.monotonic()
        deliver(city, night, place.landing)
        result = run_night(place, title=f"night {night + 1} of {nights}")
        for message in result.messages:
            errors.print(message, highlight=False)
        if result.status not in GOOD:
            errors.print(f"Night {night + 1} was not published ({result.status}).", style="bold red")
            raise typer.Exit(1)
        _say(f"Night {night + 1} of {nights}: {result.status}, snapshot {result.snapshot_id}", started)
    _summary(place)


def _fresh_home(folder: Path) -> Home:
    """Return an empty home; only a home that an earlier demo made is ever removed."""
    place = Home.resolve(folder)
    if place.root.exists() and any(place.root.iterdir()):
        if not (place.root / MARKER).exists():
            raise ConfigError(f"{place.root} is not empty and was not made by a demo: name another --home")
        shutil.rmtree(place.root)
    place.ensure()
    (place.root / MARKER).write_text("made by `streetlake demo`; the next demo removes this folder\n", encoding="utf-8")
    return place


def _say(text: str, started: float) -> None:
    console.print(f"{text}  [dim]({time.monotonic() - started:.0f} s)[/]", highlight=False)


def _summary(home: Home) -> None:
    facts = gather_status(home)
    console.print(as_table("Deliveries (交付)", facts["deliveries"]))
    console.print(as_table("Quarantine by reason (隔离)", facts["quarantine"][:10]))
    console.print(as_table("Lights (红黄绿灯), newest month", facts["lights"]))
    command = "streetlake" if shutil.which("streetlake") else ".venv/bin/streetlake"
    option = "" if home.root == DEFAULT_HOME else f" --home {home.root}"
    doors = Table(title="What to look at next", title_justify="left", box=None, show_header=False)
    for door, shown in (
        ("make ui" if not option else f"{command} ui{option}", "Dagster: the assets, checks and runs of these nights"),
        (f"{command} evaluate --home {home.root}", "how right it is, against the city's truth"),
        (f'{command} sql "from marts.kpi_monthly limit 9" --home {home.root}', "the indicators and their lights"),
        (f"{command} status --home {home.root}", "deliveries, quarantine, lights"),
        (f"{home.published}/restricted.duckdb", "the catalogue for analysts"),
    ):
        doors.add_row(door, f"[dim]{shown}[/]")
    console.print(doors)
