"""The names of the register: estates, roads, divisions, the aliases of its rows, and aliases that were learned."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from pipelines.addresses.forms.keys import group_key
from pipelines.addresses.forms.normal import open_brackets
from pipelines.addresses.register.rows import PARTS
from pipelines.normalise.text import normalise_text

# Learned aliases: kind `estate` or `road`, the name as written, and what it stands for: the code of a row of the
# estate, or the current road.
LEARNED: Final = pl.Schema({"kind": pl.String, "written": pl.String, "estate_code": pl.String, "road": pl.String})
ROAD_NAME: Final = re.compile(r"(?:路|街|巷|弄|大道|道|胡同|里|条|线)$")
_BETWEEN: Final = re.compile(r"[、,，;；/|]")


@dataclass
class RegisterNames:
    """Names with what they stand for; a name that the register has as such is `parsed`, else `alias`.

    Attributes:
        estates: name -> site -> method; roads: name -> current road -> method.
        divisions: part -> its names; parents: (part, name) -> the names above it.
    """

    estates: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    roads: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    divisions: dict[str, set[str]] = field(default_factory=lambda: {part: set() for part in PARTS[:5]})
    parents: dict[tuple[str, str], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    def has(self, name: str) -> bool:
        """Whether the register has the name in any way."""
        return name in self.estates or name in self.roads or any(name in names for names in self.divisions.values())


def name_form(name: str) -> str:
    """The normal form of a name as texts have it, which have no brackets."""
    return open_brackets(normalise_text(name))


def _alias_names(text: str | None) -> list[str]:
    if not text:
        return []
    return [name for name in (name_form(part) for part in _BETWEEN.split(text)) if len(name) >= 2]


def collect_names(rows: pl.DataFrame) -> RegisterNames:
    """The names of the frame of `prepare_register`."""
    names = RegisterNames()
    columns = [f"{part}_n" for part in PARTS[:5]]
    for uppers in rows.select(columns).unique().iter_rows():
        for depth, name in enumerate(uppers):
            if name:
                names.divisions[PARTS[depth]].add(name)
                names.parents[PARTS[depth], name].add(tuple(uppers[:depth]))
    named = rows.select("site", "estate_n", "road_n", "aliases").unique().sort("site", "estate_n", "road_n", "aliases")
    for site, estate, road, _ in named.iter_rows():
        if estate:
            names.estates[estate][site] = names.estates[group_key(estate)][site] = "parsed"
        if road:
            names.roads[road][road] = "parsed"
    for site, _, road, aliases in named.iter_rows():
        for alias in _alias_names(aliases):
            if road and ROAD_NAME.search(alias):
                names.roads[alias].setdefault(road, "alias")
            else:
                names.estates[alias].setdefault(site, "alias")
    return names


def learn_aliases(names: RegisterNames, learned: pl.DataFrame, site_of: dict[str, int]) -> None:
    """Adds learned aliases as if the register had them; a name that it has in any way stays its own.

    Args:
        names: what the register has; aliases are added to it.
        learned: in the columns of `LEARNED`.
        site_of: address_code -> site; an alias of a code that is not in it counts for nothing.
    """
    rows = [
        (kind, name_form(written or ""), code, name_form(road or ""))
        for kind, written, code, road in learned.select(LEARNED.names()).unique().sort(LEARNED.names()).iter_rows()
    ]
    for kind, name, code, road in [row for row in rows if len(row[1]) >= 2 and not names.has(row[1])]:
        if kind == "road" and names.roads.get(road, {}).get(road) == "parsed":
            names.roads[name].setdefault(road, "alias")
        elif kind == "estate" and code in site_of:
            names.estates[name].setdefault(site_of[code], "alias")
