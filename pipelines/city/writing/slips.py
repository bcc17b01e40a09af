"""Slips in names: characters of like sound or shape, lost, doubled or swapped ones, other suffixes."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from pipelines.city.words import unruly
from pipelines.city.writing.dice import Dice
from pipelines.city.writing.estate_names import split_estate

_CONFUSED = {"巷": ("弄", "里", "路"), "弄": ("巷", "里", "路")}
SLIPS = ("homophone", "shape", "dropped", "doubled", "transposed")
_WIDENED = (*range(0x30, 0x3A), *range(0x41, 0x5B), 0x2D, 0x28, 0x29)
_FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in _WIDENED})
_PHASES = {"一期": ("1期", "I期", "（一期）", "(1期)", "Ⅰ期"), "二期": ("2期", "II期", "（二期）", "(2期)", "Ⅱ期")}


@cache
def _by_sound() -> dict[str, str]:
    """Return syllable (without tone) -> the common characters of that sound: GB 2312, first level."""
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
    groups: dict[str, str] = {}
    for character in common:
        sound = lazy_pinyin(character, style=Style.NORMAL)[0]
        groups[sound] = groups.get(sound, "") + character
    return groups


@cache
def _sounds_like(character: str) -> str:
    group = _by_sound().get(lazy_pinyin(character, style=Style.NORMAL)[0], "")
    return group.replace(character, "")


@cache
def _looks_like(character: str) -> str:
    return "".join(g for g in unruly()["shapes"] if character in g).replace(character, "")


def slip(name: str, kind: str, dice: Dice) -> str | None:
    """Return `name` with one slip of a kind, null where it cannot have that."""
    at = dice.below(len(name))
    if kind in ("homophone", "shape"):
        likes = [_sounds_like(c) if kind == "homophone" else _looks_like(c) for c in name]
        able = [i for i, like in enumerate(likes) if like]
        if not able:
            return None
        at = dice.pick(able)
        return name[:at] + dice.pick(likes[at]) + name[at + 1 :]
    if kind == "dropped":
        return name[:at] + name[at + 1 :] if len(name) >= 4 else None
    if kind == "doubled":
        return name[: at + 1] + name[at:]
    at = dice.below(len(name) - 1)
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return swapped if swapped != name else None


def sound(name: str) -> str:
    """Return the syllables of a name without tones."""
    return " ".join(lazy_pinyin(name, style=Style.NORMAL))


def two_homophones(name: str, dice: Dice) -> str | None:
    """Return a name whose first two characters are others of the same sound, as an input method offers them."""
    likes = [_sounds_like(c) for c in name[:2]]
    return dice.pick(likes[0]) + dice.pick(likes[1]) + name[2:] if all(likes) else None


def other_suffix(name: str, dice: Dice) -> str:
    """Return an estate's name with another kind in its place (翠湖小区), or one more (翠湖花园小区)."""
    stem, kind, rest = split_estate(name)
    other = dice.pick([s for s in unruly()["estate_suffixes"] if s != kind])
    return name + "小区" if dice.chance(0.3) and not rest and kind != "小区" else stem + other + rest


def other_road_kind(road: str, dice: Dice) -> str | None:
    """Return a road with another kind (建设街 for 建设路)."""
    kinds = [k for k in unruly()["road_suffixes"] if road.endswith(k)]
    if not kinds:
        return None
    own = max(kinds, key=len)
    return road[: -len(own)] + dice.pick([k for k in _CONFUSED.get(own, ("路", "街", "大道")) if k != own])


def other_phase(name: str, dice: Dice) -> str:
    """Return an estate's name with its phase written another way (`II期`, `（二期）`)."""
    for phase, forms in _PHASES.items():
        if name.endswith(phase):
            return name.removesuffix(phase) + dice.pick(forms)
    return name


def change_digit(text: str, dice: Dice) -> str:
    """Return a number with one other digit, or, where that changes it, with two neighbours swapped."""
    if len(text) > 1 and dice.chance(0.25):
        at = dice.below(len(text) - 1)
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if swapped != text and swapped[0] != "0":
            return swapped
    at = dice.below(len(text))
    others = [d for d in "0123456789" if d != text[at] and not (d == "0" and at == 0)]
    return text[:at] + dice.pick(others) + text[at + 1 :]


def full_width(text: str) -> str:
    """Return a text with full-width digits, capitals and signs."""
    return text.translate(_FULL_WIDTH)


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(text: str) -> str:
    """Return a text in traditional characters."""
    return str(_converter().convert(text))
