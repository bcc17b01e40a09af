"""`streetlake identity`: the linkage model, what another would change, and the ledger of ids."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.cli import identity_ledger, identity_model
from pipelines.cli.console import HomeOption, console
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.store import Lake

app = typer.Typer(help="Identity (人员归一): the linkage model, and the ledger of ids.", no_args_is_help=True)
app.command("model")(identity_model.model)
app.command("preview")(identity_model.preview)
app.command("adopt")(identity_model.adopt)
app.command("as-of")(identity_ledger.as_of)
app.command("changes")(identity_ledger.changes)


@app.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="Where to write the model JSON.")],
    home: HomeOption = None,
    also: Annotated[
        list[Path] | None, typer.Option("--also", help="Another home to learn from as well; may be repeated.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Where to write the model as a page: chart, chances, sessions.")
    ] = None,
) -> None:
    """Let Splink 5 train the model on this home's current records, and write it; until adopted, nothing uses it."""
    from pipelines.identity.scoring.report import render_report
    from pipelines.identity.scoring.training import train_model

    found = [_current_mentions(Home.resolve(place)) for place in (home, *(also or ()))]
    model = train_model([mentions for _, mentions in found], names=[name for name, _ in found])
    model.save(out)
    count = sum(mentions.height for _, mentions in found)
    console.print(f"Model {model.digest[:12]} written to {out}, trained on {count:,} mentions.")
    if report is not None:
        report.write_text(render_report(model), encoding="utf-8")
        console.print(f"Its chances and chart: {report}")
    console.print(f"What it would change: `streetlake identity preview --model {out}`; in force: `identity adopt`.")


def _current_mentions(place: Home) -> tuple[str, pl.DataFrame]:
    """The mentions of a home's last snapshot, and what to call them in the model's provenance."""
    from pipelines.identity.mentions.collect import collect_person_mentions

    snapshot = Lake(place).current()
    if snapshot is None:
        raise LakeError(f"{place.root} has no snapshot yet: run `streetlake load` first")
    raw = {name.removeprefix("raw."): snapshot.scan(name) for name in snapshot.tables if name.startswith("raw.")}
    matches = snapshot.scan("master.address_match").collect()
    return f"snapshot {snapshot.id}", collect_person_mentions(raw, matches)
