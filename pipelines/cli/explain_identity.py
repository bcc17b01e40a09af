"""`streetlake explain person` and `explain pair`: why records are one person, or two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.errors import LakeError
from pipelines.home import Home

if TYPE_CHECKING:
    from pipelines.identity.stewarding.decisions import MentionKey
    from pipelines.identity.stewarding.evidence import Scan
    from pipelines.lake.store import Snapshot

CROSSWALK = "master.person_crosswalk"
MentionHelp = "A person_id (its beginning will do), or a mention: feed/record_key/role, /seq for a second owner."


def person(
    person_id: Annotated[str, typer.Argument(help="A person_id; its first characters will do.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Show what makes one person (人员解释): golden values, mentions, weakest links, nearest others, ledger."""
    from pipelines.cli.explain_identity_print import person_as_dict, show_person
    from pipelines.governance.audit import record_action
    from pipelines.identity.stewarding.evidence import person_called
    from pipelines.identity.stewarding.explain import explain_person

    place = Home.resolve(home)
    scan = _scan(place)
    found = person_called(scan, person_id)
    explained = explain_person(scan, found)
    record_action(place, action="explain", subject=f"person {found}", detail=f"{explained.mentions.height} mentions")
    if json:
        print_json(person_as_dict(explained))
    else:
        show_person(console, explained)


def pair(
    left: Annotated[str, typer.Argument(help=MentionHelp)],
    right: Annotated[str, typer.Argument(help=MentionHelp)],
    home: HomeOption = None,
    out: Annotated[Path | None, typer.Option(help="Also draw the waterfall of the deciding link to this .svg.")] = None,
    json: JsonOption = False,
) -> None:
    """Show why two records are one person or two (归一解释), with the weight of every comparison as a waterfall."""
    from pipelines.cli.explain_identity_print import pair_as_dict, show_pair
    from pipelines.governance.audit import record_action
    from pipelines.identity.stewarding.explain import explain_pair

    place = Home.resolve(home)
    scan = _scan(place)
    explained = explain_pair(scan, named(scan, left), named(scan, right))
    record_action(place, action="explain", subject="pair of mentions", detail=f"{len(explained.chain)} links")
    if out is not None:
        _draw(explained.chain, out)
    if json:
        print_json(pair_as_dict(explained))
    else:
        show_pair(console, explained)


def named(scan: Scan, written: str) -> MentionKey | str:
    """The mention or the person that an argument names."""
    from pipelines.identity.stewarding.evidence import mention_called, person_called

    return mention_called(written) or person_called(scan, written)


def _draw(chain: list[dict[str, object]], out: Path) -> None:
    from pipelines.identity.stewarding.waterfall import svg, waterfall

    scored = [link for link in chain if waterfall(link)]
    if not scored:
        raise LakeError("there is no scored link between them to draw: no file was written")
    weakest = min(scored, key=lambda link: float(str(link["probability"])))
    title = f"{weakest['rule']}: probability {weakest['probability']:.3f}"
    out.write_text(svg(waterfall(weakest), title), encoding="utf-8")
    console.print(f"Waterfall written to {out}.", highlight=False)


def _scan(home: Home) -> Scan:
    return _snapshot(home).scan


def _snapshot(home: Home) -> Snapshot:
    from pipelines.lake.store import Lake

    snapshot = Lake(home).current() if home.lake.exists() else None
    if snapshot is None or not snapshot.has(CROSSWALK):
        raise LakeError(f"{home.root} has no persons yet: run `streetlake load` first")
    return snapshot
