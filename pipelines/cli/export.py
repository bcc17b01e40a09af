"""`streetlake export`: the served tables of the current snapshot, one Parquet file each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import HomeOption, console
from pipelines.home import Home


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; made when missing.")],
    home: HomeOption = None,
) -> None:
    """Write every served table (raw, ops, master, marts) as OUT/<schema>/<table>.parquet (导出)."""
    from pipelines.governance.audit import record_action
    from pipelines.lake.publish import export as export_tables

    place = Home.resolve(home)
    written = export_tables(place, out)
    record_action(place, action="export", subject="all served tables", detail=f"{len(written)} tables")
    console.print(f"{len(written)} tables exported to {out}. They hold personal data: keep them as you keep the home.")
