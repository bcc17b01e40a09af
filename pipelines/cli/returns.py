"""`streetlake returns`: what departments should correct, their workbooks, and what clerks answered."""

from __future__ import annotations

import getpass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

app = typer.Typer(help="Returns (数据更正): rows that departments should correct.", no_args_is_help=True)
TABLE = "marts.return_list"
# No cell of a delivered row: those are in the workbooks, and reading them is told to the audit log.
SHOWN = {
    "entry_id": "entry (条目)", "department_zh": "department (部门)", "title_zh": "feed (数据)",
    "header": "column (列)", "problem_zh": "problem (问题)", "status": "status (状态)",
    "closed_as": "closed as (办结)", "opened_on": "since (起)",
    "persons_affected": "persons (人)", "priority": "priority",
}  # fmt: skip

DepartmentOption = Annotated[str | None, typer.Option("--department", help="Only of this one: police, housing, ...")]


@app.command("list")
def list_entries(
    home: HomeOption = None,
    department: DepartmentOption = None,
    feed: Annotated[
        str | None, typer.Option("--feed", help="Only of this feed: residents, or police_residents.")
    ] = None,
    status: Annotated[str, typer.Option("--status", help="open, closed or all.")] = "open",
    limit: Annotated[int, typer.Option("--limit", help="How many, from the top.", min=1)] = 50,
    json: JsonOption = False,
) -> None:
    """List entries, worst first, without any content of a row (更正清单)."""
    if status not in ("open", "closed", "all"):
        raise typer.BadParameter("a status is open, closed or all")
    entries = _entries(_snapshot(Home.resolve(home)))
    if department is not None:
        entries = entries.filter(pl.col("department") == department)
    if feed is not None:
        whole = pl.concat_str("department", "feed", separator="_")
        entries = entries.filter((pl.col("feed") == feed) | (whole == feed))
    if status != "all":
        entries = entries.filter(pl.col("status") == status)
    rows = entries.sort("priority", "entry_id", descending=[True, False]).head(limit).select(list(SHOWN)).to_dicts()
    if json:
        print_json(rows)
        return
    table = Table(title=f"Return list (数据更正清单): {len(rows)} of {entries.height}", title_justify="left")
    for name, title in SHOWN.items():
        table.add_column(title, no_wrap=name == "entry_id", overflow="fold")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in SHOWN))
    console.print(table)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; made when missing.")],
    home: HomeOption = None,
    department: DepartmentOption = None,
) -> None:
    """Write one workbook a department, of the current snapshot (导出更正清单)."""
    from pipelines.contracts.loader import load_contracts
    from pipelines.governance.audit import record_action
    from pipelines.quality.returns.workbook import write_workbooks

    place = Home.resolve(home)
    snapshot = _snapshot(place)
    entries = _entries(snapshot)
    if department is not None:
        entries = entries.filter(pl.col("department") == department)
    if entries.is_empty():
        console.print("There is no entry: no workbook was written.")
        return
    written = write_workbooks(entries, load_contracts(), out, _as_of(snapshot))
    subject = ", ".join(path.stem for path in written)
    detail = f"{len(written)} workbooks, {int((entries['status'] == 'open').sum())} open entries"
    record_action(place, action="export", subject=f"return list of {subject}", detail=detail, purpose="data correction")
    for path in written:
        console.print(str(path), highlight=False)
    console.print(f"{detail}. They hold personal data: give each to its own department, and to nobody else.")


@app.command()
def answer(
    file: Annotated[Path, typer.Argument(help="The workbook that a department handed back.")],
    home: HomeOption = None,
    actor: Annotated[str | None, typer.Option("--actor", help="An account; default: the system's user.")] = None,
) -> None:
    """Take the answers out of a workbook; they take effect with the next load (登记处理结果)."""
    from pipelines.governance.audit import record_action
    from pipelines.quality.returns.answers import append_answers
    from pipelines.quality.returns.reply import read_reply
    from pipelines.quality.returns.schema import ACCEPTED, ANSWERS

    place = Home.resolve(home)
    who = actor or getpass.getuser()
    with RunLock(place):
        reply = read_reply(file, _entries(_snapshot(place)))
        new = append_answers(place, reply.answers, who, datetime.now(UTC))
        if new:
            record_action(
                place, action="returns_answer", subject=f"return list of {reply.department}", detail=f"{new} answers",
                actor=who, purpose="data correction",
            )  # fmt: skip
    for code, words in ANSWERS.items():
        count = sum(one["answer"] == code for one in reply.answers)
        console.print(f"{words} ({code}): {count}")
    console.print(f"{new} new answers noted; {reply.unanswered} rows without an answer.")
    if reply.outdated:
        places = "; ".join(reply.outdated[:10])
        console.print(
            f"{len(reply.outdated)} answers not taken: the row was delivered anew or closed since, or sorted apart "
            f"from its entry number ({places}). Answer them in a fresh workbook.",
            markup=False,
        )
    if any(one["answer"] == ACCEPTED for one in reply.answers):
        console.print("Entries answered 情况属实无需更正 close with the next load.")


def _snapshot(home: Home) -> Snapshot:
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None or not snapshot.has(TABLE):
        raise LakeError(f"{home.root} has no table {TABLE} yet: run `streetlake load` first")
    return snapshot


def _entries(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.scan(TABLE).collect()


def _as_of(snapshot: Snapshot) -> date:
    taken = snapshot.scan("ops.delivery").filter(pl.col("status") != "rejected")
    newest: Any = taken.select(pl.col("delivered_on").max()).collect().item()
    if newest is None:
        raise LakeError("nothing was delivered yet: run `streetlake load` first")
    return date.fromisoformat(str(newest))
