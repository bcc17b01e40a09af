"""Inside one site: from building, unit, floor and room to a row of the register, or to the reason why not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from pipelines.addresses.deciding.slips import doors_one_slip_away
from pipelines.addresses.forms.ordinals import counted_as, incomparable
from pipelines.addresses.forms.said import Parts
from pipelines.addresses.reading.readings import Wanted, readings, unglued
from pipelines.addresses.register.index import Register, Row, Site

MATCHED: Final = "matched"
AMBIGUOUS: Final = "ambiguous"
UNMATCHED: Final = "unmatched"


@dataclass(slots=True)  # not frozen: that would treble the cost of making one, and most texts need several
class Placement:
    """Where a reading ends: the deepest certain level, its row (None where the register has none), and the rest.

    Attributes:
        building, unit: keys that are certain, empty otherwise.
        options: rows that the text cannot tell apart, for `ambiguous`; or what one slip would have made of it.
        shares: how likely each option is beside the others, empty where they are alike.
    """

    status: str
    level: str
    row: int | None
    building: str
    unit: str
    reason: str | None
    options: tuple[int, ...] = ()
    weight: float = 0.0
    shares: tuple[float, ...] = ()


_OTHER_COUNT: Final = 0.4  # `A座` where the register has `1号楼`
_OTHER_UNIT_COUNT: Final = 0.2


def _as_counted(site: Site, wanted: Wanted) -> Wanted:
    """The reading with building and unit in the register's way of counting, where there is only one to read them."""
    if wanted.building is not None:
        other = counted_as(wanted.building, site.buildings)
        if other is not None:
            wanted = replace(wanted, building=other, weight=wanted.weight + _OTHER_COUNT)
    units = site.buildings.get(wanted.building or "", ())
    if wanted.unit is None or wanted.unit in units:
        return wanted
    other = counted_as(wanted.unit, units)
    if other is not None:
        return replace(wanted, unit=other, weight=wanted.weight + _OTHER_UNIT_COUNT)
    return wanted


def place(register: Register, site: Site, wanted: Wanted, building_text: str | None) -> Placement:
    """The deepest certain place of one reading inside a site."""
    wanted = _as_counted(site, wanted)
    building = wanted.building
    if building is not None and building not in site.buildings:
        if set(site.buildings) - {""} or building not in ("", "1"):
            return _failed(register, site, "no_building", "", wanted)
        building = None  # a courtyard is building 1 to some offices
    if wanted.room is not None:
        return _place_room(register, site, wanted, building, building_text)
    if wanted.unit is not None or wanted.floor is not None:
        return _place_unit(register, site, wanted, building)
    if building is not None:
        return _place_building(register, site, building, building_text, wanted.weight)
    return _place_site(register, site, wanted.weight)


def _place_site(register: Register, site: Site, weight: float) -> Placement:
    if site.row is not None:
        return Placement(MATCHED, register.rows[site.row].level, site.row, "", "", None, weight=weight)
    level = "estate" if site.estate else "house_number"
    return Placement(MATCHED, level, None, "", "", None, weight=weight)


def unreadable(register: Register, site: Site) -> Placement:
    """The answer where some part below the site was written but could not be read."""
    return _failed(register, site, "unreadable_numbers", "", Wanted(None, None, None, None))


def _failed(register: Register, site: Site, reason: str, building: str, wanted: Wanted) -> Placement:
    """The site alone is certain: a number that does not exist may stand for a slip in any of the numbers."""
    kept = _place_site(register, site, 0.0)
    near = doors_one_slip_away(register, site, wanted)
    return Placement(
        UNMATCHED, kept.level, kept.row, building, "", reason, tuple(near), wanted.weight, tuple(near.values())
    )


def _same_writing(register: Register, rows: list[int], building_text: str | None) -> list[int]:
    """Rows whose building is written exactly so, where there are any: `3栋` and `3号楼` may both stand in an estate."""
    if building_text is None or len({register.rows[row].building_text for row in rows}) < 2:
        return rows
    return [row for row in rows if register.rows[row].building_text == building_text] or rows


def _place_building(
    register: Register, site: Site, building: str, building_text: str | None, weight: float
) -> Placement:
    rows = _same_writing(register, register.buildings.get((site.index, building), []), building_text)
    if not rows:
        return Placement(MATCHED, "building", None, building, "", None, weight=weight)
    if len({register.rows[row].building_text for row in rows}) > 1:
        options = tuple(sorted(rows, key=lambda row: register.rows[row].code))
        return Placement(AMBIGUOUS, "estate", site.row, "", "", "ambiguous_building", options, weight)
    return Placement(MATCHED, "building", best_row(register, rows), building, "", None, weight=weight)


def _place_unit(register: Register, site: Site, wanted: Wanted, building: str | None) -> Placement:
    if building is None:
        named = sorted(site.buildings)
        if len(named) != 1:
            site_row = _place_site(register, site, 0.0)
            reason = "ambiguous_building" if named else "no_unit"
            status = AMBIGUOUS if named else UNMATCHED
            return Placement(status, site_row.level, site_row.row if named else None, "", "", reason, (), wanted.weight)
        building = named[0]
    units = site.buildings[building]
    if wanted.unit is not None and wanted.unit not in units:
        if units != {""} or wanted.unit != "1":
            return _failed(register, site, "no_unit", building, wanted)
        return _place_building(register, site, building, None, wanted.weight)
    unit = wanted.unit or ""
    if wanted.floor is None:
        row = register.units.get((site.index, building, unit))
        return Placement(MATCHED, "unit", row, building, unit, None, weight=wanted.weight)
    return Placement(MATCHED, "floor", None, building, unit, None, weight=wanted.weight)


def _fits(row: Row, wanted: Wanted, units: Collection[str]) -> bool:
    other_unit = wanted.unit is not None and row.unit != wanted.unit and (row.unit != "" or wanted.unit != "1")
    if other_unit and not incomparable(wanted.unit or "", units):
        return False
    return wanted.floor is None or row.floor is None or row.floor == wanted.floor


def _place_room(
    register: Register, site: Site, wanted: Wanted, building: str | None, building_text: str | None
) -> Placement:
    rows: list[int] = []
    if building is not None and wanted.unit is not None and wanted.floor is None:
        rows = register.doors.get((site.index, building, wanted.unit, wanted.room or ""), [])
    if not rows:
        room, found = wanted.room or "", None
        if building is None:
            found = register.rooms.get((site.index, room))
        else:
            found = register.building_rooms.get((site.index, building, room))
        units = site.buildings.get(building or "", ())
        rows = [index for index in found or () if _fits(register.rows[index], wanted, units)]
        if rows and wanted.unit is not None and incomparable(wanted.unit, units):
            return _ambiguous(register, site, rows, wanted)
    if not rows:
        return _no_room(register, site, wanted, building)
    if len(rows) > 1:
        rows = _same_writing(register, rows, building_text)
    if len(rows) == 1 or len({_door(register.rows[index]) for index in rows}) == 1:
        best = best_row(register, rows)
        row = register.rows[best]
        return Placement(MATCHED, "room", best, row.building, row.unit, wanted.reason, weight=wanted.weight)
    return _ambiguous(register, site, rows, wanted)


def _door(row: Row) -> tuple[str, str, str]:
    return (row.building_text, row.unit, row.house if not row.building else "")


def _no_room(register: Register, site: Site, wanted: Wanted, building: str | None) -> Placement:
    if building is not None and wanted.unit is not None:
        units = site.buildings[building]
        if wanted.unit not in units and not (units == {""} and wanted.unit == "1"):
            return _failed(register, site, "no_unit", building, wanted)
    if building is not None and wanted.floor is None and _cut_short(wanted.room or ""):
        return _cut_room(register, site, wanted, building)
    return _failed(register, site, "no_room", building or "", wanted)


def _cut_short(room: str) -> bool:
    return room.isdigit() and len(room) <= 2


def _cut_room(register: Register, site: Site, wanted: Wanted, building: str) -> Placement:
    """`3栋2单元05`: the floor is missing, so building and unit are certain and every room that ends so is possible."""
    ending = (wanted.room or "").zfill(2)
    options = tuple(
        sorted(
            (
                index
                for index in register.in_building.get((site.index, building), ())
                if register.rows[index].room.endswith(ending)
                and (wanted.unit is None or register.rows[index].unit in (wanted.unit, ""))
            ),
            key=lambda index: register.rows[index].code,
        )
    )
    shared = _place_building(register, site, building, None, 0.0)
    if not options or shared.status != MATCHED:
        return _failed(register, site, "no_room", building, wanted)
    if wanted.unit:
        row = register.units.get((site.index, building, wanted.unit))
        return Placement(AMBIGUOUS, "unit", row, building, wanted.unit, "ambiguous_floor", options, wanted.weight)
    return Placement(AMBIGUOUS, "building", shared.row, building, "", "ambiguous_floor", options, wanted.weight)


def _ambiguous(register: Register, site: Site, rows: list[int], wanted: Wanted) -> Placement:
    """Several doors fit: the code is that of what they share, the building or else the site."""
    options = tuple(sorted(rows, key=lambda row: (register.rows[row].unit, register.rows[row].code)))
    buildings = {(register.rows[row].building, register.rows[row].building_text) for row in rows}
    if len(buildings) > 1:
        shared = _place_site(register, site, 0.0)
        return Placement(AMBIGUOUS, shared.level, shared.row, "", "", "ambiguous_building", options, wanted.weight)
    building, text = next(iter(buildings))
    if not building:
        shared = _place_site(register, site, 0.0)
        return Placement(AMBIGUOUS, shared.level, shared.row, "", "", "ambiguous_unit", options, wanted.weight)
    shared = _place_building(register, site, building, text, 0.0)
    return Placement(AMBIGUOUS, "building", shared.row, building, "", "ambiguous_unit", options, wanted.weight)


def best_row(register: Register, rows: list[int]) -> int:
    """Of several rows for one door: the one in use, then the smallest code."""
    return min(rows, key=lambda index: (register.rows[index].rank, register.rows[index].code))


def place_parts(register: Register, site: Site, parts: Parts, *, house_agrees: bool, hinted: bool = False) -> Placement:
    """The best placement over all readings: the plainest that matches, else the plainest ambiguous, else a failure."""
    found = [
        place(register, site, wanted, None if hinted else parts.building_text)
        for wanted in readings(parts, site, house_agrees=house_agrees)
    ]
    if not found:
        return unreadable(register, site)
    order = {MATCHED: 0, AMBIGUOUS: 1, UNMATCHED: 2}
    if all(placement.status == UNMATCHED for placement in found):
        glued = [place(register, site, wanted, None) for wanted in unglued(parts)]
        found += [placement for placement in glued if placement.status == MATCHED]
    # `1-0704` in an estate of one building means building 1, though unit 1 would be unique: the plain reading first.
    best = min(found, key=lambda placement: (placement.status == UNMATCHED, placement.weight, order[placement.status]))
    rivals = {p.row for p in found if p.status == MATCHED and p.level == "room"}
    if best.status == MATCHED and len(rivals) > 1:
        rows = [row for row in rivals if row is not None]
        wanted = Wanted(None, None, None, None, best.weight)
        return replace(_ambiguous(register, site, rows, wanted), reason="ambiguous_reading")
    return best
