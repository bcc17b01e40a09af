"""Every way to read the numbered parts of a text inside one site, plainest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.addresses.forms.keys import room_key
from pipelines.addresses.forms.said import Parts
from pipelines.addresses.register.index import Site


@dataclass(slots=True)  # not frozen, as `place.Placement` is not
class Wanted:
    """One reading of the numbered parts; `weight` 0 is what the text says in words, more is a bolder reading."""

    building: str | None
    unit: str | None
    floor: int | None
    room: str | None
    weight: float = 0.0
    reason: str | None = None


def readings(parts: Parts, site: Site, *, house_agrees: bool) -> Iterator[Wanted]:
    """Every way to read the numbered parts in this site, plainest first."""
    buildings: list[str | None] = [parts.building]
    if parts.building is None and parts.house_or_building is not None and not house_agrees:
        buildings = [parts.house_or_building]
    elif parts.building is None and parts.storey is not None:
        buildings = [parts.storey]
    building = buildings[0]
    floor = parts.floor
    if parts.storey is not None and building == parts.storey and parts.storey not in site.buildings:
        building, floor = None, int(parts.storey)
    number = parts.numbered
    below = parts.room is not None or bool(parts.loose)
    if (
        building == parts.house_or_building
        and len(building or "") >= 3
        and building not in site.buildings
        and not below
    ):
        number, building = building, None  # `翠湖雅居502号` in an estate without a building 502
    if number is not None:
        yield _numbered(number, parts, site, building, floor)
        return
    for found in _fill(parts, site, building, floor):
        yield found
        yield from _other_rooms(found)


def _other_rooms(found: Wanted) -> Iterator[Wanted]:
    """Other names of the room: `5层01` is 501, `负1层101` is B101, `S12` is the shop 12."""
    room, floor = found.room or "", found.floor
    if room.isdigit() and floor is not None:
        if floor < 0:
            if int(room) < 100:
                yield replace(found, floor=None, room=f"B{-floor}{int(room):02d}", weight=0.1)
            yield replace(found, floor=None, room=f"B{int(room)}", weight=0.1)
        elif int(room) < 100:
            yield replace(found, room=f"{floor}{int(room):02d}", weight=0.1)
    elif room[:1] == "S" and room[1:].isdigit():
        yield replace(found, room=f"商铺{int(room[1:])}", weight=0.1)


def _numbered(number: str, parts: Parts, site: Site, building: str | None, floor: int | None) -> Wanted:
    """The last number of `723号202号`: a building of the site, else a room of three digits or more."""
    if building is None and (number in site.buildings or len(number) < 3):
        return Wanted(number, parts.unit, floor, parts.room or (room_key(parts.loose[-1]) if parts.loose else None))
    return Wanted(building, parts.unit, floor, parts.room or room_key(number))


def _fill(parts: Parts, site: Site, building: str | None, floor: int | None) -> Iterator[Wanted]:
    loose, unit, room = parts.loose, parts.unit, parts.room
    if not loose:
        yield Wanted(building, unit, floor, room)
        return
    last = room_key(loose[-1])
    short = loose[-1].isdigit() and int(loose[-1]) < 100
    if room is not None:
        if building is None:
            yield Wanted(_key(loose[0]), unit or (_key(loose[1]) if len(loose) > 1 else None), floor, room)
        else:
            yield Wanted(building, unit or _key(loose[-1]), floor, room)
            if unit is not None:
                yield from _two_rooms((*loose, room), building, unit, floor)
        return
    if len(loose) == 1:
        yield Wanted(building, unit, floor, last)
        if building is None and last[0] in site.buildings and last[1:].isdigit():
            yield Wanted(last[0], unit, floor, last[1:], 0.1)  # `A602` is A座602, unless a room is called so
        if short and building is None:
            yield Wanted(_key(loose[0]), unit, floor, None, 0.2)
        elif short and unit is None:
            yield Wanted(building, _key(loose[0]), floor, None, 0.2)
    elif len(loose) == 2:
        first = _key(loose[0])
        if building is None:
            yield Wanted(first, unit, floor, last)
        if unit is None and (building is not None or len(site.buildings) <= 1):
            yield Wanted(building, first, floor, last, 0.0 if building is not None else 0.2)
        if short and building is None and unit is None:
            yield Wanted(first, _key(loose[1]), floor, None, 0.3)
        if building is None and loose[0][0].isalpha() and loose[0][1:].isdigit() and loose[0][0] in site.buildings:
            yield Wanted(loose[0][0], _key(loose[0][1:]), floor, last, 0.1)  # `A1-1102`
        if building is not None and unit is not None:
            yield from _two_rooms(loose, building, unit, floor)
            yield from _part_of_room(loose, building, unit, floor)
        elif building is not None:
            yield from _floor_and_room(loose, building, unit)
    elif len(loose) == 3 and building is None:
        yield Wanted(_key(loose[0]), unit or _key(loose[1]), floor, last)
        yield from _floor_and_room(loose[1:], _key(loose[0]), unit)
    elif len(loose) == 3:
        yield Wanted(building, _key(loose[0]), int(loose[1]) if loose[1].isdigit() else floor, last)
    elif len(loose) == 4:
        yield Wanted(_key(loose[0]), _key(loose[1]), int(loose[2]) if loose[2].isdigit() else floor, last)
        if building is None and unit is None:
            yield from _part_of_room(loose[2:], _key(loose[0]), _key(loose[1]), floor)


def _two_rooms(rooms: tuple[str, ...], building: str, unit: str, floor: int | None) -> Iterator[Wanted]:
    """`2栋1单元501、502`: both rooms; which of them is left open."""
    if all(number.isdigit() and len(number) >= 3 for number in rooms):
        for number in rooms:
            yield Wanted(building, unit, floor, room_key(number))


def _floor_and_room(numbers: tuple[str, ...], building: str, unit: str | None) -> Iterator[Wanted]:
    """`11-4`: room 4 on floor 11."""
    floor, room = numbers
    if floor.isdigit() and room.isdigit() and int(room) < 100:
        yield Wanted(building, unit, int(floor), f"{int(floor)}{int(room):02d}", 0.3)


def _part_of_room(numbers: tuple[str, ...], building: str, unit: str, floor: int | None) -> Iterator[Wanted]:
    """`502-1`: a part of 502, unless the register has a room of that name."""
    room, part = numbers
    if room.isdigit() and len(room) >= 3 and part.isdigit() and len(part) <= 2:
        yield Wanted(building, unit, floor, f"{int(room)}-{int(part)}")
        yield Wanted(building, unit, floor, room_key(room), 0.1, "part_of_room")


def unglued(parts: Parts) -> Iterator[Wanted]:
    """Readings of `6012号楼2单元` (room 601 before building 2) and `1023单元A栋`: parts in the wrong order, glued."""
    if parts.room is not None or parts.loose:
        return
    for name in ("building", "unit"):
        digits = getattr(parts, name) or ""
        for cut in range(3, len(digits)):
            if not digits[:cut].isdigit() or digits[cut] == "0":
                continue
            room, rest = room_key(digits[:cut]), digits[cut:]
            building = rest if name == "building" else parts.building
            yield Wanted(building, rest if name == "unit" else parts.unit, parts.floor, room, 0.5)


def _key(text: str) -> str:
    return str(int(text)) if text.isdigit() else text
