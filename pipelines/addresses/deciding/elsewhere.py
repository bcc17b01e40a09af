"""Texts that name a place outside the jurisdiction, told before anything of the register is looked at.

A place elsewhere may have roads and estates of the same names, so its text must never be held against the register.
A text that names no division is ours: a road may be named after a city, an estate after a county.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Final

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.country.names import WIDTH, short_name
from pipelines.addresses.deciding.answers import Decision
from pipelines.addresses.deciding.place import MATCHED
from pipelines.addresses.free.leading import Leading, leading_divisions
from pipelines.addresses.free.parse import FreeParse, parse_normal

_LEVELS: Final = ("province", "city", "district")
_ENOUGH_SHORT: Final = 2  # `江苏南京`: names without ending count together
_SURE: Final = 0.97
_UNSURE_DIVISION: Final = 0.8  # elsewhere for sure, but several divisions have the name
_PLAIN_DISTRICT: Final = re.compile(r"[城市新老旧东西南北中江河海湖山桥港郊关]+区$")
_DEEPEST_FIRST: Final = ("room", "floor", "unit", "building")


class Home:
    """The divisions of the jurisdiction, by name and, where the country knows them, by code."""

    def __init__(self, divisions: Mapping[str, Iterable[str]]) -> None:
        """Take the names of the register by level, as in `Register.divisions`."""
        self._names = {level: sorted(divisions.get(level, ())) for level in _LEVELS}
        self._short = {level: {short_name(name, level) for name in names} for level, names in self._names.items()}
        self._keys = self._known_keys()

    def elsewhere(self, text: str) -> Leading | None:
        """The divisions at the beginning of a normalised text when they are not ours, else None."""
        lead = leading_divisions(text)
        if not lead.names or (not lead.full and not self._enough_short(lead)):
            return None
        foreign = self._foreign(lead)
        if not foreign:
            return None
        if lead.names.keys() <= {"district", "street"} and not _sure_alone(lead):
            return None
        return None if self._may_be_a_slip(lead, foreign) else lead

    def _enough_short(self, lead: Leading) -> bool:
        """Names without ending count together, and none may be a name of ours at any level."""
        named = [level for level in _LEVELS if level in lead.names]
        short = {short_name(lead.names[level], level) for level in named}
        return len(named) >= _ENOUGH_SHORT and not any(short & ours for ours in self._short.values())

    def _known_keys(self) -> tuple[str, ...]:
        """Code digits of our districts; empty where the country does not know our city."""
        table = national_divisions()
        names: list[list[str | None]] = [[*self._names[level]] or [None] for level in _LEVELS]
        places = product(*names)
        found = [table.locate(*place) for place in places]
        return tuple(sorted({at.code[: WIDTH[at.level]] for at in found if at is not None and at.level == "district"}))

    def _foreign(self, lead: Leading) -> list[str]:
        """The levels whose names are not ours; by code where our districts have one."""
        if self._keys:
            ours = any(key.startswith(own) or own.startswith(key) for key in lead.keys for own in self._keys)
            return [] if ours else [level for level in _LEVELS if level in lead.names]
        return [level for level in _LEVELS if level in lead.names and not self._ours(level, lead.names[level])]

    def _ours(self, level: str, name: str) -> bool:
        return name in self._names[level] or short_name(name, level) in self._short[level]

    def _may_be_a_slip(self, lead: Leading, foreign: list[str]) -> bool:
        """One name that differs in one character from ours, with nothing else that speaks for elsewhere."""
        if len(lead.names) > 1:
            return False
        return any(_one_character_off(lead.names[foreign[0]], ours) for ours in self._names[foreign[0]])


def _sure_alone(lead: Leading) -> bool:
    """Whether a district without its city is elsewhere: a county, the only district of its name, one with a known town.

    `江南区` alone may be what people still call a part of our city, though the country has but one.
    """
    name = lead.names["district"]
    known_town = "street" in lead.names and all(len(key) == WIDTH["street"] for key in lead.keys)
    only = len(lead.keys) == 1 and _PLAIN_DISTRICT.match(name) is None
    return known_town or only or name.endswith(("县", "市", "旗"))


def _one_character_off(name: str, ours: str) -> bool:
    return len(name) == len(ours) and sum(a != b for a, b in zip(name, ours, strict=True)) == 1


def deepest_level(parse: FreeParse) -> str:
    """The deepest level that a text names, in the levels of `master.address_match`.

    >>> deepest_level(parse_normal("江苏省南京市鼓楼区中山路30号翠湖雅居3栋2单元501室"))
    'room'
    """
    for level in _DEEPEST_FIRST:
        if getattr(parse, level) is not None:
            return level
    if parse.house_number is not None and parse.door_last:
        return "house_number"
    if parse.estate is not None or parse.group is not None:
        return "estate"
    named = ("house_number", "road", "community", "street")
    return next((level for level in named if getattr(parse, level) is not None), "none")


def answer_elsewhere(text: str) -> Decision:
    """The answer for a normalised text of another city: as deep as written, its division as deep as sure."""
    parse = parse_normal(text)
    table = national_divisions()
    located = table.shared(parse.keys)
    return Decision(
        status=MATCHED,
        matched_level=deepest_level(parse),
        reason="outside",
        method="parsed",
        confidence=_SURE if located is not None else _UNSURE_DIVISION,
        division_code=located.code if located is not None else None,
        district=parse.district,
    )
