"""Chinese and Roman numerals before a unit, as digits: `三号楼` is a number, `五一路` a name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_DIGITS: Final = (
    {"〇": 0, "零": 0, "两": 2}
    | {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
    | {sign: value for value, sign in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
)
_SCALES: Final = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_NUMERAL: Final = "〇零一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾"
_HAN_DIGITS: Final = "零一二三四五六七八九"
_ROMAN: Final = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}

_UNIT: Final = r"号楼|号院|号|栋|幢|座|单元|层|楼|室|房|户|组|村民小组|小队|队|期|弄|#"
_BEFORE_UNIT: Final = re.compile(rf"(?<![之{_NUMERAL}])([{_NUMERAL}]+)(?=(?:{_UNIT}))")
_PLAIN: Final = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖"
# A room without 室: after a part of the house wherever it stands, after 号 and 楼 only where nothing goes on.
_AFTER_UNIT: Final = re.compile(
    rf"(?<=[栋幢座元层#])([{_PLAIN}]{{3,4}})(?![{_NUMERAL}路街巷道弄村庄乡镇])|(?<=[号楼])([{_PLAIN}]{{3,4}})(?=$|[(,;])"
)
# `二门`, `二梯` are units right after a building only: `二门` may be a place.
_AFTER_BUILDING: Final = re.compile(rf"(?<=[栋幢座楼#])([{_NUMERAL}]+)(?=[门梯](?![口卫岗面市牌]))")
_ORDINAL: Final = re.compile(r"第(?=[0-9]+(?:号楼|栋|幢|座|单元|层|期))")
_AFTER_ZHI: Final = re.compile(r"之([1-9])(?![0-9])")
# A letter alone may name a building (`V栋`), but no phase or unit is called I, V or X.
_ROMAN_BEFORE_UNIT: Final = re.compile(r"(?<![A-Z0-9])(?:([IVX]{2,4})(?=期|区|号楼|栋|幢|单元)|([IVX])(?=期|单元))")
NEAR_NUMERALS: Final = (
    rf"[{_NUMERAL}][号栋幢座单层楼室房户组村小队期弄#门梯]|[栋幢座元层#号楼][{_PLAIN}]{{3}}"
    r"|之[1-9]|[IVX][期区号栋幢单]|第[0-9]"
)
"""Pattern (Polars) that every text matches which `spell_numbers` could change."""


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


def _from_roman(match: re.Match[str]) -> str:
    value = _ROMAN.get(match.group())
    return match.group() if value is None else str(value)


def numerals_to_digits(text: str) -> str:
    """Chinese and Roman numerals before a unit to digits: `三号楼` to `3号楼`, but `五一路` and `号之二` stay.

    >>> numerals_to_digits("五一路三号楼二单元五零一室"), numerals_to_digits("东方新村II期V座")
    ('五一路3号楼2单元501室', '东方新村2期V座')
    """
    if "I" in text or "V" in text or "X" in text:
        text = _ROMAN_BEFORE_UNIT.sub(_from_roman, text)
    text = _AFTER_UNIT.sub(_arabic, _BEFORE_UNIT.sub(_arabic, text))
    return _AFTER_BUILDING.sub(_arabic, text) if "门" in text or "梯" in text else text


def spell_numbers(text: str) -> str:
    """Digits before units, no 第 before them, and the Chinese numeral after `之`: `30号之2` is `30号之二`.

    >>> spell_numbers("第四栋二门"), spell_numbers("第九街30号之2")
    ('4栋2门', '第九街30号之二')
    """
    text = numerals_to_digits(text)
    if "第" in text:
        text = _ORDINAL.sub("", text)
    return _AFTER_ZHI.sub(lambda match: "之" + _HAN_DIGITS[int(match.group(1))], text) if "之" in text else text
