"""`streetlake identity model`, `adopt` and `preview`: which model is in force, and what another would change."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.cli.identity_source import current_snapshot, plain_rows, show, write_list
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake, Snapshot

if TYPE_CHECKING:
    from pipelines.identity.night.preview import Preview
    from pipelines.identity.outputs import PreviousIdentity
    from pipelines.identity.scoring.model import Model

ModelOption = Annotated[Path | None, typer.Option("--model", help="A model JSON; default: the model in force.")]
ShippedOption = Annotated[bool, typer.Option("--shipped", help="The model that comes with this release.")]
DIGEST_SHOWN = 12


def model(home: HomeOption = None, json: JsonOption = False) -> None:
    """Show the linkage model in force and all that were before (在用归一模型)."""
    from pipelines.identity.night.adoption import adoption_waits, model_in_force
    from pipelines.identity.scoring.model import Model

    place = Home.resolve(home)
    versions = _previous(Lake(place).current() if place.lake.exists() else None).version
    chosen, order = model_in_force(place, versions)
    shipped = Model.load().digest
    facts = {
        "model": chosen.digest[:DIGEST_SHOWN],
        "adopted_by": order.adopted_by if order else "nobody: it came with the software",
        "waits_for_the_next_load": adoption_waits(place, versions),
        "shipped": "the same" if shipped == chosen.digest else f"{shipped[:DIGEST_SHOWN]}: not adopted",
    }
    told = versions.select(
        "version", "at", "run_id", "adopted_by", "note", model=pl.col("model_sha256").str.head(DIGEST_SHOWN),
        rules=pl.col("rules_sha256").str.head(DIGEST_SHOWN),
    )  # fmt: skip
    if json:
        print_json(facts | {"provenance": chosen.provenance, "versions": plain_rows(told)})
        return
    console.print("\n".join(f"{name}: [bold]{value}[/]" for name, value in facts.items()), highlight=False)
    show("Versions (版本)", told)


def adopt(
    note: Annotated[str, typer.Option("--note", help="Why, in your words; no personal data.")],
    home: HomeOption = None,
    file: ModelOption = None,
    shipped: ShippedOption = False,
    actor: Annotated[str | None, typer.Option("--actor", help="An account; default: the system's user.")] = None,
) -> None:
    """Put a linkage model in force from the next load on (启用模型)."""
    from pipelines.governance.audit import record_action
    from pipelines.identity.night.adoption import adopt_model

    chosen = _named_model(file, shipped)
    place, who = Home.resolve(home), actor or getpass.getuser()
    with RunLock(place.ensure()):
        order = adopt_model(place, chosen, note, who, datetime.now(UTC))
        record_action(
            place, action="adopt_model", subject=f"model {chosen.digest}", detail=order["note"], actor=who,
            purpose="stewardship",
        )  # fmt: skip
    console.print(
        f"Model {chosen.digest[:DIGEST_SHOWN]} is in force from the next load on; "
        "`streetlake identity preview` tells what it will change.",
        highlight=False,
    )


def preview(
    home: HomeOption = None,
    file: ModelOption = None,
    shipped: ShippedOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the list of ids to this .csv or .parquet file.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Tell what a full run over the present rows would change, and change nothing (预演)."""
    from pipelines.identity.night.preview import counted

    place = Home.resolve(home)
    found = preview_home(place, _named_model(file, shipped) if file or shipped else None)
    if out is not None:
        write_list(found.changes, out)
    tables = {"persons": counted(found), "households": found.households, "golden": found.golden}
    if json:
        print_json({name: plain_rows(frame) for name, frame in tables.items()})
    elif found.is_empty:
        console.print("Nothing would change.")
    else:
        for title, frame in zip(
            ("Persons (人员)", "Households (户)", "Golden values (主档值)"), tables.values(), strict=True
        ):
            show(title, frame)


def preview_home(home: Home, model: Model | None = None) -> Preview:
    """Resolve the present rows of a home from the ground up, with its ids, and compare with the current snapshot.

    Args:
        home: the home; it is only read.
        model: another model; None for the one in force.

    Raises:
        LakeError: when nothing was loaded yet.
    """
    from pipelines.governance.tokens import purpose_key, tokenise
    from pipelines.identity.night.adoption import model_in_force
    from pipelines.identity.night.memory import DECISIONS, MATCH, NUMBER_KEY_PURPOSE
    from pipelines.identity.night.preview import compare_nights, preview_mint
    from pipelines.identity.night.resolve import resolve_identities
    from pipelines.identity.stewarding.journal import all_decisions

    snapshot = current_snapshot(home, MATCH, "master.person_crosswalk")
    previous = _previous(snapshot)
    chosen, order = (model, None) if model is not None else model_in_force(home, previous.version)
    key = purpose_key(home, NUMBER_KEY_PURPOSE)
    then = resolve_identities(
        {name: snapshot.scan(name) for name in snapshot.tables if name.startswith("raw.")},
        snapshot.scan(MATCH).collect(),
        previous.without_shortcuts(),
        chosen,
        all_decisions(snapshot.scan(DECISIONS).collect(), home),
        lambda numbers: tokenise(numbers, key),
        run_id="preview",
        now=datetime.now(UTC),
        mint=preview_mint(),
        adoption=order,
    )
    crosswalk, person = (snapshot.scan(f"master.{name}").collect() for name in ("person_crosswalk", "person"))
    return compare_nights(previous, crosswalk, person, then)


def _named_model(file: Path | None, shipped: bool) -> Model:
    from pipelines.identity.scoring.model import Model

    if (file is None) != shipped:
        raise typer.BadParameter("name one model: --model FILE or --shipped")
    return Model.load() if file is None else Model.load(file)


def _previous(snapshot: Snapshot | None) -> PreviousIdentity:
    from pipelines.identity.night.memory import read_previous
    from pipelines.identity.outputs import PreviousIdentity

    return PreviousIdentity.empty() if snapshot is None else read_previous(snapshot.has, snapshot.scan)
