"""Who says that an unknown name is a known place: other records of the same person or parcel, or the text itself.

A name is borne out only where the numbers below it agree: whoever moved from an old house to a new estate has records
at both, but hardly the same building, unit and room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import orjson
import polars as pl

from pipelines.addresses.aliases.names import ESTATE, Unknown
from pipelines.addresses.deciding.place import AMBIGUOUS, MATCHED, Placement, place_parts
from pipelines.addresses.deciding.sites import MARGIN, guess_sites
from pipelines.addresses.reading.parse import Parse, Parts
from pipelines.addresses.register.index import Register, Site

AGREES: Final = "agrees"
DIFFERS: Final = "differs"  # a place of the same name with other numbers
ELSEWHERE: Final = "elsewhere"  # another record is at a place with other numbers altogether
KEYS: Final = ["feed", "record_key", "address_role"]
_ALONE: Final = ("id", "parcel", "record")  # one such key is the same person, parcel or row; of the others it takes two
_KIND_RANK: Final = {"id": 0, "tail": 1, "phone": 2, "name": 3, "family": 4, "record": 5, "parcel": 6}
_CROWD: Final = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one text says of one room: the outcome, and the target that it would make of the unknown name."""

    outcome: str
    target: str


def rooms_by_record(matches: pl.DataFrame) -> pl.DataFrame:
    """The room of every mention that names one, doubted or not: key, `room_code`; what evidence did is taken back."""
    doubted = matches.filter(pl.col("reason") == "conflict").select(*KEYS, "candidates")
    own = [orjson.loads(text)[-1]["address_code"] for text in doubted["candidates"].to_list()]
    by_others = pl.col("reason").eq_missing("settled_by_evidence")
    plain = matches.filter((pl.col("status") == "matched") & pl.col("room_code").is_not_null() & ~by_others)
    return pl.concat([
        plain.select(*KEYS, "room_code"), doubted.select(KEYS).with_columns(pl.Series("room_code", own, pl.String)),
    ])  # fmt: skip


def shared_records(named: pl.DataFrame, rooms: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Mentions with an unknown name beside mentions of the same person or parcel at a room of the register.

    Args:
        named: key of each mention with an unknown name.
        rooms: key and `room_code` of the others.
        evidence: the frame of `collect_address_evidence`.

    Returns:
        Key, `room_code`, `other_feed`, `person` and `parcel` (the key they share, null where it is of the other sort).
    """
    mine = named.select(KEYS).unique().join(evidence, on=KEYS).select(*KEYS, "entity", "kind")
    theirs = evidence.join(mine.select("entity").unique(), on="entity", how="semi").join(rooms, on=KEYS)
    crowd = theirs.group_by("entity").len().filter(pl.col("len") > _CROWD)
    theirs = theirs.join(crowd, on="entity", how="anti").select(
        "entity", "room_code", other_feed="feed", other_key="record_key"
    )
    rank = pl.col("kind").replace_strict(_KIND_RANK, return_dtype=pl.Int8)
    pairs = mine.join(theirs, on="entity").with_columns(rank=rank).sort(*KEYS, "room_code", "rank", "entity")
    told = pairs.group_by(*KEYS, "room_code", "other_feed", "other_key", maintain_order=True).agg(
        sure=pl.col("kind").is_in(_ALONE).any() | (pl.col("kind").n_unique() > 1),
        person=pl.col("entity").filter(pl.col("kind") != "parcel").first(),
        parcel=pl.col("entity").filter(pl.col("kind") == "parcel").first(),
    )
    return told.filter("sure").select(*KEYS, "room_code", "other_feed", "person", "parcel")


class Judge:
    """Holds texts with an unknown name against rooms and sites; remembers what it placed.

    Args:
        register: the register of tonight, for its rooms.
        own: the same without learned names, for what a text says by itself.
    """

    def __init__(self, register: Register, own: Register) -> None:
        self._register = register
        self._own = own
        self._row_of = {row.code: index for index, row in enumerate(register.rows)}
        self._placed: dict[tuple[int, int], Placement] = {}
        self._codes: dict[int, str] = {}

    def beside(self, unknown: Unknown, room_code: str) -> Verdict:
        """What another record's room says of the text."""
        row = self._row_of[room_code]
        site = self._register.sites[self._register.rows[row].site]
        target = self._target(unknown, site)
        if target is None or not _may_be_at(unknown.parse, site):
            return Verdict(ELSEWHERE, "")
        placement = self._place(unknown, site)
        rooms = {MATCHED: (placement.row,), AMBIGUOUS: placement.options}.get(placement.status, ())
        same = row in rooms and self._names_a_room(unknown.parts, site)
        return Verdict(AGREES if same else DIFFERS, target)

    def itself(self, unknown: Unknown) -> tuple[Verdict, str] | None:
        """What the rest of the text says of its unknown name, with the room; None where it does not name one room."""
        guesses = guess_sites(self._own, unknown.parse)
        if not guesses or (len(guesses) > 1 and guesses[1].cost - guesses[0].cost < MARGIN):
            return None
        site = guesses[0].site
        target = self._target(unknown, site)
        placement = self._place(unknown, site)
        if target is None or placement.status != MATCHED or placement.row is None:
            return None
        row = self._register.rows[placement.row]
        return (Verdict(AGREES, target), row.code) if row.room and row.site == site.index else None

    def site_of(self, target: str) -> Site:
        """The site of a target of kind `estate`."""
        return self._register.sites[self._register.rows[self._row_of[target]].site]

    def _target(self, unknown: Unknown, site: Site) -> str | None:
        """What the name would stand for at this site: the code of the site's own or first row, or its one road."""
        if unknown.kind == ESTATE:
            return self._code(site) if site.kind != "group" else None
        roads = {road for road, house in site.addresses if road and house == unknown.parse.house}
        return roads.pop() if len(roads) == 1 else None

    def _code(self, site: Site) -> str:
        if site.index not in self._codes:
            self._codes[site.index] = site_code(self._register, site)
        return self._codes[site.index]

    @staticmethod
    def _names_a_room(parts: Parts, site: Site) -> bool:
        """Whether the text tells a room so well that the same numbers elsewhere would be a strange accident."""
        building = parts.building or parts.house_or_building or parts.storey or len(parts.loose) > 1
        return bool(building) or len(site.buildings) < 2

    def _place(self, unknown: Unknown, site: Site) -> Placement:
        key = (id(unknown.parts), site.index)
        found = self._placed.get(key)
        if found is None:
            agrees = any(house == unknown.parse.house for _, house in site.addresses)
            found = self._placed[key] = place_parts(self._register, site, unknown.parts, house_agrees=agrees)
        return found


def site_code(register: Register, site: Site) -> str:
    """The code that stands for a site: its own row's, else the smallest of its rows."""
    if site.row is not None:
        return register.rows[site.row].code
    inside = [index for (number, _), found in register.in_building.items() if number == site.index for index in found]
    return min(register.rows[index].code for index in inside)


def _may_be_at(parse: Parse, site: Site) -> bool:
    """Whether what else the text names, its house number and its divisions, may be of this site."""
    if parse.house is not None and parse.parts.house_or_building is None and site.addresses:
        houses = {house for _, house in site.addresses if house}
        if houses and parse.house not in houses:
            return False
    district = parse.divisions.get("district")
    street = parse.divisions.get("street")
    return not (district and site.district and district != site.district and street != site.street)
