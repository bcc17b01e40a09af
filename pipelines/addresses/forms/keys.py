"""Comparison keys of the numbered parts of an address: two spellings of one part have one key.

All input is in the normal form of `pipelines.normalise.text`. A key never joins two parts that a register may hold side
by side: `30号`, `30-1号`, `30号之二` and `甲30号` stay four.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_HOUSE: Final = re.compile(
    r"^(?:门牌)?([甲乙丙丁戊附东西南北]?)(\d+)([A-Z]?)(?:-(\d+))?号?(?:院|大院)?(?:-(\d+)|之([一二三四五六七八九十]+)|附(\d+))?号?(?:院|大院)?$"
)
_MARK_AFTER: Final = re.compile(r"^(\d+[A-Z]?)(?:号([甲乙丙丁戊])|([甲乙丙丁戊])号?)$")  # `30号甲`, `30甲号`
_NTH: Final = re.compile(r"^第(?=[0-9])")
_BUILDING_TAIL: Final = re.compile(r"(?:号楼|栋楼|幢楼|座楼|号栋|号幢|#楼|栋|幢|座|#|楼|号)$")
_UNIT_TAIL: Final = re.compile(r"(?:号?单元|门|梯|号)$")
_ROOM_TAIL: Final = re.compile(r"(?:号?室|号?房间?|号?户|号)$")
_SHOP_WORD: Final = r"(?:商铺|门面房?|店面|店铺|底商|商业|商|铺面|铺)"
_SHOP: Final = re.compile(rf"^{_SHOP_WORD}(?:第)?0*(?P<after>\d+)(?:号|室|间)?$|^0*(?P<before>\d+)号?{_SHOP_WORD}$")
_BASEMENT: Final = re.compile(r"^(?:地下室?|负|B-?)(?:(\d)-(\d{2})|0*(\d+))([A-Z]?)$")
_GROUP: Final = re.compile(r"^第?(\d+)(?:村民小组|小组|组|小队|队)$")
_ROOM: Final = re.compile(r"^([A-Z]?)(?:-)?0*(\d+)([A-Z]?)$")


@lru_cache(maxsize=200_000)
def house_key(text: str) -> str:
    """Key of a house number: `30号院` is `30`, `30-1号` `30-1`, `30号之二` `30之二`, `甲30号` and `30号甲` `甲30`."""
    mark = _MARK_AFTER.match(text)
    match = _HOUSE.match(text if mark is None else f"{mark.group(2) or mark.group(3)}{mark.group(1)}号")
    if match is None:
        return text
    prefix, number, letter, dash, after, zhi, annex = match.groups()
    key = f"{prefix}{int(number)}{letter}"
    if dash or after:
        key += f"-{int(dash or after)}"
    if zhi:
        key += f"之{zhi}"
    if annex:
        key += f"附{int(annex)}"
    return key


@lru_cache(maxsize=10_000)
def group_key(text: str) -> str:
    """Key of a village group: `5组`, `第5村民小组`, `5队` are `5组`; a group with a name keeps it.

    >>> group_key("第5村民小组"), group_key("上湾组")
    ('5组', '上湾组')
    """
    match = _GROUP.match(text)
    return f"{int(match.group(1))}组" if match is not None else text


def _bare(text: str) -> str:
    return str(int(text)) if text.isdigit() else text


@lru_cache(maxsize=100_000)
def building_key(text: str) -> str:
    """Key of a building: `3号楼`, `第3栋`, `3幢`, `3#` are `3`; `A座` is `A`; `东楼` is `东`."""
    text = _NTH.sub("", text)
    return _bare(_BUILDING_TAIL.sub("", text) or text)


@lru_cache(maxsize=100_000)
def unit_key(text: str) -> str:
    """Key of a unit: `2单元`, `第2单元`, `2门`, `2梯` and `02` are `2`."""
    text = _NTH.sub("", text)
    return _bare(_UNIT_TAIL.sub("", text) or text)


@lru_cache(maxsize=200_000)
def room_key(text: str) -> str:
    """Key of a room: `0501`, `501室` are `501`; `4号商铺`, `底商4` are `商铺4`; `地下102`, `B102` are `B102`."""
    shop = _SHOP.match(text)
    if shop is not None:
        return f"商铺{int(shop.group('after') or shop.group('before'))}"
    stem = _ROOM_TAIL.sub("", text) or text
    below = _BASEMENT.match(stem)
    if below is not None:
        floor, door, number, letter = below.groups()
        return f"B{int(floor + door if floor else number)}{letter}"
    match = _ROOM.match(stem)
    if match is None:
        return stem
    return f"{match.group(1)}{int(match.group(2))}{match.group(3)}"


def column_room_key(text: str) -> str:
    """`room_key` of a cell that holds a room and nothing else: there `-102` is `B102`, for the dash parts nothing."""
    return room_key(f"B{text[1:]}" if text.startswith("-") else text)
