"""`streetlake review`: doubtful matches, most valuable first, and a steward's answers."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

app = typer.Typer(help="Review (人工复核): doubtful matches of persons and the answers to them.", no_args_is_help=True)
TABLE = "master.match_review"
SHOWN = {
    "rank": "rank", "review_id": "id", "value": "value", "probability": "probability", "reason_zh": "why (原因)",
    "left": "left (左)", "right": "right (右)", "answered": "answered (已答)",
}  # fmt: skip
SHORT_ID = 10

IdArgument = Annotated[str, typer.Argument(help="The review_id, or its first characters.")]


@app.command("list")
def list_cases(
    home: HomeOption = None,
    limit: Annotated[int, typer.Option(help="How many, from the top.", min=1)] = 20,
    feed: Annotated[str | None, typer.Option(help="Only cases with a record of this feed.")] = None,
    json: JsonOption = False,
) -> None:
    """List open cases, the one whose answer changes most first (待复核清单)."""
    place = Home.resolve(home)
    cases = _cases(place)
    if feed is not None:
        cases = cases.filter((pl.col("left_feed") == feed) | (pl.col("right_feed") == feed))
    rows = [_told(row, place) for row in cases.sort("rank").head(limit).to_dicts()]
    if json:
        print_json(rows)
        return
    table = Table(title=f"Review (待人工复核): {len(rows)} of {cases.height}", title_justify="left")
    for title in SHOWN.values():
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: dict[str, Any]) -> list[str]:
    """Of a record only its feed and role: `show` tells the rest, and says so to the audit log."""
    sides = {side: f"{row[f'{side}_feed']} {row[f'{side}_person_role']}" for side in ("left", "right")}
    short = row | sides | {"review_id": row["review_id"][:SHORT_ID], "probability": f"{row['probability']:.2f}"}
    short |= {"value": f"{row['value']:.1f}"}
    return ["" if short[name] is None else str(short[name]) for name in SHOWN]


@app.command()
def show(review: IdArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show both records of a case and the weight of every comparison (复核详情)."""
    from pipelines.cli.explain_identity import pair

    left, right = _mentions(_one(_cases(Home.resolve(home)), review))
    pair("/".join(map(str, left)), "/".join(map(str, right)), home=home, out=None, json=json)


@app.command()
def answer(
    review: IdArgument,
    verdict: Annotated[str, typer.Argument(help="same (同一人), different (不同的人) or withdrawn (撤回).")],
    reason: Annotated[str, typer.Option("--reason", help="known_person, document_seen, namesake, relative, ...")],
    home: HomeOption = None,
    actor: Annotated[str | None, typer.Option("--actor", help="An account; default: the system's user.")] = None,
) -> None:
    """Answer a case; every later load obeys (裁定)."""
    place = Home.resolve(home)
    with RunLock(place):
        case = _one(_cases(place), review)
        _note(place, *_mentions(case), verdict, reason, actor, f"case {case['review_id']}")


@app.command()
def decide(
    left: Annotated[str, typer.Argument(help="A mention: feed/record_key/role, /seq for a second owner.")],
    right: Annotated[str, typer.Argument(help="Another mention.")],
    verdict: Annotated[str, typer.Argument(help="same (同一人), different (不同的人) or withdrawn (撤回).")],
    reason: Annotated[str, typer.Option("--reason", help="known_person, document_seen, namesake, relative, ...")],
    home: HomeOption = None,
    actor: Annotated[str | None, typer.Option("--actor", help="An account; default: the system's user.")] = None,
) -> None:
    """Decide about any two mentions, whether or not they are in the queue (直接裁定)."""
    from pipelines.identity.stewarding.evidence import evidence_of, mention_called

    place = Home.resolve(home)
    keys = [mention_called(written) for written in (left, right)]
    if keys[0] is None or keys[1] is None:
        raise typer.BadParameter("a mention is feed/record_key/role: `streetlake explain person ID` lists them")
    with RunLock(place):
        snapshot = Lake(place).current()
        if snapshot is None:
            raise LakeError(f"{place.root} has no snapshot yet: run `streetlake load` first")
        evidence_of(snapshot.scan, [], [keys[0], keys[1]])
        _note(place, keys[0], keys[1], verdict, reason, actor, "two mentions")


def _note(home: Home, left: Any, right: Any, verdict: str, reason: str, actor: str | None, subject: str) -> None:
    from pipelines.governance.audit import record_action
    from pipelines.identity.stewarding.journal import note_decision

    who = actor or getpass.getuser()
    note_decision(home, left, right, verdict, reason, who, datetime.now(UTC))
    record_action(home, action=f"review_{verdict}", subject=subject, detail=reason, actor=who, purpose="stewardship")
    console.print(f"Noted: {verdict} ({reason}); it takes effect with the next load.")


def _cases(home: Home) -> pl.DataFrame:
    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None or not snapshot.has(TABLE):
        raise LakeError(f"{home.root} has no table {TABLE} yet: run `streetlake load` first")
    return snapshot.scan(TABLE).collect()


def _one(cases: pl.DataFrame, review: str) -> dict[str, Any]:
    found = cases.filter(pl.col("review_id").str.starts_with(review.strip()))
    if found.height != 1:
        raise LakeError(f"{found.height} cases begin with {review!r}: `streetlake review list` shows them")
    return found.row(0, named=True)


def _mentions(case: dict[str, Any]) -> tuple[Any, Any]:
    names = ("feed", "record_key", "person_role", "person_seq")
    left, right = (tuple(case[f"{side}_{name}"] for name in names) for side in ("left", "right"))
    return left, right


def _told(case: dict[str, Any], home: Home) -> dict[str, Any]:
    from pipelines.identity.stewarding.journal import read_decisions

    left, right = _mentions(case)
    given = {frozenset(pair): verdict for *pair, verdict in _answers(read_decisions(home))}
    return case | {
        "left": "/".join(map(str, left)),
        "right": "/".join(map(str, right)),
        "answered": given.get(frozenset((left, right))),
    }


def _answers(decisions: pl.DataFrame) -> list[tuple[Any, Any, str]]:
    names = ("feed", "record_key", "person_role", "person_seq")
    return [
        (*(tuple(row[f"{side}_{name}"] for name in names) for side in ("left", "right")), row["answer"])
        for row in decisions.iter_rows(named=True)
    ]
