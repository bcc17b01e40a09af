"""Who reads what of the raw tables, and what is made of it: which tables a change reaches; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.contracts.changes import Change

Certainty = Literal["column", "table"]


@dataclass(frozen=True)
class Reader:
    """Something that reads a raw table.

    Attributes:
        kind: staging, model, address, person, evidence, register, rule or indicator.
        name: of the model, role, rule or indicator.
        feed: `<department>_<feed>`.
        columns: raw columns it reads; null where only the table is known.
        makes: tables that follow from it.
    """

    kind: str
    name: str
    feed: str
    columns: frozenset[str] | None
    makes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reached:
    """A reader that a change reaches.

    Attributes:
        kind, name: of the reader.
        certainty: `column` where it is known to read the changed column, `table` where it is only known to read the
            table, or the change is one of the feed as a whole.
    """

    kind: str
    name: str
    certainty: Certainty


@dataclass(frozen=True)
class Impact:
    """What a change reaches: readers at first hand, and the tables that follow, sorted."""

    change: Change
    readers: tuple[Reached, ...]
    tables: tuple[str, ...]


def impact_of(change: Change, readers: Iterable[Reader], edges: Mapping[str, Collection[str]]) -> Impact:
    """Return what a change reaches.

    Args:
        change: of one feed.
        readers: of all feeds.
        edges: table -> tables made from it, however a table is made.
    """
    own = [reader for reader in readers if reader.feed == change.feed]
    hit = [(reader, certainty) for reader in own if (certainty := _certainty(change, reader))]
    sure = [made for reader, _ in hit for made in reader.makes]
    known: dict[tuple[str, str], Certainty] = {}
    for reader, certainty in hit:
        if known.get((reader.kind, reader.name)) != "column":
            known[reader.kind, reader.name] = certainty
    reached = tuple(Reached(kind, name, certainty) for (kind, name), certainty in sorted(known.items()))
    return Impact(change, reached, tuple(sorted({*sure, *follow(sure, edges)})))


def follow(tables: Iterable[str], edges: Mapping[str, Collection[str]]) -> set[str]:
    """Return every table that is made from some tables, at any remove."""
    waiting, found = list(tables), set()
    while waiting:
        for made in edges.get(waiting.pop(), ()):
            if made not in found:
                found.add(made)
                waiting.append(made)
    return found


def _certainty(change: Change, reader: Reader) -> Certainty | None:
    if change.level == "harmless":
        return None
    if change.column is None or reader.columns is None:
        return "table"
    return "column" if {change.column, f"{change.column}_precision"} & reader.columns else None
