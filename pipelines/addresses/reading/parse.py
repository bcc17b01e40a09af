"""From the pieces of a text to what it says: divisions, road, house number, estate, and the numbered parts below."""

from __future__ import annotations

from dataclasses import replace

from pipelines.addresses.forms.begun import copy_parse, holds_number, names_and_house
from pipelines.addresses.forms.grammar import NOISE_TAIL, TOKENS, Token
from pipelines.addresses.forms.keys import group_key
from pipelines.addresses.forms.names import ALIAS, Guess, NameResolver
from pipelines.addresses.forms.said import Parse, Parts
from pipelines.addresses.reading.numbered import OPEN, NumberReader
from pipelines.addresses.reading.runs import PHASE, RunReader
from pipelines.addresses.reading.scan import Name, Scanner, token_of
from pipelines.addresses.register.index import GROUP, Register
from pipelines.addresses.register.rows import PARTS

__all__ = ["OPEN", "Parse", "Parser", "Parts"]

_DIGITS = str.maketrans("123456789", "一二三四五六七八九")
_RIGHT_PHASE = 0.3  # at most, for a name of which the phase stands apart: `一期东方新城`


def _in_words(name: str) -> str:
    """`东方新城2期` as it is said, `东方新城二期`: slips of the sign 期 keep the numeral."""
    return PHASE.sub(lambda found: found.group().translate(_DIGITS), name)


class Parser:
    """Reads texts against one register; remembers what it has made of unknown names."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._scanner = Scanner(register)
        divisions = {
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
        spelt = {_in_words(name): name for name in sorted(estates) if PHASE.search(name) is not None}
        self._estates = NameResolver(estates, short_forms=True, variants=spelt)
        self._begun: dict[tuple[str, str], Parse] = {}
        self._numbers_in_names = any(map(holds_number, self._scanner.names()))
        self._numbers = NumberReader(register)
        self._runs = RunReader(register, divisions, self._roads, self._estates)

    def parse(self, text: str) -> Parse:
        """What a normalised text without remarks says."""
        names, house = ("", "") if self._numbers_in_names else names_and_house(text)
        if house:
            pieces = self._scanner.scan(house).pieces
            parse = copy_parse(self._begin(names, pieces[0]))
        else:
            pieces, parse = self._scanner.scan(text).pieces, Parse()
        self._read_on(parse, pieces, None)
        if parse.estates:
            self.tell_building(parse)
        self.tell_phase(parse)
        return parse

    def _begin(self, names: str, following: Name | Token | str) -> Parse:
        """What the names before a house number say; `following` counts by its kind only."""
        key = (names, following.kind if isinstance(following, Token) else "")
        begun = self._begun.get(key)
        if begun is None:
            begun = self._begun[key] = Parse()
            self._read_on(begun, self._scanner.scan(names).pieces, following)
        return begun

    def _read_on(self, parse: Parse, pieces: list[Name | Token | str], after: Name | Token | str | None) -> None:
        last_kind = parse.last_kind
        for index, piece in enumerate(pieces):
            following = pieces[index + 1] if index + 1 < len(pieces) else after
            if isinstance(piece, Name):
                last_kind = self._take_name(parse, piece, following, last_kind)
            elif isinstance(piece, Token):
                self._numbers.take(parse, piece, last_kind)
                last_kind = piece.kind
            else:
                last_kind = self._runs.take(parse, piece, following) or last_kind
        parse.last_kind = last_kind

    def parts(self, parse: Parse, tail: str) -> Parts:
        """The numbered parts of a parsed head followed by a tail (`grammar.SPLIT`); the head's parse stays as it is."""
        if not tail:
            return parse.parts
        whole = Parse(parts=replace(parse.parts))
        last_kind = ""
        for match in TOKENS.finditer(tail):
            if match.lastgroup is not None:
                self._numbers.take(whole, token_of(match.lastgroup, match.group()), last_kind)
                last_kind = match.lastgroup
        return whole.parts

    def estate(self, text: str) -> tuple[Guess, ...]:
        """Guesses for an estate named apart from the text, in its own column."""
        whole = self._estates.resolve(text)
        if whole and whole[0].cost <= ALIAS:
            return whole
        return self._estates.resolve(NOISE_TAIL.sub("", text) or text)  # `天鹅小区` is a name, `翠湖雅居小区` is not

    @staticmethod
    def tell_building(parse: Parse) -> None:
        """Let the number of an estate's text without a road be its building as well: `3号1单元601`."""
        house, parts = parse.house, parse.parts
        if house is not None and house.isdigit() and parts.building is None and not (parse.roads or parse.group):
            parts.house_or_building = parts.house_or_building or house

    @staticmethod
    def tell_phase(parse: Parse) -> None:
        """Narrow the guesses of every estate to those of the phase that the text names apart from it."""
        phase = parse.phase
        if phase is None:
            return
        for index, guesses in enumerate(parse.estates):
            same = [guess for guess in guesses if phase in PHASE.findall(guess.name)]
            told = tuple(replace(guess, cost=min(guess.cost, _RIGHT_PHASE)) for guess in same)
            if told:
                parse.estates[index] = tuple(sorted(told, key=lambda guess: (guess.cost, guess.name)))

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
            parse.roads[name.text] = self._roads.resolve(name.text)[0]
            return "road"
        if "estate" in kinds and (before_parts or kinds <= {"estate", "road"} or "community" in parse.divisions):
            return self._take_estate(parse, name, last_kind)
        kind = next(kind for kind in PARTS[:5] if kind in kinds)
        parse.divisions.setdefault(kind, name.canonical)
        return kind

    def _take_estate(self, parse: Parse, name: Name, last_kind: str) -> str:
        if GROUP.match(name.text) is not None:
            parse.group = group_key(name.text)
            return "group"
        if last_kind == "estate" and self._is_longer_name(parse, name.text):
            parse.unknown_estate, parse.estates = name.text, []  # `学府粮站大院` is not the 粮站大院
            return "estate"
        parse.estates.append(self._estates.resolve(name.text))
        return "estate"
