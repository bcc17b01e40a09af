"""Assembles the commands; `main` turns our own errors into one line and exit code 1."""

from __future__ import annotations

import sys

import typer

from pipelines.cli import (
    aliases,
    contracts,
    demo,
    doctor,
    evacuation,
    evaluate,
    explain,
    export,
    freeze,
    identity,
    load,
    quality,
    returns,
    review,
    site,
    sql,
    status,
    ui,
)
from pipelines.cli.console import errors
from pipelines.errors import StreetlakeError

app = typer.Typer(
    name="streetlake",
    help="Streetlake (街道数据湖): department exports in, one record per person, dwelling and enterprise out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("load")(load.load)
app.command("status")(status.status)
app.command("quality")(quality.quality)
app.command("export")(export.export)
app.command("freeze")(freeze.freeze)
app.command("sql")(sql.sql)
app.command("doctor")(doctor.doctor)
app.command("evaluate")(evaluate.evaluate)
app.command("evacuation")(evacuation.evacuation)
app.command("site")(site.site)
app.command("ui")(ui.ui)
app.add_typer(explain.app, name="explain")
app.add_typer(review.app, name="review")
app.add_typer(returns.app, name="returns")
app.add_typer(aliases.app, name="aliases")
app.add_typer(contracts.app, name="contracts")
app.add_typer(identity.app, name="identity")


def main() -> None:
    """Run the command line.

    Exit codes: 0 done, 1 what was asked could not be done, 2 wrong usage.
    """
    try:
        app()
    except StreetlakeError as error:
        errors.print(f"[bold red]{type(error).__name__}[/]: {error}", highlight=False)
        sys.exit(1)
