"""Numbered parts of an address without a register: what each token is by the word that follows the number."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ID: Final = r"(?:[A-Z]{0,2}\d+[A-Z]?|\d+[A-Z]+\d*|[A-Z]{1,2})"
_NUMBER: Final = r"(?:[A-Z]?\d+[A-Z]?(?:\d+)?)"
_NO_LETTER_BEFORE: Final = r"(?<![A-Z0-9])"
_ROOM_WORD: Final = r"(?:号?(?:办公室|房间|厂房|商位|摊位|铺位|商铺|店铺|门面|仓位|室|房|店|档|铺)|户|间)"

# Order matters: the first pattern that fits at a position wins.
_STARTS: Final = r"(?=[A-Z0-9甲乙丙丁附第负地架底顶东西南北中\-])"  # tried first, for most characters start none
TOKEN: Final = re.compile(
    _STARTS
    + "(?:"
    + "|".join(
        (
            r"(?P<road>\d+号?(?:大街|大道)|\d+号?路(?!公交)|\d+[国省县]道)",
            r"(?P<aisle>\d+(?:街(?![道区])|排|巷))",
            r"(?P<area>[A-Z]?\d*区(?=[A-Z0-9]|$)|\d+区)",
            r"(?P<gate>\d+号门(?![诊面])|[东西南北]\d*门(?=$|口))",
            r"(?P<word>\d+S店|\d+K[AT]?V)",
            r"(?P<phase>第?\d+期)",
            r"(?P<group>第?\d+(?:村民小组|小组|组|小队|队|生产队|社(?!区)))",
            r"(?P<lane>\d+支?弄)",
            rf"(?P<building>{_NO_LETTER_BEFORE}第?{_ID}(?:-\d+)?(?:号楼(?![下上道梯])|号搂|号?[栋幢撞](?:楼(?![下上道梯]))?|座|#楼?|号公寓楼)|"
            rf"{_NO_LETTER_BEFORE}[A-Z]\d*楼|[甲乙丙丁](?:栋|幢|座|号楼)|[东西南北中]{{1,2}}[座幢栋])",
            rf"(?P<unit>{_NO_LETTER_BEFORE}(?:{_ID}|[甲乙丙丁东西中])号?(?:单元|单无)号?)",
            r"(?P<floor>(?:地下|负|-|B)?\d+(?:-\d+)?(?:层(?!楼)|楼(?![道梯])|层楼|F(?![A-Z]|\d{1,2}(?!\d)))|(?:地下|负)[一二三四]?层|架空层|[底顶]层)",
            rf"(?P<room>{_NO_LETTER_BEFORE}{_NUMBER}(?:[-/]{_NUMBER})?{_ROOM_WORD})",
            r"(?P<house>[甲乙丙丁附]?(?<![A-Z0-9])[A-Z]?\d+[A-Z]?(?:(?:-+|/|至|之)\d+[A-Z]?)*号(?:之[一二三四五六七八九十]+|附\d+号?|院(?!\w*[苑园]))?)",
            rf"(?P<short>{_NO_LETTER_BEFORE}{_ID}(?:[-/_]+{_ID}){{1,4}}(?![A-Z0-9]|号?(?:单元|号楼|[栋幢楼层室座]))号?)",
            r"(?P<number>(?<![A-Z])[A-Z]{0,2}\d+[A-Z]?(?:\d+)?|(?<![A-Z0-9])[A-Z](?![A-Z0-9区]))",
        )
    )
    + ")"
)
_PART: Final = re.compile(r"负|地下|架空|[底顶]|[A-Z0-9]+|[甲乙丙丁东西南北中]|(?<=之)[一二三四五六七八九十]")


class Token(NamedTuple):
    """A numbered part as written, with its kind (a group name of `TOKEN`), and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def scan_tokens(text: str) -> list[Token]:
    """All numbered parts of a normalised text in order.

    >>> [(token.kind, token.text) for token in scan_tokens("滨康路1037号8幢2单元501")]
    [('house', '1037号'), ('building', '8幢'), ('unit', '2单元'), ('number', '501')]
    """
    return [Token(match.lastgroup or "", match.group(), match.start(), match.end()) for match in TOKEN.finditer(text)]


def numbers_of(text: str) -> list[str]:
    """The numbers and letters of a part, in order.

    >>> numbers_of("12-3-501"), numbers_of("A座"), numbers_of("负2层")
    (['12', '3', '501'], ['A'], ['负', '2'])
    """
    return _PART.findall(text)
