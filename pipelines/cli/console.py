"""Where the command line prints: results to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Protocol

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

# Written to a file or a pipe there is no terminal to fit into, and broken words help nobody.
WIDTH_WITHOUT_TERMINAL = 140

console = Console(width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
errors = Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH_WITHOUT_TERMINAL)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The Streetlake home; default: $STREETLAKE_HOME, else the checkout's data/."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


class ProgressSink(Protocol):
    """What long work reports to: a label, how much is done, and of how much (0 when unknown)."""

    def __call__(self, label: str, done: int, total: int) -> None:
        """Report progress."""


@contextmanager
def progress_bar(title: str) -> Iterator[ProgressSink]:
    """Yield a function that draws one bar on standard error; silent where that is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def report(label: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title}: {label}", completed=done, total=total or None)

        yield report


def print_json(value: Any) -> None:
    """Print `value` as indented JSON on standard output; dates as ISO text."""
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS, default=str).decode())
