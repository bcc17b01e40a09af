"""What a careful reader with the register can tell from the parts that a text names.

The truth of every unruly text comes from here: the writer says which parts stand in the text and with which values, the
reader looks them up in the whole register and returns the deepest place that is certain. It knows parts, not texts, so
it shares nothing with a parser.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl
from rapidfuzz.distance import OSA

NOWHERE = -1
Read = tuple[str, int]
"""Level and place; `("none", NOWHERE)` where nothing is certain."""


@dataclass(frozen=True)
class Claim:
    """The parts that a text names, null where it does not.

    Attributes:
        names: the register's names that the estate's name as written may stand for; empty for one nobody can know.
        exact: the name stands there as the register or its aliases have it.
        roads: the same for the road; number: as the register writes it.
        group, community, street, district: names of the register.
        building: number, or the label of a building that has none; unit: number; room: without leading zeros.
        site: known from another column of the row, so that no name counts.
    """

    names: tuple[str, ...] | None = None
    exact: bool = False
    roads: tuple[str, ...] | None = None
    number: str | None = None
    group: str | None = None
    community: str | None = None
    street: str | None = None
    district: str | None = None
    building: int | str | None = None
    unit: int | None = None
    room: str | None = None
    site: int | None = None


@dataclass
class Site:
    """An estate, a house or a village group with what stands in it.

    Attributes:
        houses: house number -> place, in a village group.
        buildings: number or label -> place.
        rooms: building place -> unit, room and place of every room that the register has.
    """

    place: int
    kind: str
    level: str
    name: str | None
    road: str | None
    number: str | None
    community: str
    street: str
    district: str
    houses: dict[str, int] = field(default_factory=dict)
    buildings: dict[int | str, int] = field(default_factory=dict)
    rooms: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)


def plain_room(room: str) -> str:
    """Return a room without leading zeros, so that 0501 and 501 are one."""
    return room.lstrip("0") or room


class Reader:
    """The register by site, by estate name and by road."""

    def __init__(self, register: pl.DataFrame) -> None:
        if "in_register" not in register.columns:
            register = register.with_columns(pl.lit(value=True).alias("in_register"))
        self.sites: dict[int, Site] = {}
        self.site_of: list[int] = []
        self.building_of: list[int | None] = register["building_place"].to_list()
        self.level_of: list[str] = register["level"].to_list()
        for row in register.iter_rows(named=True):
            self._add(row)
        self.estates_in: dict[str, list[int]] = {}
        self.by_name: dict[str, list[int]] = {}
        self.groups: dict[str, list[int]] = {}
        self.by_road: dict[tuple[str, str], list[int]] = {}
        for site in self.sites.values():
            if site.name is not None and site.kind == "estate":
                self.by_name.setdefault(site.name, []).append(site.place)
                self.estates_in.setdefault(site.community, []).append(site.place)
            if site.name is not None and site.kind == "village":
                self.groups.setdefault(site.name, []).append(site.place)
            if site.road is not None and site.number is not None:
                self.by_road.setdefault((site.road, site.number), []).append(site.place)
        self.roads = sorted({road for road, _ in self.by_road})
        self.districts = sorted({site.district for site in self.sites.values()})
        self.known = set(register.filter("in_register")["place"].to_list())
        aliases = pl.concat([register["nickname"], register["old_road"]]).drop_nulls().unique()
        self.names = {*self.by_name, *self.roads, *aliases.to_list()}
        self._nearest = lru_cache(maxsize=65_536)(self._near)

    def _add(self, row: dict[str, object]) -> None:
        place, kind, level = int(str(row["place"])), str(row["kind"]), str(row["level"])
        own = row["estate_place"] if kind != "house" else row["building_place"]
        site_place = int(str(own)) if own is not None else place
        self.site_of.append(site_place)
        if site_place not in self.sites:
            self.sites[site_place] = Site(
                site_place,
                "estate" if kind == "shop" else kind,
                level,
                _text(row["estate"]),
                _text(row["road"]),
                None if kind == "village" else _text(row["house_number"]),
                str(row["community"]),
                str(row["street"]),
                str(row["district"]),
            )
        site = self.sites[site_place]
        if kind == "village" and level == "house_number":
            site.houses[str(row["house_number"])] = place
        elif level == "building":
            site.buildings[int(str(row["building_no"])) or str(row["building"])] = place
        elif level == "room" and row["in_register"]:
            building = int(str(row["building_place"]))
            room = (int(str(row["unit_no"])), plain_room(str(row["room"])), place)
            site.rooms.setdefault(building, []).append(room)

    def read(self, claim: Claim) -> Read:
        """Return the deepest certain place of a claim."""
        sites = self.possible_sites(claim)
        found = {site.place: self._inside(site, claim) for site in sites}
        certain = [place for place, (_, complete) in found.items() if complete]
        if len(certain) == 1:
            return found[certain[0]][0]
        if len(found) == 1:
            return next(iter(found.values()))[0]
        return ("none", NOWHERE)

    def possible_sites(self, claim: Claim) -> list[Site]:
        """Return the sites that the names of a claim allow; an exact name of an estate outweighs road and number."""
        if claim.site is not None:
            return [self.sites[claim.site]]
        named, addressed = self._by_claimed_name(claim), self._by_claimed_road(claim)
        on_road = set(addressed)
        both = [place for place in named if place in on_road]
        numbered = addressed if claim.number is not None else []
        places = both or (named if claim.exact else numbered or named) or addressed or self._in_community(claim)
        sites = [self.sites[place] for place in dict.fromkeys(places)]
        for attribute in ("district", "street", "community"):
            told = getattr(claim, attribute)
            sites = [site for site in sites if told is None or getattr(site, attribute) == told] or sites
        return sites

    def _in_community(self, claim: Claim) -> list[int]:
        """Return the estates of the community, where a door is all that is told of the place in it."""
        door_alone = claim.names is None and claim.roads is None and claim.group is None
        if not door_alone or claim.community is None or (claim.building is None and claim.room is None):
            return []
        return self.estates_in.get(claim.community, [])

    def _by_claimed_name(self, claim: Claim) -> list[int]:
        if claim.group is not None:
            return self.groups.get(claim.group, [])
        return [place for name in claim.names or () for place in self.by_name.get(name, [])]

    def _by_claimed_road(self, claim: Claim) -> list[int]:
        if claim.group is not None or not claim.roads:
            return []
        if claim.number is None:
            return [s.place for s in self.sites.values() if s.road in claim.roads]
        return [place for road in claim.roads for place in self.by_road.get((road, claim.number), [])]

    def near_estates(self, written: str, meant: str) -> tuple[str, ...]:
        """Return the estates' names that are no farther from what is written than the one that is meant."""
        return self._nearest(written, meant, "estate")

    def near_roads(self, written: str, meant: str) -> tuple[str, ...]:
        """Return the roads' names that are no farther from what is written than the one that is meant."""
        return self._nearest(written, meant, "road")

    def _near(self, written: str, meant: str, kind: str) -> tuple[str, ...]:
        farthest = OSA.distance(written, meant)
        pool: Iterable[str] = self.roads if kind == "road" else self.by_name
        return tuple(name for name in pool if OSA.distance(written, name, score_cutoff=farthest) <= farthest)

    def _inside(self, site: Site, claim: Claim) -> tuple[Read, bool]:
        """Return the deepest place inside a site, and whether all numbers of the claim exist there."""
        own = (site.level, site.place)
        if site.kind == "village":
            if claim.number is None:
                return own, True
            house = site.houses.get(claim.number)  # without it the group's numeral may be the slip as well
            return (("none", NOWHERE), False) if house is None else (("house_number", house), True)
        buildings = set(site.buildings.values()) or {site.place}
        if claim.building is not None:
            if claim.building not in site.buildings:
                return own, False
            buildings = {site.buildings[claim.building]}
        if claim.room is None:
            return self._without_room(site, claim, buildings)
        fits = [
            place
            for building in sorted(buildings)
            for unit, room, place in site.rooms.get(building, ())
            if room == claim.room and claim.unit in (None, unit)
        ]
        if not fits:
            return own, False
        if len(fits) == 1:
            return ("room", fits[0]), True
        parents = {self.building_of[place] for place in fits}
        return (self._whole(site, parents.pop()), True) if len(parents) == 1 else (own, True)

    def _without_room(self, site: Site, claim: Claim, buildings: set[int]) -> tuple[Read, bool]:
        own = (site.level, site.place)
        if claim.unit is not None:
            having = {b for b in buildings if any(unit == claim.unit for unit, _, _ in site.rooms.get(b, ()))}
            if len(having) == 1:
                return ("unit", having.pop()), True
            return own, bool(having)
        return (self._whole(site, next(iter(buildings))) if claim.building is not None else own), True

    def _whole(self, site: Site, building: int | None) -> Read:
        return (site.level, site.place) if building in (None, site.place) else ("building", int(str(building)))

    def shared(self, read: Read, true: int) -> Read:
        """Return what a reading and the true place have in common: the building, the site, or nothing."""
        _, place = read
        if place == NOWHERE or self.site_of[place] != self.site_of[true]:
            return ("none", NOWHERE)
        site = self.sites[self.site_of[true]]
        if self.building_of[place] is not None and self.building_of[place] == self.building_of[true]:
            return self._whole(site, self.building_of[true])
        return (site.level, site.place)

    def holds(self, read: Read, true: int) -> bool:
        """Tell whether a reading is the true place or an ancestor of it."""
        _, place = read
        return place in (NOWHERE, true, self.building_of[true], self.site_of[true])


def _text(value: object) -> str | None:
    return None if value is None else str(value)
