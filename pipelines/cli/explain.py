"""`streetlake explain`: why an address text got its answer, and why records are one person or two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli import explain_identity
from pipelines.cli.console import HomeOption, JsonOption, console, errors, print_json
from pipelines.errors import ConfigError, LakeError
from pipelines.home import Home

if TYPE_CHECKING:
    from pipelines.addresses.register.index import Register
    from pipelines.lake.store import Snapshot

app = typer.Typer(help="Explain (解释): why a text got its answer.", no_args_is_help=True)
REGISTER = "raw.police_addresses"


@app.callback()
def explain() -> None:
    """Explain (解释): why a text got its answer."""


@app.command()
def address(
    text: Annotated[str | None, typer.Argument(help='For example: "中山北路三十号院3-2-501"')] = None,
    feed: Annotated[
        str | None, typer.Option(help="Show what this feed's rows with the text got, e.g. police_residents.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Many texts: a .txt, one a line, or a .csv.")] = None,
    column: Annotated[
        str | None, typer.Option(help="The column of the .csv; default: address, 地址, or the first.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the answers for --file to this .csv.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say what is read in an address, which places fit, what speaks against each, and what to do next (地址解释).

    The register is that of the current snapshot, with former names and learned aliases. Nothing of the text is logged.
    """
    if (text is None) == (file is None):
        raise typer.BadParameter("give one text, or --file with many")
    if file is None and (column is not None or out is not None):
        raise typer.BadParameter("--column and --out go with --file")
    name = _known_feed(feed)
    place = Home.resolve(home)
    snapshot = _snapshot(place)
    if file is not None:
        _many(place, snapshot, file, column, out, json=json)
    else:
        _one(place, snapshot, text or "", name, json=json)


def _known_feed(written: str | None) -> str | None:
    """The feed as `<department>_<feed>`; wrong usage (exit 2) names the feeds that mention addresses."""
    from pipelines.addresses.mentions import declared_sources

    known = sorted({source.feed for source in declared_sources()})
    name = None if written is None else written.strip("/").replace("/", "_")
    if name is not None and name not in known:
        raise typer.BadParameter(f"no feed with addresses is called {written}; there are: {', '.join(known)}")
    return name


def _snapshot(home: Home) -> Snapshot:
    from pipelines.lake.store import Lake

    if not home.root.exists():
        raise ConfigError(f"there is no home at {home.root}: name one with --home, or make one with `streetlake demo`")
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None:
        raise LakeError(f"{home.root} has no snapshot yet: run `streetlake load` first")
    if not snapshot.has(REGISTER):
        raise LakeError(
            f"snapshot {snapshot.id} has no {REGISTER}: the register (police/addresses) was never delivered. "
            "Put it into landing/police/addresses/<date>/ and run `streetlake load`."
        )
    return snapshot


def _register(snapshot: Snapshot) -> Register:
    from pipelines.addresses.night import snapshot_register

    with errors.status("reading the register (标准地址库)"):
        return snapshot_register(snapshot.scan, snapshot.has)


def _one(home: Home, snapshot: Snapshot, text: str, feed: str | None, *, json: bool) -> None:
    from pipelines.addresses.explaining.explain import Explainer
    from pipelines.cli.explain_print import as_dict, show, stored_answers
    from pipelines.governance.audit import record_action

    explained = Explainer(_register(snapshot)).explain(text)
    stored = stored_answers(snapshot, explained.text, feed)
    record_action(home, action="explain", subject="address", detail="1 text")
    if json:
        print_json(as_dict(explained, stored))
    else:
        show(console, explained, stored)


def _many(home: Home, snapshot: Snapshot, file: Path, column: str | None, out: Path | None, *, json: bool) -> None:
    from pipelines.addresses.explaining.explain import explain_table
    from pipelines.cli.explain_file import read_texts, write_answers
    from pipelines.cli.explain_print import show_table
    from pipelines.governance.audit import record_action

    texts = read_texts(file, column)
    table = explain_table(texts, _register(snapshot))
    record_action(home, action="explain", subject="address", detail=f"{len(texts)} texts")
    if out is not None:
        write_answers(table, out)
        console.print(f"{table.height} answers written to {out}.", highlight=False)
    if json:
        print_json(table.to_dicts())
    elif out is None:
        show_table(console, table)


app.command("person")(explain_identity.person)
app.command("pair")(explain_identity.pair)
