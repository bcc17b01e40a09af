"""`streetlake evacuation`: a numbered sheet of one building, of whom to help first and of every door."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

TABLE = "marts.attention_household"
PURPOSE = "应急疏散"
COLUMNS = {
    "number": "copy (份号)", "building": "building (楼栋)", "actor": "by (经手人)", "purpose": "purpose (用途)",
    "households": "households (户)", "printed_at": "printed (打印)", "expires_at": "expires (失效)",
    "state": "state (状态)",
}  # fmt: skip


def evacuation(
    building: Annotated[
        str | None, typer.Option("--building", help="Its code, or a name such as 雅居小区3号楼.")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What for; printed on every page and logged.")] = PURPOSE,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: evacuation/ in the home.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Who; default: the system's user.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Show all copies with their expiry.")] = False,
    recall: Annotated[int | None, typer.Option("--recall", help="Mark copy N as called back.", min=1)] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Print whom to help out of a building, and every door (疏散救助单); each copy is numbered, logged, and expires."""
    if sum([building is not None, show, recall is not None]) != 1:
        raise typer.BadParameter("give one of --building, --list and --recall")
    place = Home.resolve(home)
    who = actor or getpass.getuser()
    if building is not None:
        _print(place, building, purpose, out, who)
    elif recall is not None:
        _recall(place, recall, who)
    else:
        _list(place, json)


def _print(home: Home, asked: str, purpose: str, out: Path | None, actor: str) -> None:
    from pipelines.needs.sheet.contents import sheet_of
    from pipelines.needs.sheet.copies import clear_away, file_of, give_out
    from pipelines.needs.sheet.finding import buildings_of, find_building
    from pipelines.needs.sheet.render import render_sheet, write_private

    if out is not None and (out.is_dir() or not out.resolve().parent.is_dir()):
        raise typer.BadParameter("--out names a file in a folder that exists")
    snapshot = _snapshot(home)
    building = find_building(buildings_of(snapshot.scan), asked)
    sheet = sheet_of(snapshot.scan, building)
    counts = {"households": sheet.rows, "persons": sheet.persons}
    code, name = str(building["building_code"]), str(building["name"])
    told: dict[str, Any] = {"building_code": code, "building": name, "actor": actor, "purpose": purpose}
    now = datetime.now(UTC)
    clear_away(home, now)
    copy = give_out(home, now, **told, **counts)
    _log(
        home,
        "evacuation_print",
        copy.number,
        code,
        actor,
        purpose,
        f"{sheet.rows} households listed, {sheet.doors} doors",
    )
    page = render_sheet(sheet, copy, str(sheet_day(snapshot)))
    path = write_private(page, out or file_of(home, copy.number))
    console.print(f"Copy {copy.number} of {name}: {sheet.rows} households to help, {sheet.doors} doors.")
    console.print(str(path), highlight=False, soft_wrap=True)
    console.print(f"It expires {_told(copy.expires_at)} and holds personal data: count it, and destroy it after use.")


def sheet_day(snapshot: Snapshot) -> object:
    """Return the day that the rows of a snapshot speak of; a dash where there are none."""
    return snapshot.scan(TABLE).select("as_of").max().collect().item() or "-"


def _recall(home: Home, number: int, actor: str) -> None:
    from pipelines.needs.sheet.copies import clear_away, recall

    now = datetime.now(UTC)
    copy = recall(home, number, actor, now)
    _log(home, "evacuation_recall", number, copy.building_code, actor, copy.purpose, f"recalled_at {copy.recalled_at}")
    clear_away(home, now)
    console.print(f"Copy {number} of {copy.building} is called back: collect the paper and destroy it.")


def _list(home: Home, as_json: bool) -> None:
    from pipelines.needs.sheet.copies import all_copies

    now = datetime.now(UTC)
    rows = [asdict(copy) | {"state": copy.state(now)} for copy in all_copies(home)]
    if as_json:
        print_json(rows)
        return
    table = Table(title=f"Copies (已打印): {len(rows)}", title_justify="left")
    for title in COLUMNS.values():
        table.add_column(title, overflow="fold")
    for row in rows:
        shown = row | {name: _told(row[name]) for name in ("printed_at", "expires_at")}
        table.add_row(*(str(shown[name]) for name in COLUMNS))
    console.print(table)


def _told(instant: str) -> str:
    """An instant of a copy as a clock in Shanghai shows it."""
    from pipelines.needs.sheet.render import SHANGHAI

    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _snapshot(home: Home) -> Snapshot:
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None or not snapshot.has(TABLE):
        raise LakeError(f"{home.root} has no table {TABLE} yet: run `streetlake load` first")
    return snapshot


def _log(home: Home, action: str, number: int, code: str, actor: str, purpose: str, detail: str) -> None:
    from pipelines.governance.audit import record_action

    subject = f"building {code}, copy {number}"
    record_action(home, action=action, subject=subject, detail=detail, actor=actor, purpose=purpose)
