"""`streetlake site`: the static pages of the current snapshot."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import HomeOption, console
from pipelines.errors import LakeError
from pipelines.home import Home

if TYPE_CHECKING:
    from pipelines.pages.site import Site


def site(
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to; default: published/site.")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the first page in the browser.")] = False,
    home: HomeOption = None,
) -> None:
    """Draw the pages of the current snapshot: overview, indicators, map, data quality (静态页面)."""
    drawn = draw_site(Home.resolve(home), out)
    for page in drawn.pages:
        console.print(str(page), highlight=False, soft_wrap=True)
    for failure in drawn.failures:
        console.print(str(failure), style="red", highlight=False, soft_wrap=True)
    if open_browser:
        webbrowser.open(drawn.pages[0].resolve().as_uri())
    if drawn.failures:
        raise typer.Exit(1)


def draw_site(home: Home, out: Path | None = None) -> Site:
    """Write every page of the current snapshot into `out`, else into `published/site`.

    Returns:
        The pages' paths, in the order of the navigation, and the pages that could not be drawn.

    Raises:
        LakeError: when the home has no snapshot yet.
    """
    from pipelines.contracts.loader import load_contracts
    from pipelines.lake.store import Lake
    from pipelines.pages.facts import page_facts
    from pipelines.pages.site import write_site

    snapshot = Lake(home).current()
    if snapshot is None:
        raise LakeError(f"{home.root.name!r} has no snapshot yet: run `streetlake load` first.")
    folder = home.published / "site" if out is None else out
    return write_site(snapshot.scan, folder, page_facts(snapshot, load_contracts()))
