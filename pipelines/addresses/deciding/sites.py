"""Which sites of the register a parse may mean, each with what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from pipelines.addresses.forms.names import OTHER_ENDING
from pipelines.addresses.forms.said import Parse
from pipelines.addresses.register.index import Register, Site

# A site is believed up to this much contradiction, and only when the next one is clearly worse.
BELIEVED: Final = 1.0
MARGIN: Final = 0.35

_WRONG_ROAD: Final = 0.6
_UNKNOWN_ROAD: Final = 0.2
_WRONG_NUMBER: Final = 0.5
_SLIP_IN_NUMBER: Final = 0.25  # one digit apart on the right road
_RIGHT_NUMBER: Final = -0.3
_WRONG_ESTATE: Final = 0.7
_UNKNOWN_ESTATE: Final = 0.5
_WRONG_DIVISION: Final = {"district": 0.8, "street": 0.5, "community": 0.4}
_RIGHT_COMMUNITY: Final = 0.1  # what the right community takes from the cost of an inexact name
_DISTRICT_SLIP: Final = 0.1  # the street is right, and lies in another district than the text says
_FOREIGN_DIVISION: Final = {"district": 0.5, "street": 0.3, "community": 0.3}


@dataclass(frozen=True, slots=True)
class SiteGuess:
    """A site with its `cost` (0 is certain), and how its name was found (`parsed`, `alias`, `fuzzy`)."""

    site: Site
    cost: float
    method: str
    number_agrees: bool


def _road_names(register: Register, parse: Parse) -> dict[str, tuple[float, str]]:
    """Current road -> (cost, method), from the written names by way of old names."""
    found: dict[str, tuple[float, str]] = {}
    for guess in parse.roads.values():
        for road, method in register.roads[guess.name]:
            cost = guess.cost if method == "parsed" else max(guess.cost, 0.05)
            label = "fuzzy" if guess.method == "fuzzy" else method
            if road not in found or cost < found[road][0]:
                found[road] = (cost, label)
    return found


def _division_cost(parse: Parse, site: Site) -> float:
    cost = 0.0
    for kind, mine in (("district", site.district), ("street", site.street), ("community", site.community)):
        said = parse.divisions.get(kind)
        if said is not None and mine and said != mine:
            slip = kind == "district" and site.street != "" and parse.divisions.get("street") == site.street
            cost += _DISTRICT_SLIP if slip else _WRONG_DIVISION[kind]
        elif said is None and kind in parse.foreign:
            cost += _FOREIGN_DIVISION[kind]
    return cost


def _in_community(parse: Parse, site: Site) -> bool:
    return site.community != "" and parse.divisions.get("community") == site.community


def _one_digit_apart(house: str, written: str) -> bool:
    return len(house) >= 2 and len(written) >= 2 and OSA.distance(house, written, score_cutoff=1) == 1


def _address_cost(parse: Parse, site: Site, roads: dict[str, tuple[float, str]]) -> tuple[float, bool]:
    """What road and number say about a site found by its name, and whether the number agrees."""
    cost, agrees = 0.0, False
    mine = [road for road, _ in site.addresses if road in roads]
    if roads:
        cost += min((roads[road][0] * 0.3 for road in mine), default=_WRONG_ROAD)
    elif parse.unknown_road is not None and any(road for road, _ in site.addresses):
        cost += _UNKNOWN_ROAD
    if parse.house is not None and site.addresses:
        agrees = any(house == parse.house and (not mine or road in mine) for road, house in site.addresses)
        if agrees:
            cost += _RIGHT_NUMBER if mine or parse.unknown_road is not None else 0.0
        elif parse.parts.house_or_building is None or roads:
            slip = any(road in mine and _one_digit_apart(house, parse.house) for road, house in site.addresses)
            cost += _SLIP_IN_NUMBER if slip else _WRONG_NUMBER
    return cost, agrees


def _other_house(register: Register, site: Site, parse: Parse, *, agrees: bool) -> bool:
    """Whether the text names another house of a village group than this one, or than the group as a whole."""
    if parse.house is None or agrees:
        return False
    return site.kind == "group" or (site.estate, parse.house) in register.group_houses


def guess_sites(register: Register, parse: Parse, believed: float = BELIEVED) -> list[SiteGuess]:
    """Sites that the parse may mean, cheapest first, ties by site; only those that cost up to `believed`."""
    roads = _road_names(register, parse)
    found: dict[int, SiteGuess] = {}

    def offer(guess: SiteGuess) -> None:
        kept = found.get(guess.site.index)
        if guess.cost <= believed and (kept is None or guess.cost < kept.cost):
            found[guess.site.index] = guess

    for guesses in parse.estates:
        for guess in guesses[:12]:
            for index, method in register.estates[guess.name]:
                site = register.sites[index]
                if site.kind == "group" and parse.house is None:
                    continue  # the group is named, none of its houses
                more, agrees = _address_cost(parse, site, roads)
                if _other_house(register, site, parse, agrees=agrees):
                    continue
                label = "fuzzy" if guess.method == "fuzzy" else method
                cost = guess.cost + more + _division_cost(parse, site)
                if _RIGHT_COMMUNITY < guess.cost < OTHER_ENDING and _in_community(parse, site):
                    cost -= _RIGHT_COMMUNITY
                offer(SiteGuess(site, max(cost, 0.0), label, agrees))
    if parse.house is not None:
        _offer_numbers(register, parse, roads, offer)
    if parse.group is not None:
        _offer_groups(register, parse, offer)
    return sorted(found.values(), key=lambda guess: (guess.cost, guess.site.index))


def _offer_numbers(
    register: Register, parse: Parse, roads: dict[str, tuple[float, str]], offer: Callable[[SiteGuess], None]
) -> None:
    named = {index for guesses in parse.estates for guess in guesses for index, _ in register.estates[guess.name]}
    for road, (road_cost, method) in roads.items():
        for index in register.numbers.get((road, parse.house or ""), ()):
            site = register.sites[index]
            cost = road_cost + _division_cost(parse, site)
            if parse.estates and index not in named:
                cost += _WRONG_ESTATE
            elif parse.unknown_estate is not None and site.estate:
                cost += _UNKNOWN_ESTATE * 0.4
            offer(SiteGuess(site, cost, method, number_agrees=True))


def _offer_groups(register: Register, parse: Parse, offer: Callable[[SiteGuess], None]) -> None:
    """Houses of a numbered group; every village has such groups, so a village that is named must be theirs."""
    group, house, agrees = parse.group or "", parse.house, parse.house is not None
    community = parse.divisions.get("community")
    if community is None and "community" in parse.foreign:
        return
    if house is not None and community:
        inside = [register.sites[index] for index in register.houses_in.get((group, house, community), ())]
        right = [site for site in inside if _division_cost(parse, site) == 0.0]
        if right and (group, house, "") not in register.houses_in:
            # Every other village is off by a whole community, which is more than `MARGIN`.
            for site in right:
                offer(SiteGuess(site, 0.0, "parsed", agrees))
            return
    found: Sequence[int] = register.groups.get(group, ())
    if house is not None:
        found = register.group_houses.get((group, house), ())
    for site in (register.sites[index] for index in found):
        if not community or site.community == community:
            offer(SiteGuess(site, _division_cost(parse, site), "parsed", agrees))
