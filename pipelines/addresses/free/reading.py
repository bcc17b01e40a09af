"""Gives the parts of a text their levels, one after the other: what stands before a number tells what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pipelines.addresses.free.runs import Piece, split_run
from pipelines.addresses.free.tokens import Token, numbers_of

_BEFORE_DOOR: Final = frozenset({"road", "community", "group", "street", "zone"})
_BELOW_BUILDING: Final = frozenset({"number", "short", "room", "unit", "floor"})
_STALLS: Final = re.compile(r"(?:市场|物流|[^新花]城|[A-Z]区)$")  # where a `569号` is a stall
_ROAD_NAME: Final = 4  # characters before the number of a road
_LONG_NUMBER: Final = 3  # digits of a number that is a room rather than a building


@dataclass(slots=True)
class Reading:
    """The levels found so far; `last` is the kind of what was read last."""

    found: dict[str, str] = field(default_factory=dict)
    last: str = ""

    def put(self, level: str, text: str) -> None:
        """The first value of a level counts."""
        self.found.setdefault(level, text)
        self.last = level

    def add(self, level: str, text: str) -> None:
        """Names of one level stand one after the other."""
        self.found[level] = self.found.get(level, "") + text
        self.last = level

    def has(self, *levels: str) -> bool:
        """Whether any of these levels is there."""
        return not self.found.keys().isdisjoint(levels)


def take_run(reading: Reading, run: str, following: Token | None) -> None:
    """Take in what stands between two numbers."""
    if not run:
        return
    if following is not None and following.kind == "road" and len(run) <= _ROAD_NAME:
        reading.add("road", run)  # `经20路`
        return
    for piece in split_run(run, after_road=reading.last == "road"):
        _take_piece(reading, piece, following)


def _take_piece(reading: Reading, piece: Piece, following: Token | None) -> None:
    kind, text = piece
    if kind == "community":
        if reading.has("community"):
            reading.add("estate", text)
        else:
            reading.put("community", text)
    elif kind in ("zone", "street", "group"):
        reading.put(kind, text)
    elif kind == "road" and text == reading.found.get("road"):
        pass
    elif kind == "road" or (following is not None and following.kind == "road" and len(text) <= _ROAD_NAME):
        reading.add("road", text)
    elif not _names_a_person(reading):
        reading.add("estate", text)


def _names_a_person(reading: Reading) -> bool:
    """After a floor or room a name says whom to ask for, not where; so it does after a building of an estate."""
    return reading.last in ("floor", "room") or (reading.last in ("building", "unit") and reading.has("estate"))


def take_token(reading: Reading, token: Token, following: Token | None) -> None:
    """Take in a numbered part; what follows it helps to tell a building from a room."""
    kind, text = token.kind, token.text
    if kind in ("building", "unit", "floor", "group"):
        reading.put(kind, text)
    elif kind == "room":
        _take_room(reading, text)
    elif kind == "road":
        reading.add("road", text)
    elif kind == "aisle":
        _take_aisle(reading, text)
    elif kind == "phase":
        reading.put("phase", text)
        reading.add("estate", text)
    elif kind == "lane":
        reading.put("lane", text)
    elif kind == "house":
        _take_house(reading, text, following)
    elif kind == "short":
        _take_short(reading, text)
    elif kind == "number":
        _take_number(reading, text, following)
    elif (kind == "area" or (kind == "word" and reading.last == "estate")) and not _names_a_person(reading):
        reading.add("estate", text)


def _take_room(reading: Reading, text: str) -> None:
    numbers = numbers_of(text)
    if len(numbers) == 2 and not reading.has("building") and reading.last in ("estate", "community"):
        reading.put("building", numbers[0])
        reading.put("room", numbers[1])
    else:
        reading.put("room", text)


def _take_aisle(reading: Reading, text: str) -> None:
    """`6街` in a market is what a unit is in a house; elsewhere a side road."""
    if reading.last == "road" or not reading.has("estate"):
        reading.add("road", text)
    else:
        reading.put("unit", text)


def _take_house(reading: Reading, text: str, following: Token | None) -> None:
    last = reading.last
    more = following is not None and following.kind in _BELOW_BUILDING
    if last in ("floor", "unit"):
        reading.put("room", text)
    elif last == "building":
        room = reading.has("unit") or (len(text) > _LONG_NUMBER and not more)
        reading.put("room" if room else "unit", text)
    elif last == "estate" and not more and _STALLS.search(reading.found["estate"]) is not None:
        reading.put("room", text)
    elif last == "house_number" or (last == "estate" and (more or reading.has("house_number", "road"))):
        reading.put("building", text)
    elif not reading.has("house_number"):
        reading.put("house_number", text)


def _take_number(reading: Reading, text: str, following: Token | None) -> None:
    last, long = reading.last, len(text) >= _LONG_NUMBER
    more = following is not None and following.kind in _BELOW_BUILDING
    if last in _BEFORE_DOOR and not reading.has("house_number"):
        reading.put("house_number", text)
    elif last in ("unit", "floor"):
        reading.put("room", text)
    elif last == "building":
        reading.put("room" if long else "unit", text)
    elif last in ("estate", "house_number", "lane"):
        reading.put("room" if long and not more else "building", text)


def _take_short(reading: Reading, text: str) -> None:
    numbers = re.findall(r"[A-Z0-9]+", text)
    last = reading.last
    below_village = last == "community" and (len(numbers) > 2 or len(numbers[1]) >= _LONG_NUMBER > len(numbers[0]))
    if last in _BEFORE_DOOR and not reading.has("house_number") and not below_village:
        _take_door_range(reading, text, numbers)
    elif last in ("unit", "floor") or _is_range(numbers):
        reading.put("room", text)
    elif last == "building":
        _put_all(reading, ("unit", "room") if len(numbers) > 1 else ("room",), numbers)
    else:
        _put_below(reading, numbers)


def _is_range(numbers: list[str]) -> bool:
    """`2005-2006`: two rooms side by side, not a building and a room."""
    digits = [re.sub(r"\D", "", number) for number in numbers]
    return len(digits) == 2 and all(len(number) > _LONG_NUMBER for number in digits)


def _take_door_range(reading: Reading, text: str, numbers: list[str]) -> None:
    if len(numbers) == 2:
        reading.put("house_number", text)
    else:
        reading.put("house_number", numbers[0])
        _put_below(reading, numbers[1:])


def _put_below(reading: Reading, numbers: list[str]) -> None:
    """`12-3-501` below an estate: building, unit, room; `12-159` building and room, `12-3` building and unit."""
    if len(numbers) == 1:
        levels: tuple[str, ...] = ("room",) if len(numbers[0]) >= _LONG_NUMBER else ("building",)
    elif len(numbers) == 2:
        levels = ("building", "room" if len(numbers[1]) >= _LONG_NUMBER else "unit")
    elif len(numbers) == 3:
        levels = ("building", "unit", "room")
    else:
        levels = ("building", "unit", "floor", "room")
    _put_all(reading, levels, numbers)


def _put_all(reading: Reading, levels: tuple[str, ...], numbers: list[str]) -> None:
    for level, number in zip(levels, numbers, strict=False):
        reading.put(level, number)
