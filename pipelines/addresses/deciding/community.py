"""Texts that name no estate and no house number of the register: what community, street or road alone allow."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from pipelines.addresses.deciding.answers import Decision
from pipelines.addresses.deciding.place import AMBIGUOUS, MATCHED
from pipelines.addresses.deciding.sites import SiteGuess
from pipelines.addresses.forms.said import Parse, Parts
from pipelines.addresses.register.index import Register
from pipelines.addresses.register.rows import PARTS

_UNNAMED: Final = 0.5  # what speaks against an estate that the text does not name
_DIVISION_ONLY: Final = 0.97


class CommunitySites:
    """Estates by community, for `翠湖社区3栋501`: a building named where no estate is."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._sites: dict[str, list[int]] = defaultdict(list)
        for site in register.sites:
            if site.community and site.kind != "group" and any(site.buildings):
                self._sites[site.community].append(site.index)

    def guess(self, parse: Parse, parts: Parts) -> list[SiteGuess]:
        """Every estate of the community that the text names, where it names a building and nothing above it.

        A building alone, without unit or room, says too little where the community has several estates.
        """
        community = parse.divisions.get("community")
        if community is None or parse.house or parse.group or parse.roads or parse.estates or parse.foreign:
            return []
        if parse.unknown_estate or parse.unknown_road or parse.leftover:
            return []
        found = [self._register.sites[index] for index in self._sites.get(community, ())]
        deep = len(parts.loose) > 1 or (parts.building is not None and bool(parts.unit or parts.room or parts.loose))
        if not deep and not (parts.building is not None and len(found) == 1):
            return []
        above = {kind: parse.divisions.get(kind) for kind in ("district", "street")}
        return [
            SiteGuess(site, _UNNAMED, "parsed", number_agrees=False)
            for site in found
            if all(name is None or name == getattr(site, kind) for kind, name in above.items())
        ]


def answer_without_site(register: Register, parse: Parse, parts: Parts) -> Decision:
    """No estate and no house number of the register: road, community or street may be all that the text supports."""
    decision = Decision(
        district=parse.divisions.get("district"),
        street=parse.divisions.get("street"),
        community=parse.divisions.get("community"),
    )
    roads = {road for guess in parse.roads.values() for road, _ in register.roads[guess.name]}
    if roads:
        decision.matched_level = "road"
    else:
        decision.matched_level = next((k for k in ("community", "street") if k in parse.divisions), "none")
    _complete_divisions(register, decision)
    asks_more = bool(parse.house or parse.group or parse.unknown_estate or parse.unknown_road or not parts.empty())
    if asks_more or not (roads or parse.divisions) or parse.foreign:
        decision.reason = "not_in_register"
    elif len(roads) > 1:
        decision.status, decision.reason, decision.confidence = AMBIGUOUS, "ambiguous_road", 0.5
    else:
        decision.status, decision.confidence = MATCHED, _DIVISION_ONLY
        decision.method = "fuzzy" if parse.fuzzy > 0.1 else "parsed"
    return decision


def _complete_divisions(register: Register, decision: Decision) -> None:
    for kind in ("community", "street"):
        name = getattr(decision, kind)
        parents = register.parents.get((kind, name)) if name else None
        if parents is None or len(parents) != 1:
            continue
        for upper, value in zip(PARTS[:5], next(iter(parents)), strict=False):
            if upper in ("district", "street") and getattr(decision, upper) is None:
                setattr(decision, upper, value or None)
