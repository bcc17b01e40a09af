"""The national table of divisions, down to towns and streets, for addresses outside the jurisdiction.

Names are ambiguous (`鼓楼区` exists four times, `城关镇` 88 times), codes are not: a name counts only below what stands
before it, or where it is the only one in the country. Old names lead to the code of today.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.addresses.country.names import LEVELS, NO_PLACE, WIDTH, Written, short_name, ways_to_write

_FOLDER: Final = Path(__file__).resolve().parents[3] / "data" / "reference"
_STREET_ENDING: Final = r"(?:街道|(?:民族)?乡|镇|苏木)$"


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or district of the country; `code` has six digits."""

    code: str
    level: str
    name: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Located:
    """The deepest division that is sure: six digits of code, nine for a street; `old_name` where one was written."""

    code: str
    level: str
    old_name: str | None = None


class Divisions:
    """Looks divisions up by name below a parent, or by a name that exists once."""

    def __init__(self, rows: list[Division], old: list[Written], streets: Path) -> None:
        self.by_code = {row.code: row for row in rows}
        self._streets_file = streets
        self._rows = rows
        self._old = old
        self._provinces = {
            name: row for row in rows if row.level == "province" for name, _ in ways_to_write(row.name, row.level)
        }

    @cached_property
    def names(self) -> dict[str, tuple[Written, ...]]:
        """Every spelling of provinces, cities and districts, old ones too, with what it may mean."""
        names: dict[str, list[Written]] = defaultdict(list)
        for row in self._rows:
            if row.name not in NO_PLACE:
                for text, sign in ways_to_write(row.name, row.level):
                    names[text].append(Written(row.code, row.level, row.name, sign, row.code))
        for old in self._old:
            names[old.name].append(old)
            if (short := short_name(old.name, old.level)) not in names:
                names[short].append(Written(old.code, old.level, old.name, "old short", old.old_code, old.until))
        return {name: tuple(found) for name, found in names.items()}

    @cached_property
    def _streets(self) -> tuple[list[str], list[str], list[str]]:
        """Names without ending (sorted), codes and names of all towns and streets; read when first asked for."""
        schema = {"code": pl.String, "name": pl.String}
        table = pl.read_csv(self._streets_file, comment_prefix="#", schema=schema)
        table = table.with_columns(stem=pl.col("name").str.replace(_STREET_ENDING, "")).sort("stem", "code")
        return table["stem"].to_list(), table["code"].to_list(), table["name"].to_list()

    def streets_named(self, stem: str) -> list[tuple[str, str]]:
        """Code and name of the towns and streets whose name without ending is this."""
        stems, codes, names = self._streets
        start, end = bisect_left(stems, stem), bisect_right(stems, stem)
        return list(zip(codes[start:end], names[start:end], strict=True))

    def written(self, name: str, level: str) -> list[Written]:
        """What a name in full may mean at a level: names of today first, old ones where there is none."""
        found = [way for way in self.names.get(name, ()) if way.level == level]
        today = [way for way in found if way.sign == "full"]
        return today or [way for way in found if way.sign == "old"]

    def streets_below(self, name: str, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Towns and streets of this name (`镇` that became `街道` too) in the divisions with these keys."""
        stem = short_name(name, "street")
        found = [row for row in self.streets_named(stem) if any(row[0].startswith(key) for key in keys)]
        return [row for row in found if row[1] == name] or found

    def locate(
        self, province: str | None, city: str | None, district: str | None, street: str | None = None
    ) -> Located | None:
        """The deepest division that is sure; null where not even the first name is known.

        Missing levels are fine (`安徽省`, `利辛县`), a deeper name settles which of several is meant, and a name that
        is not below what stands before it ends the search: what was sure stays sure.
        """
        keys, old_name = [""], None
        known = self._provinces.get(province or "") or self._provinces.get(city or "")
        if known is not None:
            keys = [known.code[:2]]
        elif province:
            return None
        for level, name in (("city", city), ("district", district)):
            if not name or (known is not None and self._provinces.get(name) is known):
                continue
            ways = self._ways(name, level, keys)
            if not ways:
                return self.shared(keys, old_name)
            keys = sorted({way.key for way in ways})
            old_name = name if ways[0].sign.startswith("old") else old_name
        if street and keys != [""]:
            around = [key[:4] for key in keys] if old_name else []  # an old district may have been split
            found = self.streets_below(street, keys) or self.streets_below(street, around)
            keys = sorted({code for code, _ in found}) or keys
        return self.shared(keys, old_name)

    def _ways(self, name: str, level: str, keys: list[str]) -> list[Written]:
        """A county-level city is a district by its code, also where it is written in a city's place."""
        for signs in (("full",), ("old",), ("short",)):
            for wanted in dict.fromkeys((level, "district", "city")):
                found = [way for way in self.names.get(name, ()) if way.level == wanted and way.sign in signs]
                found = [way for way in found if any(way.below(key) for key in keys)]
                if found and (signs != ("short",) or keys != [""] or wanted == "city"):
                    return found
        return []

    def shared(self, keys: Sequence[str], old_name: str | None = None) -> Located | None:
        """The deepest division that all keys (digits of codes) share, null where they share none."""
        if not keys:
            return None
        first, last = min(keys), max(keys)
        same = (index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b)
        shared = first[: next(same, min(len(first), len(last)))]
        for level in reversed(LEVELS):
            if len(shared) >= WIDTH[level]:
                key = shared[: WIDTH[level]]
                if level == "city" and self.by_code[key + "00"].name in NO_PLACE:
                    continue  # `市辖区` is no answer
                return Located(key.ljust(6, "0"), level, old_name if len(keys) == 1 else None)
        return None

    def find(
        self, province: str | None, city: str | None, district: str | None, street: str | None = None
    ) -> str | None:
        """Code of `locate`, null where nothing is sure."""
        located = self.locate(province, city, district, street)
        return located.code if located is not None else None

    def leading_province(self, text: str) -> tuple[str, int] | None:
        """A province without its suffix before one of its cities (`江苏南京鼓楼区`): its name and the length read.

        `江苏路` is a road, so the city must follow.
        """
        for size in (3, 2):
            province = self._provinces.get(text[:size])
            if province is not None and self.leading_city(text[size:], province.name) is not None:
                return province.name, size
        return None

    def leading_city(self, text: str, province: str) -> tuple[str, int] | None:
        """A city of a province at the start of a text, with its suffix or without; its name and the length read."""
        parent = self._provinces.get(province)
        if parent is None:
            return None
        for size in range(min(len(text), 11), 1, -1):
            for name in (text[:size], text[:size] + "市"):
                if any(way.below(parent.code[:2]) for way in self.written(name, "city")):
                    return name, size
        return None


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


@lru_cache(maxsize=1)
def national_divisions() -> Divisions:
    """The tables `data/reference/divisions*`, read when first asked for; the streets later still."""
    rows = [
        Division(line["code"], line["level"], line["name"], line["parent_code"])
        for line in _lines(_FOLDER / "divisions.csv")
    ]
    levels = {row.code: row.level for row in rows}
    old = [
        Written(line["new_code"], levels[line["new_code"]], line["old_name"], "old", line["old_code"], line["until"])
        for line in _lines(_FOLDER / "divisions_changes.csv")
    ]
    return Divisions(rows, old, _FOLDER / "divisions_streets.csv.gz")
