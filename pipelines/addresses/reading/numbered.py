"""The numbered parts of a text, token by token: which part each number is, as far as the words around it tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pipelines.addresses.forms.grammar import Token
from pipelines.addresses.forms.keys import building_key, group_key, house_key, room_key, unit_key
from pipelines.addresses.forms.said import Parse, Parts
from pipelines.addresses.register.index import Register
from pipelines.normalise.numerals import numeral_value

OPEN: Final = frozenset({"road", "group"})  # the next number is a house number, also without 号
_ABOVE_ROOM: Final = frozenset({"building", "unit", "floor", "storey"})  # the next `402号` is a room
_LOOSE: Final = re.compile(r"[0-9A-Z]+|[东西南北中甲乙丙丁]")
_NUMBER: Final = re.compile(r"[0-9A-Z]+")
_DIGITS: Final = re.compile(r"\d+")
_BELOW_GROUND: Final = re.compile(r"^(?:地下室?|负|-|B(?=\d+(?:层|F|楼)))")
_HAN_DIGITS: Final = str.maketrans("一二三四五六七八九", "123456789")
_BASEMENT: Final = "地下室"


def floor_number(text: str) -> int | None:
    """`5层` is 5, `负1层`, `B1层` and `地下室` are -1; null for `顶层`.

    >>> floor_number("5层"), floor_number("地下2层"), floor_number("B1层"), floor_number("顶层")
    (5, -2, -1, None)
    """
    digits = _DIGITS.search(text)
    if digits is None:
        return -1 if text.startswith(_BASEMENT) else None
    return -int(digits.group()) if _BELOW_GROUND.match(text) else int(digits.group())


def cellar_key(text: str) -> str:
    """`负101`, `地下室101` and `地下101室` as the registers write it: `B101`."""
    digits = _DIGITS.search(text)
    return f"B{int(digits.group())}" if digits is not None else text


def shop_key(text: str) -> str:
    """`商铺12`, `底商12号`, `12号铺` are `商铺12`."""
    digits = _DIGITS.search(text)
    return f"商铺{int(digits.group())}" if digits is not None else room_key(text)


def _group(text: str) -> str:
    """`5组`, `四村民组` by the key of `keys.group_key`."""
    stem = text.removesuffix("村民组")
    value = numeral_value(stem) if stem != text and not stem.isdigit() else None
    return group_key(f"{value}组" if value is not None else text.replace("村民组", "组"))


_ROOM_KEYS: Final[dict[str, Callable[[str], str]]] = {"shop": shop_key, "room": room_key, "cellar": cellar_key}


class NumberReader:
    """Puts numbered tokens into a parse; needs the register only for house numbers written without 号."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def take(self, parse: Parse, token: Token, last_kind: str) -> None:
        """Add one token to the parse.

        Args:
            parse: what was read so far.
            token: a numbered part as written.
            last_kind: the kind of the piece before it.
        """
        parts, kind, text = parse.parts, token.kind, token.text.removeprefix("第")
        if kind == "house" or (kind == "shop" and last_kind == "road"):
            self._take_house(parse, text, last_kind)
        elif kind == "building" and parts.building is None:
            parts.building, parts.building_text = building_key(text), text
        elif kind == "unit":
            parts.unit = unit_key(text.translate(_HAN_DIGITS)) if text[-1] in "门梯" else unit_key(text)
        elif kind == "side":
            parts.unit = text[0]
        elif kind == "floor":
            parts.floor = floor_number(text)
        elif kind == "storey":
            self._take_storey(parts, text)
        elif kind in ("shop", "room", "cellar"):
            parts.room = _ROOM_KEYS[kind](text)
        elif kind in ("short", "number") and last_kind in OPEN and parse.house is None:
            self._take_bare_house(parse, text)
        elif kind in ("short", "number", "letter", "building"):
            parts.loose = (*parts.loose, *_LOOSE.findall(text))
        elif kind == "group":
            parse.group = _group(text)
        elif kind == "phase":
            parse.phase = text

    def _take_house(self, parse: Parse, text: str, last_kind: str) -> None:
        parts, plain = parse.parts, text[:-1].isdigit()
        if plain and parts.room is None and last_kind in _ABOVE_ROOM:
            parts.room = room_key(text)
        elif last_kind == "road" and parse.house is not None and parse.house.isdigit():
            parts.building = parts.building or parse.house  # `2号1单元401翠湖雅居翠湖路30号`
            parse.house = house_key(text)
        elif last_kind == "and" and parse.house is not None:
            parse.more_houses = (*parse.more_houses, house_key(text))
        elif plain and parse.house is not None and last_kind == "house":
            parts.numbered = building_key(text)
        elif plain and last_kind == "estate" and parse.house is not None and parts.building is None:
            parts.building, parts.building_text = building_key(text), text  # `翠湖路30号翠湖雅居3号501`
        elif last_kind == "estate" or parse.house is not None:
            parts.house_or_building = building_key(text) if plain else None
            parse.house = parse.house or house_key(text)
        else:
            parse.house = house_key(text)

    def _take_bare_house(self, parse: Parse, text: str) -> None:
        """`247-2-1-502` after a road or group: the longest beginning that is a number there, else the first number."""
        numbers = _NUMBER.findall(text)
        roads = {road for guess in parse.roads.values() for road, _ in self._register.roads[guess.name]}
        size = 1
        if len(numbers) > 1 and any((road, "-".join(numbers[:2])) in self._register.numbers for road in roads):
            size = 2
        parse.house = house_key("-".join(numbers[:size]))
        parse.parts.loose = tuple(numbers[size:])

    @staticmethod
    def _take_storey(parts: Parts, text: str) -> None:
        below = _BELOW_GROUND.match(text)
        number = text.removesuffix("楼")
        if below is not None or parts.building or parts.unit or parts.house_or_building is not None:
            parts.floor = floor_number(text)
        else:
            parts.storey = str(int(number))
