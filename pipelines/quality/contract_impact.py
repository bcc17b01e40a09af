"""Who reads which columns of the raw tables: from the declarations by which the code itself reads them.

Staging views and address mentions come from the contracts, person mentions and address evidence from the tables that
drive their collection, rules from their conditions, dbt models from their SQL. Nothing here is a list kept beside the
code. What follows from them is told by dbt's graph and, for the steps in Python, by `PYTHON_EDGES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import polars as pl

from pipelines.addresses.evidence.collect import KEYS
from pipelines.addresses.mentions import declared_sources
from pipelines.addresses.night import REGISTER
from pipelines.contracts.expectations import ExpectationSpec
from pipelines.contracts.impact import Reader
from pipelines.contracts.model import Contract
from pipelines.contracts.render_dbt import staging_name
from pipelines.contracts.sql_reads import can_read_sql, columns_read
from pipelines.contracts.table import table_columns
from pipelines.identity.mentions.roles import ROLES, Role
from pipelines.quality.specs import Suite

_MATCH, _PERSONS = "master.address_match", "master.person_crosswalk"
_BESIDE_MATCH: Final = (
    "master.address_alias",
    "master.address_match_history",
    "master.register_finding",
    "marts.return_list",
    "marts.stale_area",
)
_PLACES: Final = ("marts.risk_cell", "marts.risk_place_forecast", "marts.risk_input", "marts.backtest")
_CASES: Final = ("marts.dispute_escalation", "marts.estate_pressure", "marts.risk_evaluation")
_EVENTS: Final = ("marts.risk_building", *_CASES)
_NEEDS: Final = "marts.attention_household"
_STALE: Final = "marts.stale_area"
PYTHON_EDGES: Final[Mapping[str, tuple[str, ...]]] = {
    "master.address": (_MATCH, *_BESIDE_MATCH, _PERSONS, *_PLACES, _NEEDS),
    _PERSONS: (
        _NEEDS,
        "master.person",
        "master.person_attribute",
        "master.person_history",
        "master.person_link",
        "master.match_review",
        "marts.return_list",
    ),
    "master.person": ("master.household_member", _NEEDS),
    "master.household_member": ("master.household", "master.household_history", _NEEDS),
    "facts.incident": (*_PLACES, *_EVENTS, "marts.model_register"),
    "facts.building": (*_PLACES, *_EVENTS, _NEEDS, _STALE),
    "facts.dispute": (*_EVENTS, "marts.model_register"),
    "facts.workorder": _EVENTS,
    "facts.sensor_alarm": (*_EVENTS, _NEEDS),
    "facts.device": (*_EVENTS, _NEEDS, _STALE),
    **{f"facts.{table}": (_STALE,) for table in ("community", "participation", "readiness", "survey")},
    **dict.fromkeys((*_PLACES[1:], *_EVENTS), ("marts.model_register",)),
    "marts.kpi_monthly": ("marts.kpi_frozen",),
}
"""Table -> tables that a step in Python makes of it."""

# Attributes of a role that say something other than a column.
_NO_COLUMN: Final = frozenset({"feed", "person_role", "address_role", "kin_role", "joint"})


def python_readers(contracts: Mapping[str, Contract], manifest: Mapping[str, Any]) -> list[Reader]:
    """Return what reads raw tables in Python: addresses, persons, evidence, the register; and the staging views.

    Args:
        contracts: by name.
        manifest: dbt's; tells which models go on with the addresses of which feed.
    """
    found = [_staging(contract) for _, contract in sorted(contracts.items())]
    for source in declared_sources(contracts):
        columns = frozenset([source.text, *source.beside.values()])
        made = _made_of_addresses(source.feed, source.role, contracts, manifest)
        found.append(Reader("address", source.role, source.feed, columns, made))
    found += [Reader("person", role.person_role, role.feed, _columns_of(role), (_PERSONS,)) for role in ROLES]
    for feed in sorted({key.feed for key in KEYS}):
        own = [key for key in KEYS if key.feed == feed]
        columns = frozenset(column for key in own for column in (key.column, *(key.only or ())[:1]))
        made = _made_of_addresses(feed, own[0].role, contracts, manifest)
        found.append(Reader("evidence", "address evidence", feed, columns, made))
    found.append(Reader("register", "address register", REGISTER, None, ("master.address", "master.address_history")))
    return [reader for reader in found if reader.feed in contracts]


def _made_of_addresses(
    feed: str, role: str, contracts: Mapping[str, Contract], manifest: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the tables that go on with one feed's rows of `master.address_match`, which holds those of all feeds.

    A model whose SQL names feeds takes the rows of these alone; identity takes those of its own roles.
    """
    persons = any(known.feed == feed and known.address_role == role for known in ROLES)
    found = [_MATCH, *_BESIDE_MATCH, *([_PERSONS] if persons else [])]
    for node in _models(manifest):
        if _MATCH in _parents(manifest, node):
            sql = node.get("compiled_code") or ""
            named = {name for name in contracts if f"'{name}'" in sql}
            if not named or feed in named:
                found.append(_table(node))
    return tuple(found)


def _staging(contract: Contract) -> Reader:
    columns = frozenset(column.name for column in table_columns(contract))
    return Reader("staging", staging_name(contract), contract.name, columns)


def _columns_of(role: Role) -> frozenset[str]:
    values = (getattr(role, field.name) for field in fields(role) if field.name not in _NO_COLUMN)
    return frozenset(value for value in values if value is not None)


def rule_readers(suites: Mapping[str, Suite]) -> list[Reader]:
    """Return the hand-written rules of raw tables, with the columns that their conditions and arguments name."""
    return [
        Reader("rule", spec.title_zh, table.removeprefix("raw."), columns, ("marts.data_quality", "marts.return_list"))
        for table, suite in sorted(suites.items())
        if table.startswith("raw.")
        for spec, columns in _columns_of_specs(suite)
    ]


def _columns_of_specs(suite: Suite) -> Iterator[tuple[ExpectationSpec, frozenset[str]]]:
    looked_up = {reference.column: _roots(reference.value) for reference in suite.references}
    looked_up |= {measure.column: set() for measure in suite.measures}
    about = {rule.column: {rule.about} for rule in suite.row_rules if rule.about}
    for spec in suite.specs:
        named = [spec.kwargs[name] for name in ("column", "column_A", "column_B") if name in spec.kwargs]
        columns: set[str] = set()
        for name in [*named, *spec.kwargs.get("column_list", [])]:
            condition = suite.derived.get(name)
            for root in {name} if condition is None else _roots(condition):
                columns |= looked_up.get(root, {root})
            columns |= about.get(name, set())
        yield spec, frozenset(columns)


def _roots(condition: str) -> set[str]:
    return set(pl.sql_expr(condition).meta.root_names())


def dbt_readers(
    manifest: Mapping[str, Any],
    contracts: Mapping[str, Contract],
    columns: Mapping[str, Sequence[str]],
    sources: Mapping[str, str],
) -> list[Reader]:
    """Return the dbt models that read raw tables or staging views, with the columns that their SQL uses.

    Args:
        manifest: dbt's, with compiled SQL where a load has built the models.
        contracts: by name.
        columns: columns of the other tables by `<schema>.<table>`, so that queries over several can be followed.
        sources: `original_file_path` -> SQL as it is now; a model whose compiled SQL is older is known by table only.
    """
    feed_of = {f"raw.{name}": name for name in contracts}
    feed_of |= {f"staging.{staging_name(contract)}": name for name, contract in contracts.items()}
    known = {**columns, **{table: [c.name for c in table_columns(contracts[feed])] for table, feed in feed_of.items()}}
    found: list[Reader] = []
    for node in _models(manifest):
        tables = sorted({feed_of[parent] for parent in _parents(manifest, node) if parent in feed_of})
        if node["schema"] == "staging" or not tables:
            continue
        read = _read_by(node, known, sources)
        for feed in tables:
            used = None if read is None else frozenset().union(*(read[t] for t in read if feed_of.get(t) == feed))
            found.append(Reader("model", node["name"], feed, used, (_table(node),)))
    return found


def _read_by(
    node: Mapping[str, Any], known: Mapping[str, Sequence[str]], sources: Mapping[str, str]
) -> dict[str, frozenset[str]] | None:
    compiled, now = node.get("compiled_code"), sources.get(node["original_file_path"])
    if not compiled or now is None or now.strip() != node["raw_code"].strip() or not can_read_sql():
        return None
    return columns_read(compiled, known)


def table_edges(manifest: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return table -> tables made from it, by dbt's graph and by the steps in Python."""
    edges: dict[str, set[str]] = {table: set(made) for table, made in PYTHON_EDGES.items()}
    for node in _models(manifest):
        for parent in _parents(manifest, node):
            # A change of one feed's addresses goes by `_made_of_addresses`, one of the register reaches all of them.
            edges.setdefault("master.address" if parent == _MATCH else parent, set()).add(_table(node))
    return edges


def _models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nodes: Iterable[Mapping[str, Any]] = manifest.get("nodes", {}).values()
    return sorted((node for node in nodes if node["resource_type"] == "model"), key=lambda node: node["name"])


def _parents(manifest: Mapping[str, Any], node: Mapping[str, Any]) -> list[str]:
    everything = {**manifest.get("nodes", {}), **manifest.get("sources", {})}
    return [_table(everything[name]) for name in node["depends_on"]["nodes"] if name in everything]


def _table(node: Mapping[str, Any]) -> str:
    schema = node["source_name"] if node["resource_type"] == "source" else node["schema"]
    return f"{schema}.{node['name']}"
