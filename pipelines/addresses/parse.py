"""From the pieces of a text to what it says: divisions, road, house number, estate, and the numbered parts below."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines.addresses.divisions import national_divisions
from pipelines.addresses.grammar import NOISE, NOISE_HEAD, NOISE_TAIL, TOKENS, Token, collapse_repeats
from pipelines.addresses.keys import building_key, group_key, house_key, room_key, unit_key
from pipelines.addresses.names import ALIAS, Guess, NameResolver
from pipelines.addresses.register import GROUP, Register
from pipelines.addresses.register_rows import PARTS
from pipelines.addresses.scan import Name, Scanner

_DIVISION: Final = re.compile(
    r"^(?:(?P<province>[\u4e00-\u9fff]{2,6}?(?:省|自治区|特别行政区))"
    r"|(?P<city>[\u4e00-\u9fff]{2,6}?(?<![超城夜菜集门])(?:市(?!场)|自治州|盟|地区))"
    r"|(?P<district>[\u4e00-\u9fff]{1,7}?(?:(?<![社小校园院库片])区|县|旗))"
    r"|(?P<street>[\u4e00-\u9fff]{1,6}?(?:街道(?:办事处|办)?|镇|乡(?!村)))"
    r"|(?P<community>[\u4e00-\u9fff]{1,8}?(?:社区(?:居委会)?|居委会|村委会|村民委员会|(?<!新)村)))"
)
_ROAD: Final = re.compile(r"^[\u4e00-\u9fff]{1,8}?(?:大道|胡同|路|街(?!道)|巷|弄|道)")
_PHASE: Final = re.compile(r"\d+期")
_ABOVE_ROOM: Final = frozenset({"building", "unit", "floor", "storey"})  # the next `402号` is a room
OPEN: Final = frozenset({"road", "group"})  # the next number is a house number, also without 号
_ROAD_SIGNS: Final = ("路", "街", "巷", "道")
_SURE_SLIP: Final = 0.76
_NEAR_ENOUGH: Final = 1.2


@dataclass(slots=True)
class Parts:
    """The numbered parts below the site; keys of `pipelines.addresses.keys`, None where the text names none.

    Attributes:
        loose: numbers without a word that says what they are (`3-2-501`, `501`), in order.
        storey: the number of `3楼` before it is known whether a building or a floor is meant.
        house_or_building: the number of `3号` right after an estate.
        numbered: the number of a `202号` below the site that no word places: a building or a room.
    """

    building: str | None = None
    building_text: str | None = None
    unit: str | None = None
    floor: int | None = None
    room: str | None = None
    storey: str | None = None
    house_or_building: str | None = None
    numbered: str | None = None
    loose: tuple[str, ...] = ()

    def empty(self) -> bool:
        """Whether the text names nothing below the site."""
        named = self.building or self.unit or self.room or self.storey or self.numbered
        return not (named or self.loose or self.floor is not None)


@dataclass(slots=True)
class Parse:
    """What a text says, before it is held against the sites of the register."""

    divisions: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    roads: dict[str, Guess] = field(default_factory=dict)
    unknown_road: str | None = None
    house: str | None = None
    estates: list[tuple[Guess, ...]] = field(default_factory=list)
    unknown_estate: str | None = None
    group: str | None = None
    leftover: list[str] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)
    fuzzy: float = 0.0
    last_kind: str = ""


class Parser:
    """Reads texts against one register; remembers what it has made of unknown names."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._scanner = Scanner(register)
        self._divisions = {
            kind: NameResolver(dict.fromkeys(register.divisions[kind], "parsed"), short_forms=False)
            for kind in PARTS[:5]
        }
        roads = {name: found[0][1] if name not in dict(found) else "parsed" for name, found in register.roads.items()}
        self._roads = NameResolver(roads, short_forms=False)
        estates = {
            name: min((method for _, method in found), key=("parsed", "alias").index)
            for name, found in register.estates.items()
            if GROUP.match(name) is None
        }
        self._estates = NameResolver(estates, short_forms=True)

    def parse(self, text: str) -> Parse:
        """What a normalised text without remarks says."""
        parse = Parse()
        pieces = self._scanner.scan(collapse_repeats(text)).pieces
        last_kind = ""
        for index, piece in enumerate(pieces):
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            if isinstance(piece, Name):
                last_kind = self._take_name(parse, piece, following, last_kind)
            elif isinstance(piece, Token):
                self._take_token(parse, piece, last_kind)
                last_kind = piece.kind
            else:
                last_kind = self._take_run(parse, piece, following) or last_kind
        parse.last_kind = last_kind
        return parse

    def parts(self, parse: Parse, tail: str) -> Parts:
        """The numbered parts of a parsed head followed by a tail (`grammar.SPLIT`); the head's parse stays as it is."""
        if not tail:
            return parse.parts
        whole = Parse(parts=replace(parse.parts))
        last_kind = ""
        for match in TOKENS.finditer(tail):
            if match.lastgroup is not None:
                self._take_token(whole, Token(match.lastgroup, match.group()), last_kind)
                last_kind = match.lastgroup
        return whole.parts

    def estate(self, text: str) -> tuple[Guess, ...]:
        """Guesses for an estate named apart from the text, in its own column."""
        whole = self._estates.resolve(text)
        if whole and whole[0].cost <= ALIAS:
            return whole
        return self._estates.resolve(NOISE_TAIL.sub("", text) or text)  # `天鹅小区` is a name, `翠湖雅居小区` is not

    def _is_longer_name(self, parse: Parse, name: str) -> bool:
        """Whether what stands right before an estate's name is the short form of another estate."""
        before = parse.estates[-1] if parse.estates else ()
        if not before or before[0].cost <= ALIAS:
            return False
        sites = {site for guess in before for site, _ in self._register.estates[guess.name]}
        return sites.isdisjoint(site for site, _ in self._register.estates[name])

    def _take_name(self, parse: Parse, name: Name, following: object, last_kind: str) -> str:
        kinds = set(name.kinds)
        before_house = isinstance(following, Token) and following.kind == "house"
        before_parts = following is None or isinstance(following, Token)
        if "road" in kinds and (before_house or kinds == {"road"} or "estate" not in kinds):
            guess = self._roads.resolve(name.text)[0]
            parse.roads[name.text] = guess
            return "road"
        if "estate" in kinds and (before_parts or kinds <= {"estate", "road"} or "community" in parse.divisions):
            if GROUP.match(name.text) is not None:
                parse.group = group_key(name.text)
                return "group"
            if last_kind == "estate" and self._is_longer_name(parse, name.text):
                parse.unknown_estate, parse.estates = name.text, []  # `学府粮站大院` is not the 粮站大院
                return "estate"
            parse.estates.append(self._estates.resolve(name.text))
            return "estate"
        kind = next(kind for kind in PARTS[:5] if kind in kinds)
        parse.divisions.setdefault(kind, name.canonical)
        return kind

    def _take_token(self, parse: Parse, token: Token, last_kind: str) -> None:
        parts, kind, text = parse.parts, token.kind, token.text
        if kind == "house" or (kind == "shop" and last_kind == "road"):
            self._take_house(parse, text, last_kind)
        elif kind == "building" and parts.building is None:
            parts.building, parts.building_text = building_key(text), text
        elif kind == "unit":
            parts.unit = unit_key(text)
        elif kind == "floor":
            parts.floor = _floor_number(text)
        elif kind == "storey":
            self._take_storey(parts, text)
        elif kind in ("shop", "room"):
            parts.room = room_key(text)
        elif kind in ("short", "number") and last_kind in OPEN and parse.house is None:
            self._take_bare_house(parse, text)
        elif kind in ("short", "number", "letter", "building"):
            parts.loose = (*parts.loose, *re.findall(r"[0-9A-Z]+", text))
        elif kind == "group":
            parse.group = group_key(text)

    def _take_house(self, parse: Parse, text: str, last_kind: str) -> None:
        parts, plain = parse.parts, text[:-1].isdigit()
        if plain and parts.room is None and last_kind in _ABOVE_ROOM:
            parts.room = room_key(text)
        elif plain and parse.house is not None and last_kind == "house":
            parts.numbered = building_key(text)
        elif last_kind == "estate" or parse.house is not None:
            parts.house_or_building = building_key(text) if plain else None
            parse.house = parse.house or house_key(text)
        else:
            parse.house = house_key(text)

    def _take_bare_house(self, parse: Parse, text: str) -> None:
        """`247-2-1-502` after a road or group: the longest beginning that is a number there, else the first number."""
        numbers = re.findall(r"[0-9A-Z]+", text)
        roads = {road for guess in parse.roads.values() for road, _ in self._register.roads[guess.name]}
        size = 1
        if len(numbers) > 1 and any((road, "-".join(numbers[:2])) in self._register.numbers for road in roads):
            size = 2
        parse.house = house_key("-".join(numbers[:size]))
        parse.parts.loose = tuple(numbers[size:])

    def _take_storey(self, parts: Parts, text: str) -> None:
        number = text.removesuffix("楼")
        if parts.building is not None or parts.unit is not None or parts.house_or_building is not None:
            parts.floor = int(number)
        else:
            parts.storey = str(int(number))

    def _take_run(self, parse: Parse, run: str, following: object) -> str | None:
        rest = NOISE_HEAD.sub("", run)
        if not rest or NOISE.match(rest):
            return None
        whole = self._take_whole(parse, rest, following)
        if whole is not None:
            return whole
        rest = self._take_elsewhere(parse, rest)
        kind: str | None = None
        while rest and not (parse.estates or parse.house):
            match = _DIVISION.match(rest)
            if match is None or match.lastgroup is None:
                break
            if not self._take_division(parse, match.lastgroup, match.group()):
                break
            kind, rest = match.lastgroup, rest[match.end() :]
        if rest and (road := _ROAD.match(rest)) is not None and self._take_road(parse, road.group(), following):
            kind, rest = "road", rest[road.end() :]
        if not (isinstance(following, Token) and following.kind == "phase"):
            rest = NOISE_TAIL.sub("", rest)  # before a phase, `里` is part of the name
        if rest:
            kind = self._take_unknown(parse, rest, following) or kind
        return kind

    def _take_whole(self, parse: Parse, run: str, following: object) -> str | None:
        """A run that is as a whole a slip for one name, before its parts are looked at: `书乡花园` is no 乡."""
        if isinstance(following, Token) and following.kind == "house":
            roads = self._roads.resolve(run)
            if roads and roads[0].cost <= _SURE_SLIP:
                return "road" if self._take_road(parse, run, following) else None
        estates = self._estates.resolve(run)
        if (
            estates
            and estates[0].cost <= _SURE_SLIP
            and not (isinstance(following, Token) and following.kind in ("house", "phase"))
        ):
            parse.estates.append(estates)
            parse.fuzzy = max(parse.fuzzy, estates[0].cost)
            return "estate"
        if isinstance(following, Token) and following.kind == "house" and not parse.roads and not estates:
            return self._take_bare_road(parse, run)
        return None

    def _take_elsewhere(self, parse: Parse, run: str) -> str:
        """Cuts off a province of the country that is written without its suffix, and its city: `江苏南京`."""
        if parse.divisions or parse.foreign or parse.roads or parse.estates:
            return run
        found = national_divisions().leading_province(run)
        if found is None or found[0] in self._register.divisions["province"]:
            return run
        province, size = found
        city = national_divisions().leading_city(run[size:], province)
        if city is None or run[size + city[1] : size + city[1] + 1] in _ROAD_SIGNS:
            return run
        parse.foreign["province"], parse.foreign["city"] = province, city[0]
        return run[size + city[1] :]

    def _take_bare_road(self, parse: Parse, text: str) -> str | None:
        """`书院134号` for `书院路134号`."""
        for suffix in ("路", "街", "巷", "大道"):
            for guess in self._roads.resolve(text + suffix)[:1]:
                if guess.cost <= ALIAS:
                    parse.roads.setdefault(guess.name, Guess(guess.name, 0.4, "fuzzy"))
        return "road" if parse.roads else None

    def _take_division(self, parse: Parse, kind: str, text: str) -> bool:
        guesses = self._divisions[kind].resolve(text)
        if guesses and guesses[0].cost <= _NEAR_ENOUGH and len(text) >= 3:
            parse.divisions.setdefault(kind, guesses[0].name)
            parse.fuzzy = max(parse.fuzzy, guesses[0].cost)
            return True
        if kind in ("district", "street", "community") and self._estates.resolve(text):
            return False  # `东放新村` looks like a village and is an estate
        if kind in parse.foreign:
            return False
        if kind in ("province", "city") and (parse.divisions.keys() & {"district", "street", "community"}):
            return False
        parse.foreign[kind] = text
        return True

    def _take_road(self, parse: Parse, text: str, following: object) -> bool:
        guesses = self._roads.resolve(text)
        if guesses:
            for guess in guesses[:3]:
                parse.roads.setdefault(guess.name, guess)
            parse.fuzzy = max(parse.fuzzy, guesses[0].cost)
            return True
        if self._estates.resolve(text):
            return False
        if (isinstance(following, Token) and following.kind == "house") or len(text) >= 3:
            parse.unknown_road = parse.unknown_road or text
            return True
        return False

    def _take_unknown(self, parse: Parse, text: str, following: object) -> str | None:
        if isinstance(following, Token) and following.kind == "phase":
            with_phase = self._estates.resolve(text + following.text)
            if with_phase:
                parse.estates.append(with_phase)
                parse.fuzzy = max(parse.fuzzy, with_phase[0].cost)
                return "estate"
        guesses = self._estates.resolve(text)
        if isinstance(following, Token) and following.kind == "phase":
            guesses = tuple(guess for guess in guesses if _PHASE.search(guess.name) is None)  # its phase is another
        if guesses:
            parse.estates.append(guesses)
            parse.fuzzy = max(parse.fuzzy, guesses[0].cost)
            return "estate"
        if parse.unknown_estate is None:
            parse.unknown_estate = text
        else:
            parse.leftover.append(text)
        return None


def _floor_number(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    if digits is None:
        return None
    below = text.startswith(("地下", "负", "-"))
    return -int(digits.group()) if below else int(digits.group())
