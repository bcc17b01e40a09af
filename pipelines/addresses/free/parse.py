"""Reads an address of any city into its levels, by the divisions of the country and by how names end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pipelines.addresses.free.leading import Leading, leading_divisions
from pipelines.addresses.free.runs import TOWN, Piece, split_run
from pipelines.addresses.free.tokens import Token, numbers_of, scan_tokens
from pipelines.normalise.text import normalise_text

_HAN: Final = r"[\u4e00-\u9fff]"
_CITY: Final = re.compile(rf"({_HAN}{{2,4}}?(?:市(?![场民区政])|地区|盟))")
_DISTRICT: Final = re.compile(
    rf"({_HAN}{{2}}(?<![东西南北中新老小社校园住宅发业景厂一二三四五六七八九十期])[区县])(?={_HAN})"
)
_PROVINCE: Final = re.compile(
    r"(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省|"
    r"(?:北京|天津|上海|重庆)市|(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区"
)
_BEFORE_DOOR: Final = frozenset({"road", "community", "group", "street", "zone"})
_BELOW_BUILDING: Final = frozenset({"number", "short", "room", "unit", "floor"})
_LONG_NUMBER: Final = 3  # digits of a number that is a room rather than a building
_NEAR: Final = 60  # `158-162号` is a range of doors, `888-6号` a door and its part


@dataclass(frozen=True, slots=True)
class FreeParse:
    """What a text says at each level, as written in normal form; None where it says nothing.

    Attributes:
        province: full name of today; so city and district, except old names, which stay as written.
        road: several roads (a crossing, a side road) one after the other.
        house_number: with its lane where the text has one.
        estate: an estate, building or firm with its parts and phase, one after the other.
        group: village group (`5组`).
        lane: `124弄`.
        zone: development zone.
        phase: phase of the estate (`2期`).
        door_last: whether the house number is named after the estate (`毛塘141号`), so that it is the deeper one.
        keys: code digits of the divisions that may be meant; one where it is sure.
        old_name: an old name of a division in the text.
    """

    province: str | None = None
    city: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    road: str | None = None
    house_number: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    group: str | None = None
    lane: str | None = None
    zone: str | None = None
    phase: str | None = None
    door_last: bool = False
    keys: tuple[str, ...] = ()
    old_name: str | None = None


@dataclass(slots=True)
class _Reading:
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
        return any(level in self.found for level in levels)


def parse_normal(text: str) -> FreeParse:
    """`parse_free` of a text that is in normal form already."""
    text, lead = _start(text)
    reading = _Reading(dict(lead.names))
    rest = _more_divisions(reading, text, lead.size)
    tokens = scan_tokens(rest)
    end = 0
    for index, token in enumerate(tokens):
        _take_run(reading, rest[end : token.start], token)
        _take_token(reading, token, tokens[index + 1] if index + 1 < len(tokens) else None)
        end = token.end
    _take_run(reading, rest[end:], None)
    order = [level for level in reading.found if level in ("estate", "house_number")]
    return FreeParse(**reading.found, door_last=order[-1:] == ["house_number"], keys=lead.keys, old_name=lead.old_name)


def parse_free(text: str) -> FreeParse:
    """The levels of an address of any city.

    >>> parse = parse_free("浙江省杭州市滨江区缤纷北苑47-6-746")
    >>> parse.district, parse.estate, parse.building, parse.unit, parse.room
    ('滨江区', '缤纷北苑', '47', '6', '746')
    """
    return parse_normal(normalise_text(text))


def _start(text: str) -> tuple[str, Leading]:
    """The text from where its address begins, with the divisions there.

    `崇溪镇云南省昭通市巧家县崇溪镇花山` begins at the province, `白洋镇枝江市白洋镇` at the city.
    """
    lead = leading_divisions(text)
    later = _PROVINCE.search(text, max(lead.size, 1))
    if later is None and not lead.names:
        town = TOWN.match(text)
        position = town.end() if town is not None else len(text)
    else:
        position = later.start() if later is not None else len(text)
    again = leading_divisions(text[position:])
    if again.names.keys() & {"city", "district"} and len(again.names) >= len(lead.names):
        return text[position:], again
    return text, lead


def _more_divisions(reading: _Reading, text: str, position: int) -> str:
    """What is left after a district or town that the table does not know."""
    if reading.has("province") and not reading.has("city", "district", "street"):
        city = _CITY.match(text, position)
        if city is not None:
            reading.put("city", city.group(1))
            position = city.end()
    if not reading.has("district", "street") and reading.has("city"):
        district = _DISTRICT.match(text, position)
        if district is not None:
            reading.put("district", district.group(1))
            position = district.end()
    if not reading.has("street"):
        town = TOWN.match(text, position)
        if town is not None:
            reading.put("street", town.group(1))
            position = town.end()
    return text[position:]


def _take_run(reading: _Reading, run: str, following: Token | None) -> None:
    if not run:
        return
    for piece in split_run(run, after_road=reading.last == "road"):
        _take_piece(reading, piece, following)


def _take_piece(reading: _Reading, piece: Piece, following: Token | None) -> None:
    kind, text = piece
    if kind == "community":
        if reading.has("community"):
            reading.add("estate", text)
        else:
            reading.put("community", text)
    elif kind in ("zone", "street"):
        reading.put(kind, text)
    elif kind == "road" and text == reading.found.get("road"):
        pass
    elif kind == "road" or (following is not None and following.kind == "road" and len(text) <= 4):
        reading.add("road", text)
    elif not _names_a_person(reading):
        reading.add("estate", text)


def _names_a_person(reading: _Reading) -> bool:
    """After a floor or room a name says whom to ask for, not where; so it does after a building of an estate."""
    return reading.last in ("floor", "room") or (reading.last in ("building", "unit") and reading.has("estate"))


def _take_token(reading: _Reading, token: Token, following: Token | None) -> None:
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


def _take_room(reading: _Reading, text: str) -> None:
    numbers = numbers_of(text)
    if len(numbers) == 2 and not reading.has("building") and reading.last in ("estate", "community"):
        reading.put("building", numbers[0])
        reading.put("room", numbers[1])
    else:
        reading.put("room", text)


def _take_aisle(reading: _Reading, text: str) -> None:
    """`6街` in a market is what a unit is in a house; elsewhere a side road."""
    if reading.last == "road" or not reading.has("estate"):
        reading.add("road", text)
    else:
        reading.put("unit", text)


def _take_house(reading: _Reading, text: str, following: Token | None) -> None:
    last = reading.last
    more = following is not None and following.kind in _BELOW_BUILDING
    if last in ("floor", "unit"):
        reading.put("room", text)
    elif last == "building":
        level = "room" if len(text) > _LONG_NUMBER or reading.has("unit") else "unit"
        reading.put(level, text)
    elif last in ("house_number", "lane") or (last == "estate" and (more or reading.has("house_number", "road"))):
        reading.put("building", text)
    elif not reading.has("house_number"):
        reading.put("house_number", text)


def _take_number(reading: _Reading, text: str, following: Token | None) -> None:
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


def _take_short(reading: _Reading, text: str) -> None:
    numbers = re.findall(r"[A-Z0-9]+", text)
    last = reading.last
    below_village = last == "community" and (len(numbers) > 2 or len(numbers[1]) >= _LONG_NUMBER > len(numbers[0]))
    if last in _BEFORE_DOOR and not reading.has("house_number") and not below_village:
        _take_door_range(reading, text, numbers)
    elif last in ("unit", "floor"):
        reading.put("room", text)
    elif last == "building":
        _put_all(reading, ("unit", "room") if len(numbers) > 1 else ("room",), numbers)
    else:
        _put_below(reading, numbers)


def _take_door_range(reading: _Reading, text: str, numbers: list[str]) -> None:
    if len(numbers) == 2:
        reading.put("house_number", text)
    else:
        reading.put("house_number", numbers[0])
        _put_below(reading, numbers[1:])


def _put_below(reading: _Reading, numbers: list[str]) -> None:
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


def _put_all(reading: _Reading, levels: tuple[str, ...], numbers: list[str]) -> None:
    for level, number in zip(levels, numbers, strict=False):
        reading.put(level, number)
