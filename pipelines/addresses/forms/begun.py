"""Texts that end with a house number (`柳树村5组4号`, `朝阳街247号`): names before it are read once for all houses."""

from __future__ import annotations

import re
from typing import Final

from pipelines.addresses.forms.said import Parse, Parts

# After one of these signs a number begins a new piece, whatever stands before.
_HOUSE_LAST: Final = re.compile(r"^(.*[村区镇乡路街巷道])((?:\d+组)?\d{1,4}号)$")
_DIGITS: Final = re.compile(r"\d+")
_NUMBER_AFTER: Final = re.compile(r"[村区镇乡路街巷道](?=\d)")


def names_and_house(text: str) -> tuple[str, str]:
    """The text before its last house number, and that number with its group; the whole text and "" where none ends it.

    >>> names_and_house("北麓区柳树村5组4号"), names_and_house("柳树村")
    (('北麓区柳树村', '5组4号'), ('柳树村', ''))
    """
    match = _HOUSE_LAST.match(text)
    return (match.group(1), match.group(2)) if match is not None else (text, "")


def same_but_number(text: str) -> str:
    """The text with 1 for the numbers of its last house: what is elsewhere reads the same for all houses of a street.

    >>> same_but_number("大李村5组125号")
    '大李村1组1号'
    """
    names, house = names_and_house(text)
    return names + _DIGITS.sub("1", house)


def holds_number(name: str) -> bool:
    """Whether a name of the register goes on with a number where `names_and_house` may cut: `中山路8号大院`."""
    return _NUMBER_AFTER.search(name) is not None


def copy_parse(parse: Parse) -> Parse:
    """A parse that can be read on without changing the first."""
    parts = parse.parts
    return Parse(
        dict(parse.divisions), dict(parse.foreign), dict(parse.roads), parse.unknown_road, parse.house,
        parse.more_houses, list(parse.estates), parse.unknown_estate, parse.group, parse.phase, list(parse.leftover),
        Parts(
            parts.building, parts.building_text, parts.unit, parts.floor, parts.room, parts.storey,
            parts.house_or_building, parts.numbered, parts.loose,
        ),
        parse.fuzzy, parse.last_kind,
    )  # fmt: skip
