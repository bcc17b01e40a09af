"""The standard address register: its table (`master.address`) and the indexes that texts are resolved against.

A *site* is what stands between the community and the building: an estate or courtyard (whatever its gates are called),
a house of a village group, or a house number on a road.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import polars as pl

from pipelines.addresses.register.names import LEARNED, ROAD_NAME, RegisterNames, collect_names, learn_aliases
from pipelines.addresses.register.rows import prepare_register
from pipelines.addresses.register.sites import Site, build_sites
from pipelines.addresses.register.table import address_table, building_rows, unit_rows, with_ancestors

__all__ = ["GROUP", "LEARNED", "ROAD_NAME", "Register", "Row", "Site", "build_register"]

GROUP: Final = re.compile(r"^第?\d+(?:组|村民小组|小组|队|小队)$")


class Row(NamedTuple):
    """One register row as the matcher needs it; texts in normal form, empty where the register has none."""

    code: str
    level: str
    site: int
    road: str
    house: str
    building_text: str
    building: str
    unit: str
    room: str
    floor: int | None
    rank: int


@dataclass(frozen=True)
class Register:
    """The register with its indexes; built by `build_register`, never changed afterwards.

    The indexes below the sites are made when they are first asked for: the fast path joins `frame` instead.

    Attributes:
        table: `master.address`, one row per address_code, sorted by it.
        frame: the same rows as they are compared: index, site, the columns of `Row`, `full_text` (all parts in normal
            form in a row) and the codes of the ancestors.
        estates: normal estate name or nickname -> (site, method) with method `parsed` or `alias`.
        groups: name -> the site of a whole group; group_houses: (name, house key) -> houses of groups of that name.
        roads: normal road name or old name -> (current road, method).
        numbers: (road, house key) -> sites.
    """

    table: pl.DataFrame
    frame: pl.DataFrame
    sites: list[Site]
    divisions: dict[str, frozenset[str]]
    parents: dict[tuple[str, str], frozenset[tuple[str, ...]]]
    estates: dict[str, list[tuple[int, str]]]
    groups: dict[str, list[int]]
    group_houses: dict[tuple[str, str], list[int]]
    roads: dict[str, list[tuple[str, str]]]
    numbers: dict[tuple[str, str], list[int]]

    @cached_property
    def rows(self) -> list[Row]:
        """All rows, by index."""
        columns = [_shared(self.frame[name]) for name in Row._fields]
        return list(map(Row._make, zip(*columns, strict=True)))

    @cached_property
    def full_texts(self) -> list[str]:
        """All parts of each row in normal form, in a row."""
        return self.frame["full_text"].to_list()

    @cached_property
    def rooms(self) -> dict[tuple[int, str], list[int]]:
        """(site, room key) -> rows."""
        return self._by_room("site", "room")

    @cached_property
    def doors(self) -> dict[tuple[int, str, str, str], list[int]]:
        """(site, building key, unit key, room key) -> rows."""
        return self._by_room("site", "building", "unit", "room")

    @cached_property
    def in_building(self) -> dict[tuple[int, str], list[int]]:
        """(site, building key) -> the rooms in it."""
        return self._by_room("site", "building")

    @cached_property
    def building_rooms(self) -> dict[tuple[int, str, str], list[int]]:
        """(site, building key, room key) -> rows."""
        return self._by_room("site", "building", "room")

    @cached_property
    def room_names(self) -> dict[tuple[int, str], list[str]]:
        """(site, building key) -> the room keys of `in_building`, in the same order."""
        return {key: [self.rows[index].room for index in found] for key, found in self.in_building.items()}

    @cached_property
    def houses_in(self) -> dict[tuple[str, str, str], list[int]]:
        """(group, house key, community) -> sites of `group_houses` that lie in that community."""
        found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for (name, house), indexes in self.group_houses.items():
            for index in indexes:
                found[name, house, self.sites[index].community].append(index)
        return dict(found)

    @cached_property
    def buildings(self) -> dict[tuple[int, str], list[int]]:
        """(site, building key) -> the rows that stand for the building."""
        rows = building_rows(self._keyed())
        return _lists((rows["site"], rows["building_k"]), rows["index"])

    @cached_property
    def units(self) -> dict[tuple[int, str, str], int]:
        """(site, building key, unit key) -> the row that stands for the unit."""
        found = unit_rows(self._keyed()).select("site", "building_k", "unit_k", "index").iter_rows()
        return {(site, building, unit): index for site, building, unit, index in found}

    def _by_room(self, *key: str) -> dict[Any, list[int]]:
        rooms = self.frame.filter(pl.col("room") != "")
        return _lists([rooms[name] for name in key], rooms["index"])

    def _keyed(self) -> pl.DataFrame:
        return self.frame.rename({"building": "building_k", "unit": "unit_k", "room": "room_k"})


def _shared(column: pl.Series) -> list[Any]:
    """The column as a list whose equal texts are one object each."""
    if column.dtype != pl.String or column.n_unique() > len(column) // 2:
        return column.to_list()
    distinct = column.unique().sort()
    texts = distinct.to_list()
    return [texts[number] for number in column.cast(pl.Enum(distinct)).to_physical().to_list()]


def _lists(key: Sequence[pl.Series], indexes: pl.Series) -> dict[Any, list[int]]:
    """Key (a tuple of the columns) -> indexes, in order."""
    found: dict[Any, list[int]] = defaultdict(list)
    keys = zip(*(_shared(column) for column in key), strict=True)
    for one, index in zip(keys, indexes.to_list(), strict=True):
        found[one].append(index)
    return dict(found)


def build_register(police_addresses: pl.DataFrame, learned: pl.DataFrame | None = None) -> Register:
    """The register from the current rows of `raw.police_addresses`.

    Args:
        police_addresses: the typed columns of the feed `police/addresses`, one row per address_code; rows whose
            `is_current` is false are left out. Order of rows does not matter.
        learned: aliases that records agree on, in the columns of `LEARNED`. They resolve as the register's own aliases
            do (method `alias`); one whose name the register has itself, or whose target it has not, counts for nothing.

    Returns:
        The table `master.address` and the indexes for `match_addresses`.
    """
    prepared = with_ancestors(prepare_register(police_addresses).with_row_index("index"))
    names = collect_names(prepared)
    if learned is not None:
        learn_aliases(names, learned, dict(prepared.select("address_code", "site").iter_rows()))
    sites = build_sites(prepared)
    groups, group_houses = _groups(names, sites)
    return Register(
        table=address_table(prepared),
        frame=_compared(prepared),
        sites=sites,
        divisions={kind: frozenset(found) for kind, found in names.divisions.items()},
        parents={key: frozenset(value) for key, value in names.parents.items()},
        estates={name: sorted(found.items()) for name, found in names.estates.items()},
        groups=groups,
        group_houses=group_houses,
        roads={name: sorted(found.items()) for name, found in names.roads.items()},
        numbers=_numbers(sites),
    )


def _compared(prepared: pl.DataFrame) -> pl.DataFrame:
    return prepared.select(
        "index", "level", "site", "floor", "rank", "full_text",
        "address_code", "estate_code", "building_code", "unit_code", "room_code",
        code="address_code", road="road_n", house="house_number_k",
        building_text="building_n", building="building_k", unit="unit_k", room="room_k",
    )  # fmt: skip


def _numbers(sites: list[Site]) -> dict[tuple[str, str], list[int]]:
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for site in sites:
        for address in site.addresses:
            numbers[address].append(site.index)
    return dict(numbers)


def _groups(names: RegisterNames, sites: list[Site]) -> tuple[dict[str, list[int]], dict[tuple[str, str], list[int]]]:
    groups: dict[str, list[int]] = defaultdict(list)
    houses: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, found in names.estates.items():
        for index in sorted(found):
            if sites[index].kind != "group":
                groups[name].append(index)
                continue
            for house in {house for _, house in sites[index].addresses}:
                houses[name, house].append(index)
    return dict(groups), dict(houses)
