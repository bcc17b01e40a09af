"""`streetlake evaluate`: the snapshot of a demo home measured against the truth its generator wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import ConfigError
from pipelines.home import Home


def evaluate(
    home: HomeOption = None,
    truth: Annotated[Path | None, typer.Option(help="Folder of truth tables; default: HOME/truth.")] = None,
    json: JsonOption = False,
) -> None:
    """Measure addresses, persons, households and golden values against the demo city's truth (评测)."""
    from pipelines.city.evaluate import evaluate as evaluate_home
    from pipelines.city.evaluate import render

    place = Home.resolve(home)
    folder = truth or place.root / "truth"
    if not folder.exists():
        raise ConfigError(f"no truth in {folder}: evaluate works on a home made by `streetlake demo`, or name --truth")
    evaluation = evaluate_home(place, folder)
    if json:
        print_json(evaluation.to_dict())
    else:
        console.print(render(evaluation))
