"""What is never done, as rules over contracts, lineage and columns: pure, so that tests, loads and reviews share them.

No risk or score of a person, no offending prediction, no biometrics, no movement of persons, no points as a score. The
words and tables are data (`data/reference/refusals.yml`); each function answers with the refusals it finds, and each
refusal names the path from what is refused to what it must not reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pipelines.contracts.model import Column, Contract
from pipelines.governance.refusals_rules import NOTHING_COUNTED, CountedRows, Rules, load_rules

__all__ = [
    "Refusal",
    "Rules",
    "load_rules",
    "person_column",
    "refuse_columns",
    "refuse_contracts",
    "refuse_gates",
    "refuse_points",
    "refuse_risk",
    "refuse_scores",
]

PROTECTED: Final = ("direct", "sensitive")
CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
ROW_KEYS: Final = ("record_key", "extra")
"""Keys of rows: a person's in a feed that names persons; elsewhere the key of an event or a thing."""

Edges = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Refusal:
    """One thing that must not be.

    Attributes:
        rule: which refusal: `sensor_field`, `never_field`, `person_column`, `person_table`, `undeclared_table` (nobody
            has said that it is without persons), `points` or `score`.
        path: from the refused table or column to what it reaches; one entry where there is no way between.
        reason: why, in one sentence.
    """

    rule: str
    path: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}: {' <- '.join(self.path)}: {self.reason}"


def refuse_contracts(contracts: Iterable[Contract], rules: Rules) -> list[Refusal]:
    """Refuse fields that no feed may have, and fields about persons in feeds of things.

    Args:
        contracts: of all feeds.
        rules: the rules.

    Returns:
        One refusal a field, by its name, its headers with their synonyms, its codes and its data class.
    """
    return [
        refusal
        for contract in contracts
        for column in contract.columns
        for refusal in _refuse_field(contract, column, rules)
    ]


def _refuse_field(contract: Contract, column: Column, rules: Rules) -> list[Refusal]:
    field = f"raw.{contract.department}_{contract.feed}.{column.name}"
    never = _named(column, rules.never_words, rules.never_words_zh)
    if never:
        return [Refusal("never_field", (field, never), "bodies, movements, offences and moods enter no feed")]
    if contract.department not in rules.thing_departments:
        return []
    person = _named(column, rules.thing_words, rules.thing_words_zh)
    if person:
        reason = "a sensor tells of a place; no field may tell one person, phone or car from another"
        return [Refusal("sensor_field", (field, person), reason)]
    if column.data_class != "public":
        return [Refusal("sensor_field", (field, column.data_class), "a sensor's fields are public, or are left out")]
    return []


def _named(column: Column, words: Iterable[str], words_zh: Iterable[str]) -> str | None:
    """The first name, header or code of a column that holds one of the words."""
    told = [column.name, *column.headers, *column.codes, *(word for group in column.codes.values() for word in group)]
    wanted = frozenset(words)
    for text in told:
        tokens = {token.lower() for token in CAMEL.split(text)} | set(re.findall(r"[a-z]+", text.lower()))
        if tokens & wanted or any(word in text for word in words_zh):
            return text
    return None


def person_column(contracts: Mapping[str, Contract], rules: Rules) -> Callable[[str], bool]:
    """Return the question whether `<schema>.<table>.<column>` speaks of a person.

    A column is a person's when its table is one of persons; when it leads to a person or holds what a row said; when a
    contract classes it direct or sensitive, or quasi in a feed that names persons (there the row's key is one too); or
    when its name says so.
    """
    delivered = {
        f"raw.{contract.department}_{contract.feed}.{name}": True
        for contract in contracts.values()
        for name in _personal(contract)
    }
    words = frozenset(rules.person_words)

    def asks(column: str) -> bool:
        table, _, name = column.rpartition(".")
        if table in rules.person_tables or column in delivered or name in rules.leading_columns:
            return True
        return not table.startswith(("raw.", "staging.", "seeds.", "ops.")) and bool(words & set(name.split("_")))

    return asks


def _personal(contract: Contract) -> list[str]:
    has_persons = any(column.data_class == "direct" for column in contract.columns)
    classed = [
        column.name
        for column in contract.columns
        if column.data_class in PROTECTED or (has_persons and column.data_class == "quasi")
    ]
    return [*classed, *ROW_KEYS] if has_persons else classed


def refuse_gates(edges: Edges, is_person: Callable[[str], bool], rules: Rules) -> list[Refusal]:
    """Refuse columns of gates whose value is made of a person's column.

    Args:
        edges: for every column of every SQL model the columns of other tables its value is made of.
        is_person: ``person_column``.
        rules: the rules.
    """
    found = []
    for column in sorted(edges):
        if column.rpartition(".")[0] in rules.gates and column not in rules.counts:
            path = _way(column, lambda node: edges.get(node, frozenset()), is_person)
            if path:
                found.append(Refusal("person_column", path, "what risk is built on speaks of places and events only"))
    return found


def refuse_risk(
    graph: Mapping[str, frozenset[str]],
    asked: Mapping[str, frozenset[str]],
    is_person: Callable[[str], bool],
    rules: Rules,
) -> list[Refusal]:
    """Refuse risk marts that depend on a table of persons or an unknown one, or whose steps ask for a person's column.

    Args:
        graph: for every table the tables that its step depends on (Dagster's asset graph).
        asked: for every risk mart the columns that its Python step asked for, as `<schema>.<table>.<column>`.
        is_person: ``person_column``.
        rules: the rules.
    """
    ends = frozenset(rules.gates) | frozenset(rules.places)
    known = ends | frozenset(rules.risk_marts)
    raw = frozenset(table for table in graph if table.startswith("raw."))
    found = []
    for mart in rules.risk_marts:
        counted = rules.rows_counted.get(mart, NOTHING_COUNTED)

        def upstream(table: str, mart: str = mart, counted: CountedRows = counted) -> Iterable[str]:
            above = frozenset() if table in ends else graph.get(table, frozenset())
            return [parent for parent in above if not (table == mart and counted.covers(parent))]

        way = _way(mart, upstream, lambda table: table in rules.person_tables or _of_persons(table, raw, is_person))
        if way:
            found.append(Refusal("person_table", way, "a mart of risk is built on places and events only"))
        found += [
            Refusal("undeclared_table", (mart, table), "name it in refusals.yml, as a gate or a table of places")
            for table in sorted(graph.get(mart, frozenset()) - known)
            if not counted.covers(table) and way != (mart, table)
        ]
        found += [
            Refusal("person_column", (mart, column), "the step of a mart of risk asks for a person's column")
            for column in sorted(asked.get(mart, frozenset()))
            if is_person(column) and not counted.allows(column)
        ]
    return found


def _of_persons(table: str, raw: frozenset[str], is_person: Callable[[str], bool]) -> bool:
    """Whether a delivered table names persons: then the key of its rows is a person's."""
    return table in raw and is_person(f"{table}.record_key")


def refuse_points(edges: Edges, asked: Mapping[str, frozenset[str]], rules: Rules) -> list[Refusal]:
    """Refuse points of participation anywhere behind the rows that were delivered.

    Args:
        edges: for every column of every SQL model the columns its value is made of.
        asked: for every table of a Python step the columns that it asked for.
        rules: the rules.
    """
    found = []
    for column in sorted(edges):
        table = column.rpartition(".")[0]
        if not table.startswith("staging.") and table not in rules.points_may_reach:
            path = _way(column, lambda node: edges.get(node, frozenset()), lambda node: node in rules.points)
            if path:
                found.append(Refusal("points", path, "points stay with the entry they were given for"))
    for table, columns in sorted(asked.items()):
        found += [
            Refusal("points", (table, column), "points stay with the entry they were given for")
            for column in sorted(columns & set(rules.points))
        ]
    return found


def refuse_scores(columns: Mapping[str, bool], rules: Rules) -> list[Refusal]:
    """Refuse columns of the mart of needs that read like a score of a person or household.

    Args:
        columns: of `marts.attention_household`, each with whether it holds fractions.
        rules: the rules.
    """
    words = frozenset(rules.score_words)
    return [
        Refusal("score", (f"{rules.needs_mart}.{name}",), "a list of needs orders help; it measures nobody")
        for name, is_fraction in sorted(columns.items())
        if name not in rules.needs_fractions and (is_fraction or words & set(name.split("_")))
    ]


def refuse_columns(
    tables: Mapping[str, Iterable[str]], is_person: Callable[[str], bool], rules: Rules
) -> list[Refusal]:
    """Refuse columns of risk marts that by their own name speak of a person.

    Args:
        tables: columns of every table.
        is_person: ``person_column``.
        rules: the rules.
    """
    return [
        Refusal("person_column", (f"{mart}.{column}",), "a mart of risk has no column about a person")
        for mart in rules.risk_marts
        for column in sorted(tables.get(mart, ()))
        if is_person(f"{mart}.{column}") and f"{mart}.{column}" not in rules.other_meanings
    ]


def _way(start: str, upstream: Callable[[str], Iterable[str]], ends: Callable[[str], bool]) -> tuple[str, ...] | None:
    """The shortest way up from `start` to something that ends it; None where there is none."""
    if ends(start):
        return (start,)
    seen: set[str] = {start}
    waiting: list[tuple[str, ...]] = [(start,)]
    while waiting:
        ways, waiting = waiting, []
        for way in ways:
            for parent in sorted(upstream(way[-1])):
                if ends(parent):
                    return (*way, parent)
                if parent not in seen:
                    seen.add(parent)
                    waiting.append((*way, parent))
    return None
