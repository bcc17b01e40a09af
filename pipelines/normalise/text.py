"""Normal form of free Chinese text: width, script, spaces, and numerals that stand before a unit.

Pure. `normalise_text` is for one value, `normalise_texts` for a column; both give the same result.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

import polars as pl
from opencc import OpenCC

_DIGITS: Final = (
    {"〇": 0, "零": 0, "两": 2}
    | {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
    | {sign: value for value, sign in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
)
_SCALES: Final = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_NUMERAL: Final = "〇零一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾"

# `三号楼` is a number, `五一路` a name: only what stands before a unit counts.
_UNIT: Final = r"号楼|号院|号|栋|幢|座|单元|层|楼|室|房|户|组|村民小组|小队|队|期|弄|#"
_BEFORE_UNIT: Final = re.compile(rf"(?<![之{_NUMERAL}])([{_NUMERAL}]+)(?=(?:{_UNIT}))")
_AFTER_UNIT: Final = re.compile(rf"(?<=[栋幢座元#])([{_NUMERAL}]{{3,4}})$|(?<=号楼)([{_NUMERAL}]{{3,4}})$")
_DASHES: Final = "‐‑‒–—―−﹣－~～﹘_"
_HYPHEN_RUN: Final = re.compile(f"[{_DASHES}-]+")
_DIGIT_GAPS: Final = re.compile(r"(?:(?<=^)|(?<=[^0-9]))[0-9]+(?:\s+[0-9]+)+")
_AFTER_PART: Final = frozenset("元栋幢楼层号座#-/")
_SPACE: Final = re.compile(r"[\s\u200b\u200c\u200d\ufeff\x00-\x1f\x7f]+")
_AFTER_ZHI: Final = re.compile(r"之([1-9])(?![0-9])")
_HAN_DIGITS: Final = "零一二三四五六七八九"


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Traditional characters to simplified ones; what has no simplified form stays."""
    return str(_converter().convert(text))


@lru_cache(maxsize=4096)
def numeral_value(numeral: str) -> int | None:
    """Value of a Chinese numeral, read by place (`二十三`) or digit by digit (`三零一`); null if it is neither.

    >>> numeral_value("十二"), numeral_value("三零一"), numeral_value("百十")
    (12, 301, 110)
    """
    if not numeral or any(sign not in _DIGITS and sign not in _SCALES for sign in numeral):
        return None
    if not any(sign in _SCALES for sign in numeral):
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    total, digit = 0, 0
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * _SCALES[sign]
            digit = 0
    return total + digit


def _arabic(match: re.Match[str]) -> str:
    numeral = match.group(0)
    value = numeral_value(numeral)
    if value is None:
        return numeral
    if numeral[0] in "〇零" and not any(sign in _SCALES for sign in numeral):
        return str(value).zfill(len(numeral))  # `零五零一室` is room 0501
    return str(value)


def numerals_to_digits(text: str) -> str:
    """Chinese numerals before a unit to digits: `三号楼` to `3号楼`, but `五一路` and `号之二` stay.

    >>> numerals_to_digits("五一路三号楼二单元五零一室")
    '五一路3号楼2单元501室'
    """
    return _AFTER_UNIT.sub(_arabic, _BEFORE_UNIT.sub(_arabic, text))


def _close_gap(match: re.Match[str]) -> str:
    """`3 2 501` and `翠湖雅居3 501` are separated parts, `2单元0 103室` is one number with a stray space."""
    numbers = match.group().split()
    if max(map(len, numbers)) >= 7:
        return ",".join(numbers)  # a phone beside the room
    before = match.string[: match.start()].rstrip()[-1:]
    separated = len(numbers) > 2 or (
        len(numbers[0]) <= 2 <= len(numbers[1]) - 1 and numbers[0][0] != "0" and before not in _AFTER_PART
    )
    return ("-" if separated else "").join(numbers)


def squeeze(text: str) -> str:
    """NFKC, upper case, hyphens of one kind, no spaces; a space that separated two numbers becomes `-`."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return _HYPHEN_RUN.sub("-", _SPACE.sub("", _DIGIT_GAPS.sub(_close_gap, plain)))


def _spell_numbers(text: str) -> str:
    """Digits before units, and the Chinese numeral after `之` (`30号之2` is `30号之二`)."""
    return _AFTER_ZHI.sub(lambda match: "之" + _HAN_DIGITS[int(match.group(1))], numerals_to_digits(text))


def normalise_text(text: str) -> str:
    """The normal form of one text: `squeeze`, simplified characters, numerals before units as digits. Idempotent.

    >>> normalise_text("翠溪街２４７號 翠湖雅居四幢一單元")
    '翠溪街247号翠湖雅居4幢1单元'
    """
    return _spell_numbers(to_simplified(squeeze(text)))


def _converted(texts: list[str]) -> list[str]:
    """All texts to simplified characters in one call: the converter's start costs more than a short text."""
    return to_simplified("\n".join(texts)).split("\n") if texts else []


def normalise_texts(texts: pl.Series) -> pl.Series:
    """`normalise_text` over a column of distinct texts; null stays null. Order and length are those of the input."""
    gaps = texts.str.contains(r"[0-9０-９]\s+[0-9０-９]").fill_null(value=False)
    plain = texts.str.normalize("NFKC").str.to_uppercase()
    plain = plain.str.replace_all(_SPACE.pattern, "").str.replace_all(f"[{_DASHES}-]+", "-")
    values = plain.to_list()
    for index in gaps.arg_true().to_list():
        values[index] = squeeze(texts[index])
    present = [index for index, value in enumerate(values) if value is not None]
    for index, value in zip(present, _converted([values[index] for index in present]), strict=True):
        values[index] = value
    converted = pl.Series(texts.name, values, dtype=pl.String)
    for index in converted.str.contains(f"[{_NUMERAL}之]").fill_null(value=False).arg_true().to_list():
        values[index] = _spell_numbers(values[index])
    return pl.Series(texts.name, values, dtype=pl.String)
