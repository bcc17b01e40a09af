"""`streetlake aliases`: names of places that were learned, and a steward's word about them."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

app = typer.Typer(help="Aliases (别名): names of estates and roads learned from records.", no_args_is_help=True)
TABLE = "master.address_alias"

IdArgument = Annotated[str, typer.Argument(help="The alias_id, or its first characters.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in your words; no personal data.")]
ActorOption = Annotated[
    str | None, typer.Option("--actor", help="Who decides (an account); default: the operating system's user.")
]
_COLUMNS = {
    "alias_id": "id", "kind": "kind (类别)", "written": "written (写法)", "stands_for": "stands for (所指)",
    "standing": "status (状态)", "support": "persons/parcels/rooms", "contradicting": "against",
    "guard": "for a steward", "decided_by": "decided by",
}  # fmt: skip


@app.command("list")
def list_aliases(
    home: HomeOption = None,
    status: Annotated[
        str | None, typer.Option(help="Only these: proposed, applied, revoked, rejected, lapsed.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the newest version of every alias (别名清单); what is decided and waits for the next load is marked."""
    from pipelines.addresses.aliases.ledger import STATUSES

    if status is not None and status not in STATUSES:
        raise typer.BadParameter(f"a status is one of {', '.join(STATUSES)}")
    rows = [row for row in _rows(Home.resolve(home)) if status in (None, row["status"])]
    if json:
        print_json(rows)
        return
    table = Table(title="Aliases (别名)")
    for name, title in _COLUMNS.items():
        table.add_column(title, no_wrap=name in ("alias_id", "written", "standing"))
    for row in rows:
        table.add_row(*(str(row[name]) if row[name] is not None else "" for name in _COLUMNS))
    console.print(table)


@app.command()
def show(alias: IdArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show every version of one alias (别名历史)."""
    place = Home.resolve(home)
    ledger = _ledger(place)
    found = ledger.filter(pl.col("alias_id") == _one(ledger, alias)).sort("version").to_dicts()
    if json:
        print_json(found)
        return
    for row in found:
        console.print(
            f"[bold]{row['written']}[/] → {row['estate'] or row['road']}, version {row['version']}: {row['status']}"
        )
        told = {name: value for name, value in row.items() if value is not None and name not in ("version", "status")}
        console.print("\n".join(f"  {name}: {value}" for name, value in told.items()), highlight=False)


@app.command()
def accept(alias: IdArgument, reason: ReasonOption, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Let an alias apply from the next load on, and stand until it is revoked (采纳)."""
    decide(Home.resolve(home), alias, "accept", reason, actor)


@app.command()
def reject(alias: IdArgument, reason: ReasonOption, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Refuse a proposed alias for good (驳回)."""
    decide(Home.resolve(home), alias, "reject", reason, actor)


@app.command()
def revoke(alias: IdArgument, reason: ReasonOption, home: HomeOption = None, actor: ActorOption = None) -> None:
    """Take an applied alias back; it never comes back by itself (撤销)."""
    decide(Home.resolve(home), alias, "revoke", reason, actor)


def decide(home: Home, alias: str, answer: str, reason: str, actor: str | None) -> None:
    """Write one answer and tell the audit log, under the run lock.

    Raises:
        LakeError: when the home has no such alias, or the answer changes nothing about it.
        LockHeldError: when a run works on the home.
    """
    from pipelines.addresses.aliases.decisions import append_decision
    from pipelines.addresses.aliases.ledger import can_decide
    from pipelines.governance.audit import record_action

    with RunLock(home):
        ledger = _ledger(home)
        alias_id = _one(ledger, alias)
        status = _status_after_decisions(home, ledger)[alias_id]
        if not can_decide(status, answer):
            raise LakeError(f"alias {alias_id} is {status}: there is nothing to {answer}")
        who = actor or getpass.getuser()
        append_decision(home, alias_id, answer, reason, who)
        record_action(home, action=f"alias_{answer}", subject=f"alias {alias_id}", actor=who, purpose="stewardship")
    console.print(f"Alias {alias_id}: {answer} noted; it takes effect with the next load.")


def _ledger(home: Home) -> pl.DataFrame:
    snapshot = Lake(home).current()
    if snapshot is None or not snapshot.has(TABLE):
        raise LakeError(f"{home.root} has no table {TABLE} yet: run `streetlake load` first")
    return snapshot.scan(TABLE).collect()


def _one(ledger: pl.DataFrame, alias: str) -> str:
    found = ledger.filter(pl.col("alias_id").str.starts_with(alias.strip()))["alias_id"].unique().to_list()
    if len(found) != 1:
        raise LakeError(f"{len(found)} aliases begin with {alias!r}: `streetlake aliases list` shows them")
    return str(found[0])


def _status_after_decisions(home: Home, ledger: pl.DataFrame) -> dict[str, str]:
    """The status of every alias once what stewards decided since the last load is obeyed."""
    from pipelines.addresses.aliases.decisions import read_decisions
    from pipelines.addresses.aliases.ledger import latest, obey

    return dict(latest(obey(ledger, read_decisions(home))).select("alias_id", "status").iter_rows())


def _rows(home: Home) -> list[dict[str, Any]]:
    from pipelines.addresses.aliases.ledger import latest

    ledger = _ledger(home)
    after = _status_after_decisions(home, ledger)
    rows = []
    for row in latest(ledger).to_dicts():
        waiting = after[row["alias_id"]]
        row["stands_for"] = row["estate"] or row["road"]
        row["support"] = f"{row['support_persons']}/{row['support_parcels']}/{row['support_rooms']}"
        row["from_next_load"] = waiting if waiting != row["status"] else None
        row["standing"] = f"{row['status']} → {waiting}" if row["from_next_load"] else row["status"]
        rows.append(row)
    return rows
