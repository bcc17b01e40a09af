"""How the numbered parts of an address are written: patterns, tokens and noise.

Input is in the normal form of `pipelines.addresses.forms.normal`: no spaces, upper case, digits for numerals before
units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ID: Final = r"(?:\d+[A-Z]?|[A-Z]\d*)"
_SIDE: Final = r"[东西南北中前后]{1,2}"
_NAME_GOES_ON: Final = r"[东西南北中]?(?:路|街|巷|道|村|社区|镇|新村|小区)"  # `中楼西路` is a road
_SHOP: Final = r"(?:商铺|门面房?|店面|店铺|铺面|底商|商业)"
_LOOSE_ID: Final = rf"(?:{_ID}|[东西南北中甲乙丙丁](?=[-/]))"
_NO_PART: Final = r"(?!\d|号?单元|号?楼|栋|幢|座|#|门|梯|[层期弄])"  # `4-2单元501` is 4 and 2单元

# Order matters: the first pattern that fits at a position wins.
TOKENS: Final = re.compile(
    "|".join(
        (
            rf"(?P<shop>{_SHOP}\d+(?=\d(?:号楼|栋|幢|座|#))|{_SHOP}(?:第)?\d+(?:号|室|间)?|\d+号?{_SHOP}(?!\d)|\d+号铺|商\d+号?)",
            r"(?P<phase>第?(?:\d+|[IVX]{1,3})期)",
            r"(?P<group>第?\d+(?:村民小?组|小?组|小?队)|第?[一二三四五六七八九十]{1,3}村民组)",
            rf"(?P<building>第?{_ID}(?:号楼(?![下上道梯])|(?:栋|幢|座|#)(?:楼(?![下上道梯]))?)|[A-Z]楼|(?<![东西南北中])[甲乙丙丁](?:栋|幢|座|号楼|楼)|{_SIDE}(?:楼(?![道下上层]|{_NAME_GOES_ON})|座|栋|幢))",
            rf"(?P<unit>第?(?:[IVX]+|{_ID}|[甲乙丙丁东西中])(?:号?单元)|(?:\d+|(?<=[栋幢座楼#])[A-Z一二三四五六七八九])(?:门(?![口卫岗面市牌])|梯(?![口间])))",
            r"(?P<side>(?<=[栋幢座楼#])[东西中甲乙丙丁](?:[门户边侧]?(?=\d{3})|[-/](?=\d)))",
            r"(?P<cellar>(?:负\d{3,4}|地下室?\d{1,4})(?:号|室)?(?![\d层楼F]))",
            r"(?P<floor>第?(?:地下|负|(?<![0-9A-Z])-)?\d+(?:层|F(?![A-Z0-9]))|(?:地下|负|(?<![0-9A-Z])-)\d+楼(?![道下上])|B\d(?:层|F|楼)|[底顶]层|地下室)",
            r"(?P<house>\d+弄|[甲乙丙丁]?\d+[A-Z]?(?:之[一二三四五六七八九十]+号?|附\d+号?)|[甲乙丙丁附]?\d+[A-Z]?(?:-\d+)?号(?:之[一二三四五六七八九十]+号?|附\d+号?|-\d{1,2}(?![\d-])|[甲乙丙丁](?!单元|栋|幢|座|号?楼|\d)|院(?!\w*[苑园]))?(?!楼(?![下上道])|栋|幢|座|[室房间]|(?:商铺|门面房?|店面|店铺|铺面)(?!\d)))",
            r"(?P<storey>\d+楼(?![道下上]))",
            rf"(?P<short>{_ID}(?:[-/.\\、,]{_LOOSE_ID}{_NO_PART}){{1,4}}(?:室|房|户|号(?!\w))?)",
            r"(?P<room>[A-Z]?(?:(?<![0-9A-Z元栋幢座楼层号院#])-)?\d+[A-Z]?(?:号?室|号?房间?|户))",
            r"(?P<number>[A-Z]?\d+[A-Z]?)",
            r"(?P<letter>(?<![A-Z])[A-Z](?![A-Z]))",
        )
    )
)

# Words that say where one stands, not which place it is; and what clerks add. Longest first.
_NOISE: Final = (
    r"(?:小区)?[东西南北正侧后]?大?门(?:口|岗|卫|外|处|消防通道|门岗)?|消防通道|地下车库(?:入口|出口)?|地下停车场|停车场|停车棚|车棚|门卫室?|楼道(?:内|里|口)?|"
    r"楼[下上顶前后旁]|楼梯(?:间|口)?|单元门?口|门[口前外]|电梯(?:间|内|口|厅|井|机房)?|天台|屋顶|大堂|大厅|公共区域|配电[房室间]|垃圾(?:站|房|桶|点)|"
    r"(?:的|之)?(?:附近|对面|旁边|斜对面|隔壁|周边|一带|沿线|交叉口|路口|交汇处|中段|东侧|西侧|南侧|北侧|以东|以西|以南|以北)|"
    r"-|/|[旁边侧处]|[内里外](?:面|部)?|院[内里子]?|小区(?:内|里|大门|门口)?|物业(?:服务)?(?:中心|处|办公室)?|居委会|附近|门牌|地址[:：]?|现住[:：]?|住[:：]?|租住|位于|[的,，.。;；、:：!！?？'\"“”‘’*·+=|\\~^&%$@<>《》【】\[\]{}]"
)
NOISE: Final = re.compile(rf"^(?:{_NOISE})++$")
NOISE_TAIL: Final = re.compile(rf"(?:{_NOISE})++$")
CONJUNCTION: Final = re.compile(r"^[和与及或、&]$")
NOISE_HEAD: Final = re.compile(
    r"^(?:[现家租居]?住(?:在|于)?(?![宅建房]))?[-/的,，.。;；、:：!！?？'\"“”‘’*·+=|\\~^&%$@<>《》【】\[\]{}()]*"
)
# A part whose number could not be read; the site alone would then be less than the text says.
UNREAD_PART: Final = re.compile(r"(?:号楼|栋|幢|单元)$")

_TAIL_BUILDING: Final = r"(?:[0-9]+[A-Z]?|[A-Z][0-9]*)(?:号楼|栋|幢|座|#楼|#)"
_TAIL_ABOVE: Final = rf"(?:{_TAIL_BUILDING}(?:[0-9]+单元)?(?:[0-9]+[层楼])?|[0-9]+单元(?:[0-9]+[层楼])?|[0-9]+[层楼])"
_TAIL_ROOM: Final = r"(?:商铺[0-9]+|[A-Z]?[0-9]+[室户]?|(?:[0-9]+|[A-Z])(?:[-/][0-9]+){1,2}室?)"
_TAIL_PARTS: Final = rf"{_TAIL_ABOVE}(?:{_TAIL_ROOM}|[0-9]+号)?|{_TAIL_ROOM}?"
# A text is a head of names and a tail of numbered parts. Only tails that read the same whatever the head are cut off;
# the pattern is also run by Polars over the whole column. The head ends in
# no digit, letter or hyphen, nor in a sign that belongs to the number after it (`负101`, `东门501`).
SPLIT: Final = rf"^(.*?[^0-9A-Z\-/#铺面店负下室商第门户边侧东西南北中甲乙丙丁])??({_TAIL_PARTS})$"


@dataclass(frozen=True, slots=True)
class Token:
    """A numbered part as written, with its kind (a group name of `TOKENS`)."""

    kind: str
    text: str
