"""Two addresses in one cell, one of them marked as former: what is left is the present one."""

from __future__ import annotations

import re
from typing import Final

_SAID: Final = r"(?:地址|住址|住处|住|址|门牌|名称?|称|为|系|是|在)?[::]?"
_WAS: Final = rf"(?:原|曾|旧(?=地址|住址|址|门牌)){_SAID}"
_IS: Final = rf"现(?!代|场|货|浇|房){_SAID}"
# In brackets with a number it is an address; a name alone may be the estate's other name and is left to the register.
_BRACKETS: Final = re.compile(rf"\({_WAS}[^()]*[0-9零一二三四五六七八九十][^()]*(?:\)|$)")
_AFTER_STOP: Final = re.compile(rf"(?<=.)[,,;;。]{_WAS}.+$")
_BEFORE_NOW: Final = re.compile(rf"^{_WAS}.+?[,,;;。]?{_IS}(?=.)")
_AFTER_NUMBER: Final = re.compile(rf"(?<=[0-9A-Z号室户房楼栋幢座元层组铺])\(?{_WAS}.+$")


def present_address(text: str) -> str:
    """The text without the address that it calls former; the text itself where it calls none so.

    >>> present_address("3栋2单元701,原地址7-103"), present_address("原7-103,现2栋3单元701户")
    ('3栋2单元701', '2栋3单元701户')
    >>> present_address("翠湖雅居(原船厂宿舍)3栋501")
    '翠湖雅居(原船厂宿舍)3栋501'
    """
    now = _BEFORE_NOW.sub("", text)
    if now != text:
        return now
    bare = _BRACKETS.sub("", text)
    cut = _AFTER_NUMBER.sub("", _AFTER_STOP.sub("", bare))
    return cut or text
