"""One text with its hints: normalise, parse, find the site, place the numbers in it, and say how sure we are."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from pipelines.addresses.deciding import candidates
from pipelines.addresses.deciding.answers import NO_HINTS, Decision, Hints, outside_answer
from pipelines.addresses.deciding.columns import with_columns
from pipelines.addresses.deciding.community import CommunitySites, answer_without_site
from pipelines.addresses.deciding.confidence import confidence_of, method_of
from pipelines.addresses.deciding.elsewhere import Home, answer_elsewhere
from pipelines.addresses.deciding.place import AMBIGUOUS, MATCHED, Placement, place_parts
from pipelines.addresses.deciding.site_answers import SiteAnswers, too_little, unread
from pipelines.addresses.deciding.sites import MARGIN, SiteGuess, guess_sites
from pipelines.addresses.forms.begun import same_but_number
from pipelines.addresses.forms.grammar import UNREAD_PART
from pipelines.addresses.forms.names import ALIAS, LOST_SIGN
from pipelines.addresses.forms.normal import LONGEST, normal_form
from pipelines.addresses.forms.said import Parse, Parts
from pipelines.addresses.reading.numbered import OPEN
from pipelines.addresses.reading.parse import Parser
from pipelines.addresses.register.index import Register

_APART: Final = re.compile(r"[、,;;/]|(?<=[0-9室号])[和及与或]")


@dataclass(frozen=True, slots=True)
class _Head:
    """What the head of a text (all that comes before its numbered tail) says: read once, used by many texts."""

    parse: Parse
    guesses: list[SiteGuess]


@dataclass(frozen=True, slots=True)
class Reading:
    """What `Decider.decide` looks at: the parse, the numbered parts, and every site considered with its placement.

    Attributes:
        conflict: whether the columns contradict the text.
        named: whether the text names a site; else those of the community are considered.
    """

    parse: Parse
    parts: Parts
    conflict: bool
    named: bool
    placed: tuple[tuple[SiteGuess, Placement], ...]


class Decider:
    """Decides texts against one register; remembers heads, tails and placements: the work follows distinct values."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._parser = Parser(register)
        self._home = Home(register.divisions)
        self._elsewhere: dict[str, bool] = {}
        self._outside: dict[str, Decision] = {}
        self._heads: dict[tuple[str, str | None, str | None], _Head] = {}
        self._tails: dict[str, Parts] = {}
        self._places: dict[tuple[int, str, bool], Placement] = {}
        self._community = CommunitySites(register)
        self._answers = SiteAnswers(register)
        self._considered: set[int] = set()

    def decide(self, plain: str | None, head: str, tail: str, hints: Hints) -> Decision:
        """The deepest certain place of one text.

        Args:
            plain: the text in normal form, None where it is blank.
            head: the same up to its numbered tail, as cut by `grammar.SPLIT`.
            tail: what was cut off; may be empty.
            hints: what other columns of the row say.
        """
        if plain is None and hints == NO_HINTS:
            return Decision(reason="no_text")
        if plain is not None and len(plain) > LONGEST:
            return Decision(reason="too_long")
        if plain is not None and self._is_elsewhere(head):
            return self._answer_elsewhere(plain)
        reading = self.reading(head, tail, hints)
        decision = self._resolve(reading, plain or "")
        if decision.status != MATCHED and hints == NO_HINTS and plain is not None:
            decision = self._both(plain) or decision
        if plain is None:
            decision.reason = decision.reason or "no_text"
        elif reading.conflict and decision.status == MATCHED:
            decision.reason = "column_conflict"
            decision.confidence -= 0.02
        return decision

    def considered(self) -> list[int]:
        """The sites whose rows were looked at since the last call, sorted: no other row had a say in the decisions."""
        found = sorted(self._considered)
        self._considered.clear()
        return found

    def reading(self, head: str, tail: str, hints: Hints) -> Reading:
        """How a text is read, and where its numbers lead in every site that is considered.

        Args:
            head: names, as cut by `grammar.SPLIT`.
            tail: the numbers that were cut off.
            hints: what other columns of the row say.
        """
        read = self._head(head, hints)
        if tail and read.parse.last_kind in OPEN:  # `朝阳街247-502`: the number belongs to the road
            read, tail = self._head(head + tail, hints), ""
        parts, conflict = self._parts(read.parse, tail, hints)
        guesses = read.guesses or self._community.guess(read.parse, parts)
        placed = tuple((guess, self._place(parts, guess, tail, hints)) for guess in guesses)
        return Reading(read.parse, parts, conflict, bool(read.guesses), placed)

    def plain_head(self, head: str, hints: Hints) -> tuple[int | None, str | None, float | None, float | None]:
        """Site, method and confidence (as such, and where the text is the register's own) of a head with one reading.

        All null where more than the tail decides: several sites, another city, numbers in the head, unread parts.
        """
        if self._is_elsewhere(head):
            return None, None, None, None
        read = self._head(head, hints)
        parse = read.parse
        numbers = not parse.parts.empty() or parse.parts.house_or_building is not None or parse.last_kind in OPEN
        if numbers or parse.more_houses or len(read.guesses) != 1 or outside_answer(parse, parse.parts) is not None:
            return None, None, None, None
        if any(UNREAD_PART.search(text) for text in unread(parse)):
            return None, None, None, None
        guess = read.guesses[0]
        if guess.cost > LOST_SIGN and not guess.number_agrees:
            return None, None, None, None
        method = method_of(parse, guess)
        sure = [confidence_of(parse, guess, name, 0.0) for name in (method, "exact")]
        return guess.site.index, method, sure[0], sure[1]

    def _is_elsewhere(self, head: str) -> bool:
        key = same_but_number(head)
        found = self._elsewhere.get(key)
        if found is None:
            found = self._elsewhere[key] = self._home.elsewhere(key) is not None
        return found

    def _answer_elsewhere(self, plain: str) -> Decision:
        key = same_but_number(plain)
        found = self._outside.get(key)
        if found is None:
            found = self._outside[key] = answer_elsewhere(key)
        return found

    def plain_tail(self, tail: str, hints: Hints) -> tuple[Parts, bool]:
        """The numbered parts of a tail after a head that has none, and whether the columns contradict it."""
        return with_columns(self._tail(tail), hints)

    def _tail(self, tail: str) -> Parts:
        found = self._tails.get(tail)
        if found is None:
            found = self._tails[tail] = self._parser.parts(Parse(), tail)
        return found

    def _head(self, head: str, hints: Hints) -> _Head:
        key = (head, hints.estate, hints.community)
        read = self._heads.get(key)
        if read is None:
            read = self._heads[key] = self._read(head, hints)
        return read

    def _read(self, head: str, hints: Hints) -> _Head:
        parse = self._parser.parse(head)
        self._add_hints(parse, hints)
        guesses = guess_sites(self._register, parse)
        return _Head(parse, [guess for guess in guesses if guess.cost - guesses[0].cost < MARGIN])

    def _parts(self, parse: Parse, tail: str, hints: Hints) -> tuple[Parts, bool]:
        if not parse.parts.empty() or parse.parts.house_or_building is not None:
            parts = self._parser.parts(parse, tail)
        else:
            parts = self._tail(tail)
        return with_columns(parts, hints)

    def _add_hints(self, parse: Parse, hints: Hints) -> None:
        if hints.community is not None:
            parse.divisions.setdefault("community", hints.community)
        if hints.estate is None:
            return
        guesses = self._parser.estate(hints.estate)
        if not guesses:
            parsed = self._parser.parse(normal_form(hints.estate))
            parse.estates = parsed.estates + parse.estates
            return
        named = {guess.name for found in parse.estates for guess in found if guess.cost <= ALIAS}
        if not named:
            parse.estates = [guesses]
        elif both := tuple(guess for guess in guesses if guess.name in named):
            parse.estates = [tuple(replace(guess, cost=min(guess.cost, ALIAS)) for guess in both)]
        if not named:
            self._parser.tell_building(parse)
        self._parser.tell_phase(parse)

    def _resolve(self, reading: Reading, plain: str) -> Decision:
        parse, parts, placed = reading.parse, reading.parts, list(reading.placed)
        outside = outside_answer(parse, parts)
        if outside is not None:
            return outside
        if not placed:
            return answer_without_site(self._register, parse, parts)
        believed = [pair for pair in placed if not too_little(parse, *pair)]
        if not believed:
            return self._answers.unbelieved(parse, parts, placed)
        placed = believed
        decision = (
            self._answers.among(parse, parts, placed, plain)
            if placed[1:]
            else self._answers.answer(parse, *placed[0], plain)
        )
        if not reading.named and decision.status == MATCHED:
            decision.reason = decision.reason or "only_estate"
        if parse.more_houses:
            self._considered.update(self._answers.several(decision, parse))
        return decision

    def _both(self, plain: str) -> Decision | None:
        """`翠湖雅居4-2-501、金桂公寓5栋801`: two whole addresses, each of which would be matched by itself."""
        parts = [part for part in _APART.split(plain) if part]
        if not 1 < len(parts) <= candidates.SHOWN:
            return None
        found = [self.decide(part, part, "", NO_HINTS) for part in parts]
        codes = sorted({one.address_code for one in found if one.status == MATCHED and one.address_code})
        if len(codes) < 2 or len(codes) < len(parts):
            return None
        both = Decision(status=AMBIGUOUS, reason="several_places", confidence=0.5, method="parsed", options=codes)
        both.candidates = [
            {"address_code": one.address_code, "level": one.matched_level, "score": round(1 / len(codes), 3)}
            for one in found
        ]
        return both

    def _place(self, parts: Parts, guess: SiteGuess, tail: str, hints: Hints) -> Placement:
        self._considered.add(guess.site.index)
        shared = parts is self._tails.get(tail)
        key = (guess.site.index, tail, guess.number_agrees)
        found = self._places.get(key) if shared else None
        if found is None:
            found = place_parts(
                self._register,
                guess.site,
                parts,
                house_agrees=guess.number_agrees,
                hinted=hints.building is not None,
            )
            if shared:
                self._places[key] = found
        return found
