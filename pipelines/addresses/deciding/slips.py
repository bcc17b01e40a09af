"""Which doors a wrong number may have meant: one slip of the pen away from what is written."""

from __future__ import annotations

from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipelines.addresses.reading.readings import Wanted
from pipelines.addresses.register.index import Register, Row, Site

# How much likelier one slip is than one wrong digit of the room, of which a building has many: of 14 texts of a sample
# city that name no door and have a door with building and unit exchanged, the other records hold it in all 14.
SLIPS: Final = {"exchanged": 12.0, "unit": 3.0, "building": 3.0, "neighbours": 3.0, "digit": 1.0, "length": 0.5}


def slip_between(written: tuple[str, str, str], meant: tuple[str, str, str]) -> str | None:
    """The one slip that makes `written` of `meant`, each building, unit and room; null for none or more than one.

    `exchanged`: building and unit; `unit` and `building`: another one; of the room `neighbours`: two neighbouring
    digits, `digit`: a wrong one, `length`: one more or one less.

    >>> slip_between(("2", "4", "1003"), ("4", "2", "1003")), slip_between(("2", "4", "103"), ("2", "4", "301"))
    ('exchanged', None)
    """
    same = [one == other for one, other in zip(written, meant, strict=True)]
    if same[2] and not same[0] and not same[1]:
        exchanged = written[0] == meant[1] and written[1] == meant[0] and bool(written[0] and written[1])
        return "exchanged" if exchanged else None
    if sum(same) != 2:
        return None
    if same[2]:
        return "building" if not same[0] else "unit"
    if len(written[2]) != len(meant[2]):
        return "length" if OSA.distance(written[2], meant[2], score_cutoff=1) == 1 else None
    wrong = sum(one != other for one, other in zip(written[2], meant[2], strict=True))
    if wrong == 1:
        return "digit"
    return "neighbours" if wrong == 2 and OSA.distance(written[2], meant[2], score_cutoff=1) == 1 else None


def door_of(row: Row) -> tuple[str, str, str]:
    """Building, unit and room of a register row."""
    return row.building, row.unit, row.room


def doors_one_slip_away(register: Register, site: Site, wanted: Wanted) -> dict[int, float]:
    """Rows that one slip in the numbers would have made of what is written: row -> weight, likeliest first.

    Empty where no room is written. A unit or building that is not written is no slip.
    """
    if wanted.room is None:
        return {}
    written = wanted.building or "", wanted.unit or "", wanted.room
    found: dict[int, float] = {}
    for index in _near(register, site, written):
        building, unit, room = door_of(register.rows[index])
        meant = building if wanted.building is not None else "", unit if wanted.unit is not None else "", room
        slip = slip_between(written, meant)
        if slip is not None:
            found[index] = SLIPS[slip]
    ranked = sorted(found.items(), key=lambda item: (-item[1], register.rows[item[0]].code))
    return dict(ranked)


def _near(register: Register, site: Site, written: tuple[str, str, str]) -> set[int]:
    """Rooms of the number that is written, and rooms of the building whose number is one slip away."""
    near = set(register.rooms.get((site.index, written[2]), ()))
    inside = register.in_building.get((site.index, written[0]))
    if inside is not None:
        names = register.room_names[site.index, written[0]]
        alike = process.extract(written[2], names, scorer=OSA.distance, score_cutoff=1, limit=None)
        near.update(inside[place] for _, _, place in alike)
    return near
