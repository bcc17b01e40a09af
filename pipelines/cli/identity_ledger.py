"""`streetlake identity as-of` and `changes`: who was who, and which ids changed and why, from the ledger alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.cli.console import HomeOption, JsonOption, console, errors, print_json
from pipelines.cli.identity_source import HISTORY, LEDGER, current_snapshot, instant, plain_rows, show, write_list
from pipelines.errors import LakeError
from pipelines.home import Home

OutOption = Annotated[Path | None, typer.Option("--out", help="Write the list to this .csv or .parquet file.")]


def as_of(
    when: Annotated[str, typer.Argument(help="A day (2026-10-01: its end, in Shanghai) or an instant.")],
    home: HomeOption = None,
    person: Annotated[
        str | None, typer.Option("--person", help="Only this person_id: its state and its records.")
    ] = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Show who was who at a moment, as it was known then (某日的人员对照); what names records is logged."""
    from pipelines.governance.audit import record_action
    from pipelines.identity.ledger.changes import person_story, states_at
    from pipelines.identity.ledger.replay import as_of as crosswalk_at
    from pipelines.identity.ledger.replay import replay

    place = Home.resolve(home)
    snapshot = current_snapshot(place, HISTORY, LEDGER)
    moment = instant(when, end_of_day=True)
    ledger, history = snapshot.scan(LEDGER).collect(), snapshot.scan(HISTORY).collect()
    crosswalk = crosswalk_at(ledger, moment)
    if person is not None:
        fate = replay(history, moment).filter(pl.col("person_id") == person)
        if fate.is_empty():
            raise LakeError(f"no person {person} at {when}: it was minted later, or never")
        crosswalk = crosswalk.filter(pl.col("person_id") == person)
        facts: dict[str, Any] = fate.to_dicts()[0] | {"as_of": moment.isoformat()}
        tables = {"records": crosswalk, "events": person_story(history, person).filter(pl.col("at") <= moment)}
    else:
        facts = {"as_of": moment.isoformat(), "mentions": crosswalk.height, **states_at(history, moment)}
        by_feed = crosswalk.group_by("feed").agg(mentions=pl.len(), persons=pl.col("person_id").n_unique()).sort("feed")
        tables = {"feeds": by_feed}
    if person is not None or out is not None:
        subject = "crosswalk" if person is None else f"person {person}"
        record_action(place, action="as_of", subject=subject, detail=f"{crosswalk.height} mentions")
    if out is not None:
        write_list(crosswalk, out)
    _tell(facts, tables, json)


def changes(
    home: HomeOption = None,
    run: Annotated[str | None, typer.Option("--run", help="Of this run; default: the last that changed an id.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Of all runs since a day or an instant.")] = None,
    ids: Annotated[bool, typer.Option("--list", help="List the ids, too.")] = False,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Count which ids changed and why (编号变动及原因)."""
    from pipelines.identity.ledger.changes import count_events, select_events

    if run is not None and since is not None:
        raise typer.BadParameter("--run and --since exclude each other")
    history = current_snapshot(Home.resolve(home), HISTORY).scan(HISTORY).collect()
    moment = instant(since, end_of_day=False) if since is not None else None
    events = select_events(history, run, moment)
    if run is not None and events.is_empty():
        errors.print(f"Run {run} changed no id, or there was no such run.", highlight=False)
    if out is not None:
        write_list(events, out)
    tables = {"changes": count_events(events)}
    _tell(
        {"events": events.height, "ids": events["person_id"].n_unique()},
        tables | ({"list": events} if ids else {}),
        json,
    )


def _tell(facts: dict[str, Any], tables: dict[str, pl.DataFrame], json: bool) -> None:
    if json:
        print_json(facts | {name: plain_rows(frame) for name, frame in tables.items()})
        return
    console.print("  ".join(f"{name} [bold]{value}[/]" for name, value in facts.items()), highlight=False)
    for name, frame in tables.items():
        show(name, frame)
