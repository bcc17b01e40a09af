"""Building, unit and room as people write them: `3-2-501`, `3栋2门501`, `三栋二单元五零一`, `501室3栋`."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.city.words import unruly
from pipelines.city.writing.dice import Dice

_DIGITS = "零一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = "〇ⅠⅡⅢⅣⅤⅥⅦⅧⅨ"
_DASHES = ("-", "-", "-", "—", "－", "–", "--")
_BUILDING_WORDS = ("栋",) * 8 + ("幢",) * 4 + ("号楼",) * 8 + ("号", "#楼", "#")
_FORMAL_BUILDING_WORDS = ("栋", "栋", "号楼", "幢")
_ROOM_WORDS = ("室", "室", "室", "", "", "号", "户", "房")


@dataclass
class Door:
    """The numbers that a text gives, null (unit 0) where it gives none.

    Attributes:
        building: number, or the label of a building without one; floor: of the room, for words only.
        unit: number; lettered: its register writes 1, 2, 3 as A, B, C.
        room: as written; room_word: false where the room is no number (`5楼东户`) and stands as it is.
    """

    building: int | str | None = None
    unit: int = 0
    lettered: bool = False
    floor: int | None = None
    room: str | None = None
    shop: bool = False
    bare_room: bool = False

    @property
    def unit_sign(self) -> str:
        """The unit's number or letter."""
        return chr(ord("A") + self.unit - 1) if self.lettered else str(self.unit)


def chinese(number: int) -> str:
    """Return a number below 100 in Chinese numerals.

    >>> chinese(21)
    '二十一'
    """
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def digit_by_digit(text: str, zero: str = "零") -> str:
    """Return digits one by one in Chinese numerals.

    >>> digit_by_digit("501")
    '五零一'
    """
    return "".join(zero if c == "0" else _DIGITS[int(c)] if c.isdigit() else c for c in text)


def write_door(door: Door, form: str, dice: Dice) -> str:
    """Return the numbers in one form; a form that they do not allow falls back to words."""
    if door.building is None and door.unit == 0 and door.room is None:
        return ""
    if door.shop and door.room is not None:
        basement = door.room.startswith("地下室")
        word = str(dice.pick(unruly()["basement_words" if basement else "shop_words"]))
        if basement:
            return _building(door, dice, "formal") + word.format(door.room.removeprefix("地下室"))
        return _building(door, dice, "formal") + word.format(door.room)
    short = _short(door, form, dice)
    return short if short is not None else _worded(door, form, dice)


def write_door_backwards(door: Door, dice: Dice) -> str:
    """Return room, then building and unit: `501室3栋2单元`."""
    if door.shop:
        return write_door(door, "words", dice)
    unit = f"{door.unit_sign}单元" if door.unit else ""
    if door.room is None:
        return unit + _building(door, dice, "words")
    return f"{door.room}室" + _building(door, dice, "formal") + unit


def _short(door: Door, form: str, dice: Dice) -> str | None:
    """Return a form without words, null where the numbers do not allow it."""
    if door.room is None or door.bare_room or not door.room.isdigit() or door.building is None:
        return None
    own = str(door.building) if isinstance(door.building, int) else door.building.removesuffix("座")
    if len(own) > 1 and not own.isdigit():
        return None
    parts = [own, *([door.unit_sign] if door.unit else []), door.room]
    after = "-".join(parts[1:])
    if form == "dashes":
        return dice.pick(_DASHES).join(parts) + ("室" if dice.chance(0.15) else "")
    if form == "hash_unit" and not door.unit:
        form = "hash"
    joined = {
        "slashes": "/".join(parts),
        "dots": ".".join(parts),
        "blanks": " " + " ".join(parts),
        "underscores": "_".join(parts),
        "hash": f"{own}#{after}",
        "hash_unit": f"{own}#{door.unit_sign}单元{door.room}",
        "building_dash": _building(door, dice, form) + after,
        "dash_unit": f"{own}-{door.unit_sign}单元{door.room}室" if door.unit else None,
        "glued": _building(door, dice, form) + (f"{door.unit_sign}单元" if door.unit else "") + door.room,
        "tower": f"{own}座" + (f"{door.unit_sign}单元" if door.unit else "") + f"{door.room}室",
    }
    return joined.get(form)


def _worded(door: Door, form: str, dice: Dice) -> str:
    if form in ("ordinal", "capital", "roman_unit") and isinstance(door.building, int):
        return _seldom(door, form, dice)
    unit = ""
    if door.unit:
        spelt = form in ("chinese", "all_chinese") and not door.lettered
        number = chinese(door.unit) if spelt else door.unit_sign
        unit = number + ("门" if form == "door" and door.building is not None else "单元")
    dash = "-" if form == "house_words" else ""
    parts = [part for part in (_building(door, dice, form), unit, _room(door, form, dice)) if part]
    return dash.join(parts)


def _seldom(door: Door, form: str, dice: Dice) -> str:
    """Return `第3栋第2单元501室`, `叁栋贰单元501` or `3栋Ⅱ单元501室`."""
    own, unit = str(door.building), door.unit_sign
    if form == "capital" and door.building in range(10):
        own = _CAPITALS[int(str(door.building))]
    if not door.lettered and form == "capital":
        unit = _CAPITALS[door.unit]
    if not door.lettered and form == "roman_unit":
        unit = _ROMAN[door.unit]
    first = "第" if form == "ordinal" else ""
    return f"{first}{own}栋" + (f"{first}{unit}单元" if door.unit else "") + _room(door, "formal", dice)


def _room(door: Door, form: str, dice: Dice) -> str:
    if door.room is None or door.bare_room:
        return door.room or ""
    floor = f"{door.floor}{dice.pick(('楼', '层'))}" if form == "floor" and door.floor else ""
    if form == "all_chinese":
        return digit_by_digit(door.room, dice.pick(("零", "〇"))) + dice.pick(("室", "", "号"))
    if form == "formal":
        return door.room + dice.pick(("室", "室", "室", ""))
    alone = door.building is None and not door.unit
    return floor + door.room + (dice.pick(("室", "房")) if alone else dice.pick(_ROOM_WORDS))


def _building(door: Door, dice: Dice, form: str) -> str:
    if door.building is None:
        return ""
    if isinstance(door.building, str):
        letter = door.building.removesuffix("座")
        if letter == door.building:
            return door.building
        return dice.pick((door.building, door.building, f"{letter}栋", f"{letter}幢", f"{letter.lower()}座"))
    if form in ("chinese", "all_chinese"):
        return chinese(door.building) + dice.pick(("栋", "号楼", "幢"))
    if form in ("door", "house_words"):
        return f"{door.building}号楼"
    if form == "formal":
        return f"{door.building}{dice.pick(_FORMAL_BUILDING_WORDS)}"
    plain = _BUILDING_WORDS[:-3] if form in ("glued", "building_dash") else _BUILDING_WORDS
    return f"{door.building}{dice.pick(plain)}"
