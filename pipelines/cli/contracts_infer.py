"""`streetlake contracts infer`: a contract proposed from a sample file, for a person to edit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import console, errors
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from pipelines.quality.contract_proposal.propose import Proposal

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def infer(
    file: Annotated[Path, typer.Argument(help="A file as the department delivers it.")],
    department: Annotated[str, typer.Option(help="Folder below landing/, e.g. street_office.")],
    feed: Annotated[str, typer.Option(help="Folder below the department, e.g. hotline.")],
    out: Annotated[Path | None, typer.Option(help="Write the contract here; default: print it.")] = None,
) -> None:
    """Propose a contract from a sample file, for a person to edit (由样例文件拟定数据契约).

    What was seen stands beside each guess, in counts; no value of a column that looks personal is shown.
    """
    from pipelines.config import IngestConfig
    from pipelines.contracts.loader import load_contracts
    from pipelines.errors import FileRejected
    from pipelines.quality.contract_proposal.propose import propose
    from pipelines.quality.contract_proposal.text import proposal_text

    for option, name in (("--department", department), ("--feed", feed)):
        if not _NAME.fullmatch(name):
            raise typer.BadParameter(f"{option} {name!r} is not in lower case letters, digits and _")
    if not file.is_file():
        raise ConfigError(f"{file} is no file")
    if out is not None and out.exists():
        raise ConfigError(f"{out} exists already: compare the two by hand, or name another --out")
    others = {name: one for name, one in load_contracts().items() if name != f"{department}_{feed}"}
    try:
        proposal = propose(file, department, feed, others, IngestConfig())
    except FileRejected as rejected:
        raise ConfigError(f"{file.name} cannot be read ({rejected.reason_code}): {rejected}") from rejected
    text = proposal_text(proposal)
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8", newline="\n")
    _tell(proposal, out)


def _tell(proposal: Proposal, out: Path) -> None:
    from pipelines.quality.contract_proposal.known import STRICTEST

    classes = [column.data_class for column in proposal.columns]
    told = ", ".join(f"{classes.count(one)} {one}" for one in STRICTEST)
    console.print(f"wrote {out}: {len(classes)} columns ({told}).", highlight=False)
    errors.print(
        "Check every line against the department's own description: types and classes are guesses. Then run "
        "`streetlake contracts check`, `streetlake contracts render` and deliver a file.",
        highlight=False,
    )
