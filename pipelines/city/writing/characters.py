"""Characters taken for others: of one sound, of an accent's sound, of like shape, in another script."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin, pinyin

from pipelines.city.words import clerks


@cache
def _common() -> tuple[str, ...]:
    """Return the common characters: GB 2312, first level, which an input method offers first."""
    return tuple(bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF))


@cache
def syllable(character: str) -> str:
    """Return the usual reading without tone."""
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@cache
def _by_sound() -> dict[str, str]:
    groups: dict[str, str] = {}
    for character in _common():
        groups[syllable(character)] = groups.get(syllable(character), "") + character
    return groups


@cache
def same_sound(character: str) -> str:
    """Return the common characters of the same syllable, whatever the tone."""
    return _by_sound().get(syllable(character), "").replace(character, "")


@cache
def other_reading(character: str) -> str:
    """Return common characters of the character's other readings; empty where it has one reading only."""
    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0][1:3]
    return "".join(_by_sound().get(reading, "") for reading in readings).replace(character, "")


@cache
def accented(character: str) -> str:
    """Return common characters that a southern accent takes for this one: zh for z, n for l, ing for in."""
    own, found = syllable(character), ""
    for one, other in clerks()["accents"]:
        for have, want in ((one, other), (other, one)):
            if have.isalpha() and (
                own.startswith(have) if len(have) < 3 and have[0] not in "aei" else own.endswith(have)
            ):
                changed = want + own[len(have) :] if own.startswith(have) else own[: -len(have)] + want
                found += _by_sound().get(changed, "")
    return found.replace(character, "")


@cache
def alike(character: str, kind: str) -> str:
    """Return the characters of its groups of like shape; `kind` is `shapes` or `far_shapes`."""
    return "".join(group for group in clerks()[kind] if character in group).replace(character, "")


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def traditional(text: str) -> str:
    """Return a text in traditional characters."""
    return str(_converter("s2t").convert(text))
