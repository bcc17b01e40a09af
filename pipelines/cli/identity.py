"""`streetlake identity`: the linkage model, what another would change, and the ledger of ids."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
) -> None:
    """Let Splink 5 train the model on this home's current records, and write it; nothing uses it by itself."""
    from pipelines.identity.mentions.collect import collect_person_mentions
    from pipelines.identity.scoring.training import train_model

    place = Home.resolve(home)
    snapshot = Lake(place).current()
    if snapshot is None:
        raise LakeError(f"{place.root} has no snapshot yet: run `streetlake load` first")
    raw = {name.removeprefix("raw."): snapshot.scan(name) for name in snapshot.tables if name.startswith("raw.")}
    mentions = collect_person_mentions(raw, snapshot.scan("master.address_match").collect())
    model = train_model(mentions)
    model.save(out)
    console.print(
        f"Model written to {out}, trained on {mentions.height} mentions. Name it in streetlake.toml to use it."
    )
