"""Which places a wrong number confuses: rooms of one estate, houses of one village, house numbers of one road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from rapidfuzz.distance import OSA

from pipelines.addresses.deciding.slips import door_of, slip_between
from pipelines.addresses.register.index import Register, Site

_HOUSE_LEVELS: Final = ("house_number", "estate")


@dataclass(frozen=True, slots=True)
class Shared:
    """What two places have in common.

    Attributes:
        code: the register row that stands for it, null where there is none; level: how deep it is.
        building: whether the building is common; site: whether the estate or house number is.
    """

    code: str | None
    level: str
    building: bool
    site: bool


def _area(site: Site, *, is_room: bool) -> str | None:
    """Where a slip leads from one place to another; null for an estate as a whole."""
    if site.kind == "group":
        return "|".join(("group", site.district, site.street, site.community))
    if site.kind == "number":
        road = min(site.addresses)[0] if site.addresses else ""
        return "|".join(("room" if is_room else "house", site.district, road))
    return f"site|{site.index}" if is_room else None


def places_to_confuse(register: Register) -> pl.DataFrame:
    """`room_code` (of a room, or of a house without rooms in its number) and `site`, the area where a slip stays."""
    rows = register.frame.filter((pl.col("room") != "") | pl.col("level").is_in(_HOUSE_LEVELS))
    areas = [
        _area(register.sites[site], is_room=is_room)
        for site, is_room in rows.select("site", pl.col("room") != "").iter_rows()
    ]
    found = rows.select(room_code="address_code").with_columns(pl.Series("site", areas, pl.String))
    return found.drop_nulls("site")


def _house(site: Site) -> str:
    return min(house for _, house in site.addresses) if site.addresses else ""


def slip_apart(register: Register, left: int, right: int) -> str | None:
    """The one slip of the pen that leads from one place to the other, see `slips.slip_between`; null for none.

    A building or unit may be any other, for the room is the same, or they are exchanged; of a room or a house number,
    one digit or two neighbouring ones. Of a village's house the group may be any other.
    """
    one, other = register.rows[left], register.rows[right]
    here, there = register.sites[one.site], register.sites[other.site]
    if here.kind == "group":
        return slip_between((here.estate, "", _house(here)), (there.estate, "", _house(there)))
    if one.site == other.site:
        return slip_between(door_of(one), door_of(other))
    near = door_of(one) == door_of(other) and OSA.distance(_house(here), _house(there), score_cutoff=1) == 1
    return "digit" if near else None


def shared_place(register: Register, left: int, right: int) -> Shared:
    """The deepest place that two neighbours have in common."""
    one, other = register.rows[left], register.rows[right]
    here, there = register.sites[one.site], register.sites[other.site]
    if one.site == other.site:
        if one.building == other.building and (rows := register.buildings.get((one.site, one.building))):
            best = min(rows, key=lambda row: (register.rows[row].rank, register.rows[row].code))
            return Shared(register.rows[best].code, "building", building=True, site=True)
        return Shared(_code(register, here.row), "estate", building=False, site=True)
    if here.kind == "group" and here.estate == there.estate:
        whole = [site for site in register.groups.get(here.estate, ()) if _beside(register.sites[site], here)]
        return Shared(
            _code(register, register.sites[whole[0]].row if whole else None), "estate", building=False, site=False
        )
    return Shared(None, "community" if here.kind == "group" else "road", building=False, site=False)


def _beside(site: Site, other: Site) -> bool:
    return (site.district, site.street, site.community) == (other.district, other.street, other.community)


def _code(register: Register, row: int | None) -> str | None:
    return register.rows[row].code if row is not None else None
