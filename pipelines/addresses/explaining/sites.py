"""The sites that a text may mean, each with what speaks against it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipelines.addresses.deciding.decide import Reading
from pipelines.addresses.deciding.place import MATCHED, Placement, place_parts
from pipelines.addresses.deciding.reasons import REASONS
from pipelines.addresses.deciding.sites import BELIEVED, SiteGuess, guess_sites
from pipelines.addresses.forms.names import ALIAS
from pipelines.addresses.forms.said import Parse
from pipelines.addresses.register.index import Register, Site

SHOWN: Final = 8
_TOO_FAR: Final = 3 * BELIEVED
_DIVISIONS: Final = (("district", "区县", "district"), ("street", "街道", "street"), ("community", "社区", "community"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site that a text may mean, and where its numbers end there.

    Attributes:
        name: estate, or road and house number, with the divisions above it.
        score: 1 for nothing that speaks against the site, 0 for as much as is still believed.
        in_reach: whether it was considered; too much speaks against the others, or much less against another.
        against: what speaks against it, in Chinese and in English.
        status, level, code: where the numbers of the text end in this site; code null where there is no row.
    """

    name: str
    score: float
    in_reach: bool
    method: str
    against: tuple[tuple[str, str], ...]
    status: str
    level: str
    code: str | None


def candidates_of(register: Register, reading: Reading) -> list[Candidate]:
    """The sites considered for a text, likeliest first, then those against which too much speaks; `SHOWN` at most."""
    near = {guess.site.index for guess, _ in reading.placed}
    found = [_candidate(register, reading.parse, guess, placed, in_reach=True) for guess, placed in reading.placed]
    for guess in guess_sites(register, reading.parse, believed=_TOO_FAR)[:SHOWN]:
        if guess.site.index not in near:
            placed = place_parts(register, guess.site, reading.parts, house_agrees=guess.number_agrees)
            found.append(_candidate(register, reading.parse, guess, placed, in_reach=False))
    return found[:SHOWN]


def _candidate(register: Register, parse: Parse, guess: SiteGuess, placed: Placement, *, in_reach: bool) -> Candidate:
    return Candidate(
        name=site_name(guess.site),
        score=round(max(1.0 - guess.cost / BELIEVED, 0.0), 3),
        in_reach=in_reach,
        method=guess.method,
        against=(*_against(register, parse, guess), *_numbers_against(placed)),
        status=placed.status,
        level=placed.level,
        code=None if placed.row is None else register.rows[placed.row].code,
    )


def site_name(site: Site) -> str:
    """A site as people would name it: street, community, road and number, estate."""
    road, house = min(site.addresses) if site.addresses else ("", "")
    number = f"{house}号" if house[-1:].isdigit() else house
    return "".join((site.district, site.street, site.community, road, number, site.estate))


def _against(register: Register, parse: Parse, guess: SiteGuess) -> Iterator[tuple[str, str]]:
    site = guess.site
    yield from _name_against(register, parse, site)
    yield from _road_against(register, parse, site)
    mine = sorted(house for _, house in site.addresses)
    if parse.house is not None and mine and parse.house not in mine:
        yield f"门牌号是{'、'.join(mine)}，不是{parse.house}", f"its number is {', '.join(mine)}, not {parse.house}"
    for kind, zh, en in _DIVISIONS:
        said, own = parse.divisions.get(kind) or parse.foreign.get(kind), getattr(site, kind)
        if said is not None and own and said != own:
            yield f"{zh}是{own}，不是{said}", f"its {en} is {own}, not {said}"


def _name_against(register: Register, parse: Parse, site: Site) -> Iterator[tuple[str, str]]:
    named = [
        guess
        for found in parse.estates
        for guess in found
        if any(index == site.index for index, _ in register.estates.get(guess.name, ()))
    ]
    if named:
        best = min(named, key=lambda guess: guess.cost)
        if best.cost > ALIAS:
            yield f"名称与{best.name}不完全相同", f"the name is not quite {best.name}"
        elif best.method == "alias":
            yield f"{best.name}是别名或旧名", f"{best.name} is another or an old name"
    elif parse.estates and site.estate:
        yield f"小区是{site.estate}，不是{parse.estates[0][0].name}", f"its estate is {site.estate}"
    elif parse.unknown_estate is not None and site.estate:
        yield f"小区是{site.estate}，不是{parse.unknown_estate}", f"its estate is {site.estate}"


def _road_against(register: Register, parse: Parse, site: Site) -> Iterator[tuple[str, str]]:
    mine = sorted({road for road, _ in site.addresses if road})
    said = sorted({road for guess in parse.roads.values() for road, _ in register.roads[guess.name]})
    if not mine or (not said and parse.unknown_road is None):
        return
    if not set(mine) & set(said):
        written = "、".join(said) or parse.unknown_road
        yield f"道路是{'、'.join(mine)}，不是{written}", f"its road is {', '.join(mine)}, not {written}"
        return
    best = min((guess for guess in parse.roads.values()), key=lambda guess: guess.cost)
    if best.cost > ALIAS:
        yield f"道路与{best.name}不完全相同", f"the road is not quite {best.name}"
    elif best.method == "alias":
        yield f"{best.name}是旧路名", f"{best.name} is an old name"


def _numbers_against(placed: Placement) -> Iterator[tuple[str, str]]:
    if placed.status == MATCHED or placed.reason is None:
        return
    reason = REASONS[placed.reason]
    yield reason.zh, reason.en
