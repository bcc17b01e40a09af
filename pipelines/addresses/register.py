"""The standard address register: its table (`master.address`) and the indexes that texts are resolved against.

A *site* is what stands between the community and the building: an estate or courtyard (whatever its gates are called),
a house of a village group, or a house number on a road.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.addresses.divisions import national_divisions
from pipelines.addresses.keys import group_key
from pipelines.addresses.levels import deepest_level, is_group_house
from pipelines.addresses.register_rows import KEY_OF, PARTS, prepare_register
from pipelines.normalise.text import normalise_text

GROUP: Final = re.compile(r"^第?\d+(?:组|村民小组|小组|队|小队)$")
ROAD_NAME: Final = re.compile(r"(?:路|街|巷|弄|大道|道|胡同|里|条|线)$")
# Learned aliases: kind `estate` or `road`, the name as written, and what it stands for: the code of a row of the
# estate, or the current road.
LEARNED: Final = pl.Schema({"kind": pl.String, "written": pl.String, "estate_code": pl.String, "road": pl.String})
_STATUS_RANK: Final = {"在用": 0, "停用": 2}


@dataclass(frozen=True, slots=True)
class Site:
    """An estate, courtyard, village house or house number, and the row of the register that stands for it.

    Attributes:
        kind: `estate`, `group` (a house of a village group) or `number` (a house number on a road).
        row: index of that row in `Register.rows`; None where the register holds only deeper rows.
        addresses: pairs of road name and house-number key under which the site is known.
        buildings: building key -> unit keys of its rooms (an empty key for rooms without a unit).
    """

    index: int
    district: str
    street: str
    community: str
    kind: str
    estate: str
    row: int | None
    addresses: frozenset[tuple[str, str]]
    buildings: dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Row:
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

    Attributes:
        table: `master.address`, one row per address_code, sorted by it.
        estates: normal estate name or nickname -> (site, method) with method `parsed` or `alias`.
        groups: name -> the site of a whole group; group_houses: (name, house key) -> houses of groups of that name.
        roads: normal road name or old name -> (current road, method).
        numbers: (road, house key) -> sites.
        rooms: (site, room key) -> rows; doors: the same with building and unit, (site, building, unit, room) -> rows.
        buildings: (site, building key) -> building rows; in_building: the same -> rooms in it.
    """

    table: pl.DataFrame
    rows: list[Row]
    full_texts: list[str]
    sites: list[Site]
    divisions: dict[str, frozenset[str]]
    parents: dict[tuple[str, str], frozenset[tuple[str, ...]]]
    estates: dict[str, list[tuple[int, str]]]
    groups: dict[str, list[int]]
    group_houses: dict[tuple[str, str], list[int]]
    roads: dict[str, list[tuple[str, str]]]
    road_sites: dict[str, list[int]]
    numbers: dict[tuple[str, str], list[int]]
    rooms: dict[tuple[int, str], list[int]]
    doors: dict[tuple[int, str, str, str], list[int]]
    buildings: dict[tuple[int, str], list[int]]
    in_building: dict[tuple[int, str], list[int]]
    units: dict[tuple[int, str, str], int]


def _site_key(row: dict[str, str]) -> tuple[str, ...]:
    place = (row["district_n"], row["street_n"], row["community_n"])
    if row["is_group"] and row["house_number_k"]:
        return (*place, "group", row["estate_n"], row["house_number_k"])
    if row["estate_n"]:
        return (*place, "estate", row["estate_n"], "")
    return (*place, "number", row["road_n"], row["house_number_k"])


def _aliases(text: str | None) -> list[str]:
    if not text:
        return []
    return [name for name in (normalise_text(part) for part in re.split(r"[、,，;；/|]", text)) if len(name) >= 2]


class _Builder:
    """Collects the indexes while the register's rows pass once, in order of address_code."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.full_texts: list[str] = []
        self.site_of: dict[tuple[str, ...], int] = {}
        self.site_rows: list[int | None] = []
        self.addresses: list[set[tuple[str, str]]] = []
        self.structure: list[dict[str, set[str]]] = []
        self.estates: dict[str, dict[int, str]] = defaultdict(dict)
        self.roads: dict[str, dict[str, str]] = defaultdict(dict)
        self.rooms: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.doors: dict[tuple[int, str, str, str], list[int]] = defaultdict(list)
        self.buildings: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.in_building: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.units: dict[tuple[int, str, str], int] = {}
        self.divisions: dict[str, set[str]] = {kind: set() for kind in PARTS[:5]}
        self.parents: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)

    def add(self, row: dict[str, str]) -> None:
        key = _site_key(row)
        site = self.site_of.setdefault(key, len(self.site_of))
        if site == len(self.site_rows):
            self.site_rows.append(None)
            self.addresses.append(set())
            self.structure.append({})
        index = len(self.rows)
        self.rows.append(_row(row, site))
        self.full_texts.append("".join(row[f"{part}_n"] for part in PARTS))
        self._index_place(index, site)
        self._index_names(row, site)

    def _index_place(self, index: int, site: int) -> None:
        made = self.rows[index]
        if made.road or made.house:
            self.addresses[site].add((made.road, made.house))
        if made.building or made.room:
            self.structure[site].setdefault(made.building, set())
        if made.room:
            self.rooms[site, made.room].append(index)
            self.in_building[site, made.building].append(index)
            self.doors[site, made.building, made.unit, made.room].append(index)
            self.structure[site][made.building].add(made.unit)
        elif made.unit:
            self.units.setdefault((site, made.building, made.unit), index)
            self.structure[site][made.building].add(made.unit)
        elif made.building:
            self.buildings[site, made.building].append(index)
        else:
            kept = self.site_rows[site]
            if kept is None or made.rank < self.rows[kept].rank:
                self.site_rows[site] = index

    def _index_names(self, row: dict[str, str], site: int) -> None:
        names = [row[f"{part}_n"] for part in PARTS[:5]]
        for depth, name in enumerate(names):
            if name:
                self.divisions[PARTS[depth]].add(name)
                self.parents[PARTS[depth], name].add(tuple(names[:depth]))
        estate, road = row["estate_n"], row["road_n"]
        if estate:
            self.estates[estate][site] = "parsed"
            self.estates[group_key(estate)][site] = "parsed"
        if road:
            self.roads[road][road] = "parsed"
        for alias in _aliases(row["aliases"]):
            if road and ROAD_NAME.search(alias):
                self.roads[alias].setdefault(road, "alias")
            else:
                self.estates[alias].setdefault(site, "alias")

    def learn(self, learned: pl.DataFrame) -> None:
        """Adds learned aliases as if the register had them; a name that it has in any way stays its own."""
        known = {*self.estates, *self.roads, *(name for names in self.divisions.values() for name in names)}
        site_of = {row.code: row.site for row in self.rows}
        for kind, written, code, road in learned.select(LEARNED.names()).unique().sort(LEARNED.names()).iter_rows():
            name = normalise_text(written or "")
            if len(name) < 2 or name in known:
                continue
            current = normalise_text(road or "")
            if kind == "road" and self.roads.get(current, {}).get(current) == "parsed":
                self.roads[name].setdefault(current, "alias")
            elif kind == "estate" and code in site_of:
                self.estates[name].setdefault(site_of[code], "alias")

    def sites(self) -> list[Site]:
        return [
            Site(index, key[0], key[1], key[2], key[3], key[4] if key[3] != "number" else "", self.site_rows[index],
                 frozenset(self.addresses[index]), self.structure[index])
            for key, index in self.site_of.items()
        ]  # fmt: skip


def _row(row: dict[str, str], site: int) -> Row:
    floor = row["floor"]
    return Row(
        code=row["address_code"],
        level=row["level"],
        site=site,
        road=row["road_n"],
        house=row["house_number_k"],
        building_text=row["building_n"],
        building=row["building_k"],
        unit=row["unit_k"],
        room=row["room_k"],
        floor=int(floor) if floor is not None else None,
        rank=_STATUS_RANK.get(row["status"] or "在用", 1),
    )


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
    frame = deepest_level(prepare_register(police_addresses)).with_columns(is_group_house().alias("is_group"))
    builder = _Builder()
    columns = [
        *(f"{part}_n" for part in PARTS), *(f"{part}_k" for part in KEY_OF),
        "address_code", "level", "floor", "status", "aliases", "is_group",
    ]  # fmt: skip
    for row in frame.select(columns).iter_rows(named=True):
        builder.add(row)
    if learned is not None:
        builder.learn(learned)
    sites = builder.sites()
    road_sites: dict[str, set[int]] = defaultdict(set)
    numbers: dict[tuple[str, str], set[int]] = defaultdict(set)
    for site in sites:
        for road, house in site.addresses:
            road_sites[road].add(site.index)
            numbers[road, house].add(site.index)
    groups, group_houses = _groups(builder, sites)
    return Register(
        table=_table(frame, builder),
        rows=builder.rows,
        full_texts=builder.full_texts,
        sites=sites,
        divisions={kind: frozenset(names) for kind, names in builder.divisions.items()},
        parents={key: frozenset(value) for key, value in builder.parents.items()},
        estates={name: sorted(found.items()) for name, found in builder.estates.items()},
        groups=groups,
        group_houses=group_houses,
        roads={name: sorted(found.items()) for name, found in builder.roads.items()},
        road_sites={road: sorted(found) for road, found in road_sites.items()},
        numbers={key: sorted(found) for key, found in numbers.items()},
        rooms=dict(builder.rooms),
        doors=dict(builder.doors),
        buildings=dict(builder.buildings),
        in_building=dict(builder.in_building),
        units=builder.units,
    )


def _groups(builder: _Builder, sites: list[Site]) -> tuple[dict[str, list[int]], dict[tuple[str, str], list[int]]]:
    groups: dict[str, list[int]] = defaultdict(list)
    houses: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, found in builder.estates.items():
        for index in sorted(found):
            if sites[index].kind != "group":
                groups[name].append(index)
                continue
            for house in {house for _, house in sites[index].addresses}:
                houses[name, house].append(index)
    return dict(groups), dict(houses)


def _with_division_code(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `division_code` by the national table; null where the city is not in it."""
    names = ["province_n", "city_n", "district_n"]
    distinct = frame.select(names).unique().sort(names)
    codes = [national_divisions().find(*(name or None for name in row)) for row in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("division_code", codes, pl.String))
    return frame.join(known, on=names, how="left", maintain_order="left")


def _best(rows: list[Row], indexes: list[int]) -> int:
    return min(indexes, key=lambda index: (rows[index].rank, rows[index].code))


def _table(frame: pl.DataFrame, builder: _Builder) -> pl.DataFrame:
    """`master.address`: the register's columns with the codes of each row's ancestors-or-self."""
    rows = builder.rows
    estate, building, unit, room, parent = [], [], [], [], []
    for index, row in enumerate(rows):
        site_row = builder.site_rows[row.site]
        estate_code = rows[site_row].code if site_row is not None else None
        found = builder.buildings.get((row.site, row.building)) if row.building else None
        building_code = rows[_best(rows, found)].code if found else None
        unit_row = builder.units.get((row.site, row.building, row.unit)) if row.unit else None
        unit_code = rows[unit_row].code if unit_row is not None else None
        if row.level == "building":
            building_code = row.code
        estate.append(estate_code)
        building.append(building_code)
        unit.append(unit_code)
        room.append(row.code if row.room else None)
        line = [code for code in (estate_code, building_code, unit_code) if code is not None and code != row.code]
        parent.append(line[-1] if line and index != site_row else None)
    return _with_division_code(frame).select(
        "address_code", "level", *PARTS[:10], "floor", "room",
        pl.col("lon").cast(pl.Float64), pl.col("lat").cast(pl.Float64), "status", "division_code",
    ).with_columns(
        pl.Series("estate_code", estate, pl.String),
        pl.Series("building_code", building, pl.String),
        pl.Series("unit_code", unit, pl.String),
        pl.Series("room_code", room, pl.String),
        pl.Series("parent_code", parent, pl.String),
    )  # fmt: skip
