"""The answer where sites of the register are considered: one of them, one among several, or none that is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipelines.addresses.deciding import candidates
from pipelines.addresses.deciding.answers import Decision, shared_divisions, shared_level
from pipelines.addresses.deciding.community import answer_without_site
from pipelines.addresses.deciding.confidence import NO_ROOM, confidence_of, method_of
from pipelines.addresses.deciding.place import AMBIGUOUS, MATCHED, UNMATCHED, Placement, best_row, unreadable
from pipelines.addresses.deciding.sites import SiteGuess
from pipelines.addresses.forms.grammar import UNREAD_PART
from pipelines.addresses.forms.names import LOST_SIGN
from pipelines.addresses.forms.said import Parse, Parts
from pipelines.addresses.register.index import Register, Site

_SURE_SITE: Final = 0.6  # a site believed less is no answer by itself where its numbers do not exist
_MOST_OPTIONS: Final = 200  # beyond that a text is open to anything
_ONE_OF_SEVERAL: Final = 0.02  # less sure where only the numbers tell which site is meant


class SiteAnswers:
    """Makes answers of placements in the sites of one register."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def unbelieved(self, parse: Parse, parts: Parts, placed: list[tuple[SiteGuess, Placement]]) -> Decision:
        """No name of the register but one that is like it, and no number to tell: the sites are candidates only."""
        decision = answer_without_site(self._register, parse, parts)
        decision.status, decision.reason, decision.confidence = UNMATCHED, "not_in_register", 0.0
        self._open(decision, *candidates.of_sites([(guess, placement) for guess, placement in placed]))
        return decision

    def several(self, decision: Decision, parse: Parse) -> list[int]:
        """Makes an answer one of several numbers: `28号、30号` leaves open which, and what they share is the road.

        Returns the sites that were looked at.
        """
        sites = [
            site
            for guess in parse.roads.values()
            for road, _ in self._register.roads[guess.name]
            for house in (parse.house or "", *parse.more_houses)
            for site in self._register.numbers.get((road, house), ())
        ]
        rows = [row for row in (self._register.sites[site].row for site in sorted(set(sites))) if row is not None]
        kept = Decision(
            status=AMBIGUOUS, reason="several_places", matched_level="road", confidence=0.5, method=decision.method,
            district=decision.district, street=decision.street, community=decision.community,
        )  # fmt: skip
        kept.candidates = candidates.listed(self._register, rows, [1.0 / len(rows)] * len(rows)) if rows else []
        for name in Decision.__slots__:
            setattr(decision, name, getattr(kept, name))
        return sorted(set(sites))

    def among(self, parse: Parse, parts: Parts, placed: list[tuple[SiteGuess, Placement]], plain: str) -> Decision:
        """Several sites fit as well: the numbers may fit only one; else the text is ambiguous."""
        fitting = [(guess, placement) for guess, placement in placed if placement.status == MATCHED]
        open_ = [pair for pair in placed if pair[1].status == AMBIGUOUS]
        if len(fitting) == 1 and not open_ and not parts.empty():
            decision = self.answer(parse, *fitting[0], plain)
            decision.confidence -= _ONE_OF_SEVERAL
            return decision
        if not fitting and len(open_) == 1:
            return self.answer(parse, *open_[0], plain)
        fitting = fitting + open_ if fitting else fitting
        decision = Decision(status=AMBIGUOUS if fitting else UNMATCHED, reason="ambiguous_estate")
        sites = [guess.site for guess, _ in placed]
        decision.matched_level = shared_level(sites)
        decision.district, decision.street, decision.community = shared_divisions(sites)
        decision.confidence = 0.5 if fitting else 0.0
        self._open(decision, *candidates.of_sites(fitting))
        return decision

    def _open(self, decision: Decision, rows: list[int], shares: list[float], certain: int | None = None) -> None:
        if decision.status != MATCHED and len(rows) <= _MOST_OPTIONS:
            decision.options = [self._register.rows[row].code for row in rows]
        if decision.status == AMBIGUOUS:
            rows, shares = candidates.with_certain(rows, shares, certain)
        decision.candidates = candidates.listed(self._register, rows, shares)

    def answer(self, parse: Parse, guess: SiteGuess, placement: Placement, plain: str) -> Decision:
        """The answer where one site is meant: its placement with codes, method and confidence."""
        register, site = self._register, guess.site
        if placement.status == MATCHED and any(UNREAD_PART.search(text) for text in unread(parse)):
            placement = unreadable(register, site)
        if placement.status == UNMATCHED and placement.row is not None and guess.cost <= _SURE_SITE:
            placement = replace(placement, status=AMBIGUOUS)  # the site is sure, the numbers below it do not exist
        method = method_of(parse, guess)
        decision = Decision(
            matched_level=placement.level,
            status=placement.status,
            reason=placement.reason,
            method=method,
            district=site.district or None,
            street=site.street or None,
            community=site.community or None,
            estate=site.estate or None,
        )
        self._open(decision, *candidates.of_placement(placement), placement.row)
        self._fill_codes(decision, guess, placement)
        row = placement.row
        if row is not None and placement.status != UNMATCHED:
            decision.address_code = register.rows[row].code
            if placement.status == MATCHED and method == "parsed" and register.full_texts[row].endswith(plain):
                decision.method = method = "exact"
        if placement.status == UNMATCHED:
            decision.confidence = 0.0
        else:
            known = method if placement.status == MATCHED else AMBIGUOUS
            decision.confidence = confidence_of(parse, guess, known, placement.weight)
            if placement.status == MATCHED and placement.level != "room":
                decision.confidence = round(decision.confidence + NO_ROOM, 4)
        return decision

    def _fill_codes(self, decision: Decision, guess: SiteGuess, placement: Placement) -> None:
        register, site = self._register, guess.site
        if site.row is not None:
            decision.estate_code = register.rows[site.row].code
        if placement.building:
            rows = register.buildings.get((site.index, placement.building))
            if rows:
                decision.building_code = register.rows[best_row(register, rows)].code
        if placement.unit:
            unit = register.units.get((site.index, placement.building, placement.unit))
            decision.unit_code = register.rows[unit].code if unit is not None else None
        known_unit = placement.level != "floor" or placement.unit or not any(site.buildings.get(placement.building, ()))
        if placement.level in ("room", "floor", "unit") and placement.status != UNMATCHED and known_unit:
            decision.unit_key = _unit_key(site, placement)
        if placement.level == "room" and placement.row is not None and placement.status == MATCHED:
            decision.room_code = register.rows[placement.row].code


def too_little(parse: Parse, guess: SiteGuess, placement: Placement) -> bool:
    """Whether a site of another ending is named by too little else: no house number, nor its division and a door."""
    if guess.cost <= LOST_SIGN or guess.number_agrees:
        return False
    door = placement.status == MATCHED and placement.level in ("room", "unit")
    open_door = placement.status == AMBIGUOUS and bool(placement.building) and bool(placement.options)
    site = guess.site
    agrees = (parse.divisions.get("street"), parse.divisions.get("community"))
    return not ((door or open_door) and (site.street in agrees or site.community in agrees))


def unread(parse: Parse) -> list[str]:
    """What nothing could be made of, an unknown estate among it."""
    return [*parse.leftover, parse.unknown_estate] if parse.unknown_estate is not None else parse.leftover


def _unit_key(site: Site, placement: Placement) -> str:
    road, house = min(site.addresses) if site.addresses and not site.estate else ("", "")
    return "|".join(
        (site.district, site.street, site.community, site.estate, road, house, placement.building, placement.unit)
    )
