"""Stretches of a text that are no name of the register: slips of names, divisions elsewhere, noise, or unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.forms.grammar import CONJUNCTION, NOISE, NOISE_HEAD, NOISE_TAIL, Token
from pipelines.addresses.forms.names import ALIAS, Guess, NameResolver
from pipelines.addresses.forms.road_names import RoadStems
from pipelines.addresses.forms.said import Parse
from pipelines.addresses.register.index import Register

PHASE: Final = re.compile(r"\d+期")
ROAD_SIGNS: Final = ("路", "街", "巷", "道")
SIDES: Final = frozenset("东西南北中甲乙丙丁")
_DIVISION: Final = re.compile(
    r"^(?:(?P<province>[\u4e00-\u9fff]{2,6}?(?:省|自治区|特别行政区))"
    r"|(?P<city>[\u4e00-\u9fff]{2,6}?(?<![超城夜菜集门])(?:市(?!场)|自治州|盟|地区))"
    r"|(?P<district>[\u4e00-\u9fff]{1,7}?(?:(?<![社小校园院库片])区|县|旗))"
    r"|(?P<street>[\u4e00-\u9fff]{1,6}?(?:街道(?:办事处|办)?|镇|乡(?!村)))"
    r"|(?P<community>[\u4e00-\u9fff]{1,8}?(?:社区(?:居委会)?|居委会|村委会|村民委员会|(?<!新)村)))"
)
_ROAD: Final = re.compile(r"^[\u4e00-\u9fff]{1,8}?(?:大道|胡同|路|街(?!道)|巷|弄|道)")
_DOUBLED: Final = re.compile(r"^(\d)\1(?=期)")  # `二二期`
_SURE_SLIP: Final = 0.76
_NEAR_ENOUGH: Final = 1.2
_BARE_ROAD: Final = 0.4


def _is_token(piece: object, *kinds: str) -> bool:
    return isinstance(piece, Token) and piece.kind in kinds


class RunReader:
    """Reads what is neither a name of the register nor a number."""

    def __init__(
        self,
        register: Register,
        divisions: Mapping[str, NameResolver],
        roads: NameResolver,
        estates: NameResolver,
    ) -> None:
        self._register = register
        self._divisions = divisions
        self._roads = roads
        self._estates = estates
        self._stems = RoadStems(register.roads)

    def take(self, parse: Parse, run: str, following: object) -> str | None:
        """Add a run to the parse.

        Args:
            parse: what was read so far.
            run: characters of unknown meaning.
            following: the piece after it.

        Returns:
            The kind of what was read last, `and` for a conjunction, null for noise.
        """
        if CONJUNCTION.match(run):
            return "and"
        rest = NOISE_HEAD.sub("", run)
        if not rest or NOISE.match(rest):
            return None
        if rest in SIDES and (parse.estates or parse.parts.building) and _is_token(following, "number"):
            parse.parts.loose = (*parse.parts.loose, rest)
            return "number"  # `文昌公寓东303`
        whole = self._take_whole(parse, rest, following)
        if whole is not None:
            return whole
        rest, kind = self._take_divisions(parse, self._take_elsewhere(parse, rest))
        if rest and (road := _ROAD.match(rest)) is not None and self._take_road(parse, road.group(), following):
            kind, rest = "road", rest[road.end() :]
        if not _is_token(following, "phase"):
            rest = NOISE_TAIL.sub("", rest)  # before a phase, `里` is part of the name
        if rest:
            kind = self._take_unknown(parse, rest, following) or kind
        return kind

    def _take_divisions(self, parse: Parse, rest: str) -> tuple[str, str | None]:
        kind: str | None = None
        while rest and not (parse.estates or parse.house):
            match = _DIVISION.match(rest)
            if match is None or match.lastgroup is None:
                break
            if not self._take_division(parse, match.lastgroup, match.group()):
                break
            kind, rest = match.lastgroup, rest[match.end() :]
        return rest, kind

    def _take_whole(self, parse: Parse, run: str, following: object) -> str | None:
        """A run that is as a whole a slip for one name, before its parts are looked at: `书乡花园` is no 乡."""
        if _is_token(following, "house"):
            roads = self._roads.resolve(run)
            if roads and roads[0].cost <= _SURE_SLIP:
                return "road" if self._take_road(parse, run, following) else None
        estates = self._estates.resolve(run)
        if estates and estates[0].cost <= _SURE_SLIP and not _is_token(following, "house", "phase"):
            parse.add_estate(estates)
            return "estate"
        if _is_token(following, "house") and not parse.roads and not estates:
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
        if city is None or run[size + city[1] : size + city[1] + 1] in ROAD_SIGNS:
            return run
        parse.foreign["province"], parse.foreign["city"] = province, city[0]
        return run[size + city[1] :]

    def _take_bare_road(self, parse: Parse, text: str) -> str | None:
        """`书院134号` for `书院路134号`."""
        for suffix in ("路", "街", "巷", "大道"):
            for guess in self._roads.resolve(text + suffix)[:1]:
                if guess.cost <= ALIAS:
                    parse.roads.setdefault(guess.name, Guess(guess.name, _BARE_ROAD, "fuzzy"))
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
            for guess in (*guesses[:3], *self._near(text, following)):
                parse.roads.setdefault(guess.name, guess)
            parse.fuzzy = max(parse.fuzzy, guesses[0].cost)
            return True
        if self._estates.resolve(text):
            return False
        for guess in self._near(text, following):
            parse.roads.setdefault(guess.name, guess)
            parse.fuzzy = max(parse.fuzzy, guess.cost)
        if parse.roads:
            return True
        if _is_token(following, "house") or len(text) >= 3:
            parse.unknown_road = parse.unknown_road or text
            return True
        return False

    def _near(self, text: str, following: object) -> tuple[Guess, ...]:
        return self._stems.near(text) if _is_token(following, "house", "number", "short") else ()

    def _take_unknown(self, parse: Parse, text: str, following: object) -> str | None:
        if isinstance(following, Token) and following.kind == "phase":
            with_phase = self._estates.resolve(text + following.text) or self._estates.resolve(
                text + _DOUBLED.sub(r"\1", following.text)
            )
            if with_phase:
                parse.add_estate(with_phase)
                return "estate"
        guesses = self._estates.resolve(text)
        if _is_token(following, "phase"):
            guesses = tuple(guess for guess in guesses if PHASE.search(guess.name) is None)  # its phase is another
        if guesses:
            parse.add_estate(guesses)
            return "estate"
        if parse.unknown_estate is None:
            parse.unknown_estate = text
        else:
            parse.leftover.append(text)
        return None
