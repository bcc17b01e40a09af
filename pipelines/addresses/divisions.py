"""The national table of divisions, for addresses outside the jurisdiction.

Names are ambiguous (`鼓楼区` exists four times), codes are not: a name counts only below a parent that is sure, or
where it is the only one in the country.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).resolve().parents[2] / "data" / "reference" / "divisions.csv"
_PROVINCE_TAIL: Final = re.compile(r"(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")
_NO_PLACE: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or district of the country; `code` has six digits."""

    code: str
    level: str
    name: str
    parent_code: str


class Divisions:
    """Looks divisions up by name below a parent, or by a name that exists once."""

    def __init__(self, rows: list[Division]) -> None:
        self._by_code = {row.code: row for row in rows}
        self._by_name: dict[tuple[str, str], list[Division]] = defaultdict(list)
        self._provinces: dict[str, Division] = {}
        for row in rows:
            if row.name not in _NO_PLACE:
                self._by_name[row.level, row.name].append(row)
            if row.level == "province":
                self._provinces[row.name] = self._provinces[_PROVINCE_TAIL.sub("", row.name)] = row

    def _below(self, row: Division, parent: Division) -> bool:
        while row.parent_code:
            if row.parent_code == parent.code:
                return True
            row = self._by_code[row.parent_code]
        return False

    def find(self, province: str | None, city: str | None, district: str | None) -> str | None:
        """Code of the deepest division that is sure; null where not even the first name is known.

        A name that is not below what stands before it ends the search: what was sure stays sure.
        """
        sure = self._provinces.get(province or "") or self._provinces.get(city or "")
        if province and sure is None:
            return None
        for level, name in (("city", city), ("district", district)):
            if not name or (sure is not None and name == sure.name):
                continue
            found = self._by_name.get((level, name), []) or self._by_name.get(("district", name), [])
            if sure is not None:
                parent = sure
                found = [row for row in found if self._below(row, parent)]
            if len(found) != 1:
                break
            sure = found[0]
        return sure.code if sure is not None else None

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
                if any(row.parent_code == parent.code for row in self._by_name.get(("city", name), ())):
                    return name, size
        return None


@lru_cache(maxsize=1)
def national_divisions() -> Divisions:
    """The table `data/reference/divisions.csv`, read once."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = [
            Division(line["code"], line["level"], line["name"], line["parent_code"]) for line in csv.DictReader(lines)
        ]
    return Divisions(rows)
