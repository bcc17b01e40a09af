"""What may follow the name of a division, and what makes it part of a longer name. Patterns over normal text."""

from __future__ import annotations

import re
from typing import Final

HAN: Final = r"[\u4e00-\u9fff]"
BETWEEN: Final = re.compile(r"(?:[-_,，、.·/\\|:：;；()]|NULL|市辖区|中国(?=[\u4e00-\u9fff]{2,3}[省市]))+")
_PLACE_ENDING: Final = (
    r"路|街(?!道)|大道|道|巷|弄|桥|里|坊|村|镇|乡|街道|社区|庄|站(?![前后东西南北])|港|湾|广场|大厦|大楼|酒店|宾馆|饭店|花园|花苑|家园|"
    r"新村|小区|公寓|商城|商厦|商场|市场|医院|大学|学院|中学|小学|学校|银行|公司|集团|工业|科技|国际|中心|名都|城"
)
# What makes a name without its ending part of a longer name: `中山北路`, `南京西路`, `杭州大厦`.
GOES_ON: Final = re.compile(rf"[东西南北中上下新老旧前后一二三四五六七八九十环外内大]{{0,2}}(?:{_PLACE_ENDING})")
FULL_GOES_ON: Final = re.compile(r"(?:(?<=市)场(?!桥)|(?<=市)(?:民|区)(?:中心|广场)|(?<=县)道|(?<=区)(?:块|间))")
# `镇海区` and `镇江市` begin with 镇; `古镇镇` ends with it twice.
TOWN: Final = re.compile(
    rf"({HAN}{{1,6}}?(?:街道(?:办事处|办)?|[镇乡](?=[镇乡](?![村里]))[镇乡]|镇(?!海[区市]|江市|[东西南北中]?[路街巷])|"
    rf"乡(?![村路街]|镇企业)|苏木))"
)
ROAD_FOLLOWS: Final = re.compile(
    rf"{HAN}{{2,6}}?(?:路|街(?!道)|大道)|{HAN}{{2,4}}?(?:镇|街道)|\d+号?(?:大街|路|街)|{HAN}{{1,5}}?(?:村|社区)|"
    rf"{HAN}{{0,6}}?(?:开发区|工业园?区)"
)
BOLD_NAME_AFTER: Final = re.compile(rf"(?![江河湖海山岛门底脚坊人])[\u4e00-\u9fffA-Z]{HAN}{{2}}")
# What clerks write before a place far away: `老家安徽省利辛县`.
BEFORE_PLACE: Final = re.compile(
    r"(?:户籍(?:所在地|地址|地)?|户口(?:所在地|地址|在)?|原籍|祖籍|籍贯|老家|家住|来自|现住址?|暂住|租住|居住|常住|原住|住址?|地址)"
    r"(?:地|在|于|是|为)?[:：,，]?"
)
# Provinces of which the national table has no cities, before a place in them.
BEYOND_TABLE: Final = re.compile(
    r"(?<=香港)(?:九龙|新界|港岛|香港岛|湾仔|油尖旺|沙田|元朗|屯门|荃湾|观塘|大埔|北角|中环|尖沙咀)|(?<=澳门)(?:氹仔|路环)|"
    r"(?<=台湾)(?:台北|新北|桃园|台中|台南|高雄|基隆|新竹|嘉义|彰化|屏东|花莲|台东|宜兰|苗栗|南投|云林)"
)
_TOWN_OFFICE: Final = re.compile(r"街道办(?:事处)?$")


def plain_town(name: str) -> str:
    """A street without its office.

    >>> plain_town("湖南路街道办事处")
    '湖南路街道'
    """
    return _TOWN_OFFICE.sub("街道", name) if "办" in name else name
