"""Parts a run of names (what stands between two numbers) by how names end: community, road, zone, place, remark."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pipelines.addresses.free.signs import HAN

TOWN: Final = re.compile(
    rf"({HAN}{{1,5}}?(?:街道(?:办事处|办)?|镇镇|乡镇|镇(?!海[区市]|江市|[东西南北中]?[路街巷])|乡(?![村路街])))"
)
_STRONG: Final = (
    r"小区|住宅区|花园|花苑|家园|公寓|大厦|大楼|商厦|广场|新村|市场|中心|酒店|宾馆|医院|大学|学院|公司|工业区|工业园区?|产业园|"
    r"科技园|创业园|园区|商城|商贸城|名苑|嘉苑|雅苑|嘉园|华庭|山庄|别墅|名都|国际|幼儿园|小学|中学|学校|银行|超市|集团|厂"
)
_COMMUNITY: Final = re.compile(
    rf"({HAN}{{1,7}}?(?:村民委员会|村委会|社区(?:居民委员会|居委会)?(?!服务|医院|卫生)|居委会|居民委员会|"
    r"(?<![新农度乡])村(?:委(?!会))?(?!小区|花园|公寓|[东西南北中]?[路街巷]|口[路街]|大道|大厦|委|民|庄|镇|里|苑|落)村?))"
)
_ZONE: Final = re.compile(
    rf"({HAN}{{0,9}}?(?:(?:经济|技术|高新|产业|工业|保税|旅游|度假|科技|循环)*开发区|高新(?:技术产业)?区|保税区|集聚区|"
    rf"{HAN}{{2,3}}(?<![二三四五六七八九东西南北老城])新区(?={HAN}{{2,5}}(?:路|街|大道))))(?!管委会|管理)"
)
_END: Final = rf"道(?:{HAN}{{0,3}}段)?$"
_ROAD: Final = re.compile(
    rf"({HAN}{{1,8}}?(?:大道|大街|胡同|路(?!桥[区股公建工集有]|由器)|(?<!条)街(?!道|区|心|坊|舞)|巷(?!子口)|弄(?!堂口)|(?:(?<=[一二三四五六七八九十])|(?<![地频轨渠赛街味])(?={_END}))道)"
    rf"(?:[东西南北中上下前后一二三四五六七八九十]{{1,2}}段)?|{HAN}{{2,3}}线(?=[东西南北]?$))"
)
_PLACE_THEN_ROAD: Final = re.compile(
    rf"({HAN}{{1,10}}?(?:{_STRONG}))(?=(?![路街巷]|大道){HAN}{{2,6}}?(?:路|街(?!道)|大道|巷|[一二三四五六七八九十]道))"
)
_STRONG_INSIDE: Final = re.compile(
    rf"(?:{_STRONG})(?![东西南北中前后一二三四五六七八九十]{{0,2}}(?:[路街巷道]|大道)){HAN}"
)
_JOINT: Final = re.compile(
    r"(?:与|和(?=[\u4e00-\u9fff]{1,6}?(?:路|街|大道|巷))|跟|及|近|交叉路口|交叉口|交岔口|交汇处|交汇口|交汇|交界处|交界口|交界|交口|交叉|路口|十字路口|口|转角|"
    r"(?:往|向)[东西南北]\d*米?|[东西南北]\d*米)+"
)
_LONG_REMARK: Final = (
    r"斜?对面|隔壁|旁边|附近|门口|门前|后面|前面|里面|外面|边上|[东西南北左右]侧|[东西南北]面|[东西南北左右]边|"
    r"[东西][南北]角|以[东西南北]|对过|交叉口|楼[下上]|院内|自编"
)
_REMARK_HEAD: Final = re.compile(rf"(?:{_LONG_REMARK}|[内旁])+(?={HAN}{{2}})")
_REMARK_INSIDE: Final = re.compile(rf"(?<={HAN}{{2}})(?:{_LONG_REMARK}|旁(?!边)|(?<=[区园场楼厦店院])内)(?={HAN}{{2}})")
_REMARK_TAIL: Final = re.compile(
    rf"(?:{_LONG_REMARK}|入口|出口|路口|[内外边口前后旁]|(?<=[区店楼园院厂场厦村])里|(?:请)?(?:务必)?(?:派前)?(?:电联|打?电话联系)|"
    rf"(?:同意)?自[取提]|代收|工作日|送货上门|(?<![厂场])收件?|{HAN}(?:先生|女士|小姐|经理|老板|师傅)|{HAN}某某?|门卫室?|转)+$"
)
_NAMED_GROUP: Final = re.compile(rf"{HAN}{{1,5}}(?:村民小组|小组|组)$")
_SEPARATORS: Final = re.compile(r"[-_,，、/\\|;；:：]+")
_ROAD_SIGNS: Final = re.compile(r"[路街道巷弄]|胡同")
_COMMUNITY_SIGNS: Final = re.compile(r"村|社区|居委会|居民委员会")
_REMARK_ENDS: Final = frozenset("面壁边旁近口前后侧角下上内过里外联系取收日门件生士姐理板傅某转提话卫室编东西南北")
_EDGE: Final = re.compile(r"^[^\u4e00-\u9fffA-Z0-9]+|[^\u4e00-\u9fffA-Z0-9)]+$")


class Piece(NamedTuple):
    """A part of a run and what it is: community, zone, road, place or remark."""

    kind: str
    text: str


def split_run(run: str, *, after_road: bool = False) -> list[Piece]:
    """The parts of a run in order; a rest without a telling end is a place.

    >>> [(piece.kind, piece.text) for piece in split_run("横塘村笕丁路")]
    [('community', '横塘村'), ('road', '笕丁路')]
    >>> [(piece.kind, piece.text) for piece in split_run("文一西路与狮山路交叉口同城印象")]
    [('road', '文一西路'), ('road', '狮山路'), ('place', '同城印象')]
    """
    pieces: list[Piece] = []
    for part in _SEPARATORS.split(run):
        pieces += _split_part(_trim(part), after_road=pieces[-1].kind == "road" if pieces else after_road)
    return pieces


def _split_part(rest: str, *, after_road: bool) -> list[Piece]:
    pieces: list[Piece] = []
    while rest:
        joint = _JOINT.match(rest) if (pieces[-1].kind == "road" if pieces else after_road) else None
        if joint is not None:
            rest = _trim(rest[joint.end() :])
            continue
        piece = _next_piece(rest, pieces)
        if piece is None:
            break
        pieces.append(piece)
        rest = _trim(rest[len(piece.text) :])
    return pieces + _last_place(rest)


def _next_piece(rest: str, before: list[Piece]) -> Piece | None:
    if before and before[-1].kind == "zone" and (town := TOWN.match(rest)) is not None:
        return Piece("street", town.group(1))
    signs = _ROAD_SIGNS.search(rest) is not None
    road = _ROAD.match(rest) if signs else None
    if _COMMUNITY_SIGNS.search(rest) is not None:
        community = _COMMUNITY.match(rest)
        if community is not None and _is_community(community.group(1), road):
            return Piece("community", community.group(1))
    zone = _ZONE.match(rest) if "区" in rest else None
    if zone is not None and (road is None or zone.end() > road.end() or road.group(1) not in zone.group(1)):
        return Piece("zone", zone.group(1))
    place = _PLACE_THEN_ROAD.match(rest) if signs else None
    if place is not None:
        return Piece("place", place.group(1))
    return None if road is None or _STRONG_INSIDE.search(road.group(1)) is not None else Piece("road", road.group(1))


def _is_community(name: str, road: re.Match[str] | None) -> bool:
    if road is not None and len(road.group(1)) < len(name) - 1:
        return False  # `谢家路村` is a village
    return _STRONG_INSIDE.search(name[:-1]) is None


def _last_place(rest: str) -> list[Piece]:
    plain = _trim(_REMARK_TAIL.sub("", rest)) if rest[-1:] in _REMARK_ENDS else rest
    head = _REMARK_HEAD.match(plain)
    plain = _REMARK_INSIDE.sub("", plain[head.end() :] if head is not None else plain)
    if len(plain) < 2:
        return []
    return [Piece("group" if _NAMED_GROUP.match(plain) is not None else "place", plain)]


def _trim(text: str) -> str:
    """Without signs at its ends."""
    if text and text[0].isalnum() and text[-1].isalnum():
        return text
    return _EDGE.sub("", text)
