"""`streetlake contracts diff`: what a changed contract, or a drifting export, breaks downstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import HomeOption, JsonOption, console, errors, print_json
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from pipelines.contracts.changes import Change
    from pipelines.contracts.impact import Impact
    from pipelines.contracts.model import Contract


def diff(
    old: Annotated[Path | None, typer.Argument(help="The contract as it was (.yml).")] = None,
    new: Annotated[Path | None, typer.Argument(help="The contract as it will be (.yml).")] = None,
    against: Annotated[str | None, typer.Option(help="Compare the checkout's contracts with a git revision.")] = None,
    export: Annotated[Path | None, typer.Option(help="Compare a delivered file with its contract.")] = None,
    feed: Annotated[str | None, typer.Option(help="DEPARTMENT/FEED of --export; default: by path or headers.")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Say what changed, what each change breaks, and which tables and apps it reaches (契约变更影响).

    Give OLD and NEW, or --against, or --export. Exit code 1 where anything is breaking.
    """
    from pipelines.cli.contracts_reached import impacts_of

    if [old is not None and new is not None, against is not None, export is not None].count(True) != 1 or (
        (old is None) != (new is None)
    ):
        raise typer.BadParameter("give OLD and NEW, or --against REVISION, or --export FILE")
    if feed is not None and export is None:
        raise typer.BadParameter("--feed goes with --export")
    changes, contracts = _changes(old, new, against, export, feed)
    impacts = impacts_of(changes, contracts, home)
    if json:
        print_json([_as_dict(impact) for impact in impacts])
    else:
        _show(impacts)
    if any(change.level == "breaking" for change in changes):
        raise typer.Exit(1)


def _changes(
    old: Path | None, new: Path | None, against: str | None, export: Path | None, feed: str | None
) -> tuple[list[Change], list[Mapping[str, Contract]]]:
    """Return the changes, and the contracts by name: before them, and after."""
    from pipelines.contracts.diff import diff_contracts
    from pipelines.contracts.loader import load_contract, load_contracts

    if export is not None:
        return _of_export(export, feed)
    if old is not None and new is not None:
        before, after = load_contract(_file(old)), load_contract(_file(new))
        past, present = {before.name: before}, {after.name: after}
        return diff_contracts(past, present), [past, present]
    from pipelines.cli.contracts_git import contracts_at

    past, present = contracts_at(against or "HEAD"), load_contracts()
    return diff_contracts(past, present), [past, present]


def _file(path: Path) -> Path:
    if not path.is_file():
        raise ConfigError(f"{path} is no file")
    return path


def _of_export(export: Path, feed: str | None) -> tuple[list[Change], list[Mapping[str, Contract]]]:
    from pipelines.config import IngestConfig
    from pipelines.contracts.loader import load_contracts
    from pipelines.quality.contract_drift import examine_export, feed_of_export

    contracts, limits = load_contracts(), IngestConfig()
    path = _file(export)
    by_path = "_".join(path.resolve().parts[-4:-2])
    name = feed.replace("/", "_") if feed else by_path if by_path in contracts else None
    name = name or feed_of_export(path, contracts, limits)
    if name not in contracts:
        told = (
            f"there is no feed {feed}" if feed else f"no contract reads the headers of {path.name} better than another"
        )
        raise ConfigError(f"{told}: name one with --feed; there are {', '.join(sorted(contracts))}")
    rows, changes = examine_export(path, contracts[name], limits)
    errors.print(f"{path.name}: {rows} rows read as {name}.", highlight=False)
    return changes, [contracts]


def _as_dict(impact: Impact) -> dict[str, object]:
    change = impact.change
    return {
        **{field: getattr(change, field) for field in ("level", "feed", "column", "kind", "what", "why")},
        "readers": [{"kind": one.kind, "name": one.name, "certainty": one.certainty} for one in impact.readers],
        "tables": list(impact.tables),
        "apps": _served(impact.tables),
    }


def _served(tables: Sequence[str]) -> list[str]:
    from pipelines.lake.snapshot import SERVED_SCHEMAS

    return [table for table in tables if table.split(".", 1)[0] in SERVED_SCHEMAS]


_MOST_NAMED = 3
_STYLES = {"breaking": "bold red", "attention": "yellow", "harmless": "green"}
_TONGUES = {"breaking": "破坏", "attention": "留意", "harmless": "无碍"}


def _show(impacts: Sequence[Impact]) -> None:
    from rich.table import Table

    if not impacts:
        console.print("Nothing changed.")
        return
    table = Table(show_lines=True)
    for header in (
        "level 程度",
        "feed, column 数据源、列",
        "change 变化",
        "what reads it 读取者",
        "served tables 受影响的表",
    ):
        table.add_column(header, overflow="fold")
    for impact in impacts:
        change = impact.change
        table.add_row(
            f"[{_STYLES[change.level]}]{change.level} {_TONGUES[change.level]}[/]",
            change.feed + (f"\n[bold]{change.column}[/]" if change.column else ""),
            f"{_plain(change.what)}\n[dim]{_plain(change.why)}[/]",
            "\n".join(_readers(impact)),
            "\n".join(_served(impact.tables)),
        )
    console.print(table)
    counts = {level: sum(impact.change.level == level for impact in impacts) for level in _STYLES}
    console.print(", ".join(f"{count} {level}" for level, count in counts.items()) + ". `?`: may read it.")


def _readers(impact: Impact) -> list[str]:
    """Name what reads the column; of what only may read it, many of a kind are counted."""
    named = [f"{one.kind}: {_plain(one.name)}" for one in impact.readers if one.certainty == "column"]
    perhaps: dict[str, list[str]] = {}
    for one in impact.readers:
        if one.certainty == "table":
            perhaps.setdefault(one.kind, []).append(_plain(one.name))
    for kind, names in perhaps.items():
        if len(names) > _MOST_NAMED:
            named.append(f"{kind}: {len(names)} of them ?")
        else:
            named += [f"{kind}: {name} ?" for name in names]
    return named


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
