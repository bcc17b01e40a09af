"""Everything downstream of the raw tables, gathered for `streetlake contracts diff`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from pipelines.cli.console import errors
from pipelines.contracts.changes import Change
from pipelines.contracts.impact import Impact, Reader, impact_of
from pipelines.contracts.model import Contract
from pipelines.home import CHECKOUT, Home

_PROJECT = CHECKOUT / "dbt"
_COUNTED = "marts.kpi_monthly"


def impacts_of(
    changes: Sequence[Change], versions: Sequence[Mapping[str, Contract]], home: Path | None
) -> list[Impact]:
    """Return what each change reaches.

    Args:
        changes: of any feeds.
        versions: contracts by name, before the changes and after; others are the checkout's.
        home: its last load tells dbt's graph and the SQL of its models.
    """
    from pipelines.contracts.loader import load_contracts
    from pipelines.quality.contract_impact import dbt_readers, python_readers, rule_readers, table_edges
    from pipelines.quality.rules import load_table_suites

    place = Home.resolve(home)
    manifest = _manifest(place)
    present = load_contracts()
    readers: set[Reader] = set(rule_readers(load_table_suites()))
    for version in versions:
        contracts = {**present, **version}
        readers.update(python_readers(contracts, manifest))
        readers.update(dbt_readers(manifest, contracts, _built_columns(place), _sources()))
    edges = table_edges(manifest)
    counted = _indicators({**present, **versions[0]})
    return [_with_indicators(impact_of(change, sorted(readers, key=repr), edges), counted) for change in changes]


def _manifest(home: Home) -> Mapping[str, Any]:
    """Return dbt's manifest: of the home's last load, which has the compiled SQL, else of the checkout, else none."""
    for path in (home.workshop / "dbt" / "manifest.json", _PROJECT / "target" / "manifest.json"):
        if path.is_file():
            if path.is_relative_to(_PROJECT):
                errors.print("dbt models are known by table only: no load of this home has built them.")
            loaded: Mapping[str, Any] = orjson.loads(path.read_bytes())
            return loaded
    errors.print("dbt models are not followed: run `streetlake load` or `streetlake demo` once.")
    return {}


def _built_columns(home: Home) -> dict[str, list[str]]:
    """Return the columns of the tables of the last load, by `<schema>.<table>`."""
    found = {}
    for path in sorted((home.workshop / "build").glob("*/*.parquet")):
        part = path if path.is_file() else next(iter(sorted(path.glob("*.parquet"))), None)
        if part is not None:
            found[f"{path.parent.name}.{path.stem}"] = list(pl.read_parquet_schema(part))
    return found


def _sources() -> dict[str, str]:
    """Return the SQL of the models as it is now, by its path in the project."""
    models = sorted((_PROJECT / "models").rglob("*.sql"))
    return {path.relative_to(_PROJECT).as_posix(): path.read_text(encoding="utf-8") for path in models}


def _indicators(contracts: Mapping[str, Contract]) -> list[Reader]:
    from pipelines.indicators.registry import load_registry

    return [
        Reader("indicator", indicator.name_zh, feed, None)
        for indicator in load_registry(contracts)
        for feed in indicator.source_feeds
    ]


def _with_indicators(impact: Impact, indicators: Sequence[Reader]) -> Impact:
    """Add the feed's indicators where the change reaches the table that holds them."""
    if _COUNTED not in impact.tables:
        return impact
    reached = impact_of(impact.change, indicators, {}).readers
    return Impact(impact.change, (*impact.readers, *reached), impact.tables)
