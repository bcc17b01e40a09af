"""`streetlake freeze`: keep a quarter's indicators for good (季度固化)."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, print_json
from pipelines.cli.status import as_table
from pipelines.home import Home

ACTION = "freeze"


def freeze(
    quarter: Annotated[str | None, typer.Argument(help="The quarter, such as 2026Q4.")] = None,
    show: Annotated[bool, typer.Option("--list", help="Show the frozen quarters.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check every byte, and the audit log's record of it.")
    ] = False,
    actor: Annotated[str | None, typer.Option(help="Who freezes it; default: the user of this machine.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Freeze a quarter that is over: an immutable copy of its indicators and their definitions (季度固化)."""
    place = Home.resolve(home)
    if (quarter is None) != (show or verify):
        raise typer.BadParameter("name a quarter, or ask for --list or --verify")
    if quarter is not None:
        _print([freeze_and_record(place, quarter, datetime.now(UTC), actor or getpass.getuser())], json)
        return
    _print(verify_all(place) if verify else list_frozen(place), json)


def freeze_and_record(home: Home, quarter: str, now: datetime, actor: str) -> dict[str, Any]:
    """Freeze a quarter and tell the audit log; also of a quarter that a kill kept from it.

    Raises:
        FreezeRefused: see `freeze_quarter`.
    """
    from pipelines.indicators.freeze import FreezeRefused, freeze_quarter

    try:
        manifest = freeze_quarter(home, quarter, now, actor)
    except FreezeRefused:
        _record_missing(home, now, actor)
        raise
    _record(home, manifest, now, actor, f"snapshot {manifest['snapshot']}")
    return manifest


def list_frozen(home: Home) -> list[dict[str, Any]]:
    """Return the manifests of the frozen quarters, oldest first.

    Raises:
        FrozenBroken: when a manifest was altered.
    """
    from pipelines.indicators.freeze import frozen_quarters, read_manifest

    return [read_manifest(home, quarter) for quarter in frozen_quarters(home)]


def verify_all(home: Home) -> list[dict[str, Any]]:
    """Check every byte of every frozen quarter against its manifest, and every manifest against the audit log.

    Raises:
        FrozenBroken: when a byte changed, a manifest is not the one that the log knows, or a quarter is gone.
        AuditBroken: when the log itself was altered.
    """
    from pipelines.governance.audit import verify_audit
    from pipelines.indicators.freeze import FrozenBroken, frozen_quarters, verify_quarter

    verify_audit(home)
    seals = _seals(home)
    gone = sorted(set(seals) - set(frozen_quarters(home)))
    if gone:
        raise FrozenBroken(f"{', '.join(gone)} was frozen and is gone: restore its folder below frozen/ from backup.")
    manifests = [verify_quarter(home, quarter) for quarter in frozen_quarters(home)]
    for manifest in manifests:
        if seals.get(manifest["quarter"]) != manifest["seal"]:
            raise FrozenBroken(
                f"frozen {manifest['quarter']}: its manifest is not the one that the audit log knows. Where a kill "
                f"cut the freeze short, `streetlake freeze {manifest['quarter']}` notes it; else restore a backup."
            )
    return manifests


def _record(home: Home, manifest: dict[str, Any], now: datetime, actor: str, detail: str) -> None:
    from pipelines.governance.audit import record_action

    told = f"{detail}, seal {manifest['seal']}"
    record_action(
        home, action=ACTION, subject=manifest["quarter"], detail=told, actor=actor, purpose="reporting", at=now
    )


def _record_missing(home: Home, now: datetime, actor: str) -> None:
    """Note frozen quarters that the log does not know, under the name of who asked now: a kill came between."""
    known = _seals(home)
    for manifest in list_frozen(home):
        if manifest["quarter"] not in known:
            frozen = f"frozen by {manifest['frozen_by']} on {manifest['frozen_on']}, noted only now"
            _record(home, manifest, now, actor, frozen)


def _seals(home: Home) -> dict[str, str]:
    """Return the seal that the audit log knows of each quarter."""
    from pipelines.governance.audit import read_audit

    return {e["subject"]: e["detail"].rpartition(" ")[2] for e in read_audit(home) if e["action"] == ACTION}


def _print(manifests: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json(manifests)
        return
    rows = [
        {
            "quarter": manifest["quarter"],
            "frozen on": manifest["frozen_on"],
            "by": manifest["frozen_by"],
            "snapshot": manifest["snapshot"],
            "rows": manifest["files"]["kpi_monthly.parquet"]["rows"],
            "definitions": manifest["files"]["indicator.parquet"]["rows"],
            "sha256": manifest["files"]["kpi_monthly.parquet"]["sha256"][:12],
        }
        for manifest in manifests
    ]
    console.print(as_table("Frozen quarters (季度固化)", rows))
