"""Reads an address of any city into its levels, by the divisions of the country and by how names end."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pipelines.addresses.free.leading import Leading, leading_divisions
from pipelines.addresses.free.reading import Reading, take_run, take_token
from pipelines.addresses.free.runs import TOWN
from pipelines.addresses.free.tokens import scan_tokens
from pipelines.normalise.text import normalise_text

_HAN: Final = r"[\u4e00-\u9fff]"
_DIVISIONS: Final = ("city", "district", "street")
_CITY: Final = re.compile(rf"({_HAN}{{2,4}}?(?:市(?![场民区政])|地区|盟))")
_DISTRICT: Final = re.compile(
    rf"({_HAN}{{2}}(?<![它他东西南北中新老小社校园住宅发业景厂一二三四五六七八九十期])[区县])(?={_HAN})"
)
_PROVINCE: Final = re.compile(
    r"(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省|"
    r"(?:北京|天津|上海|重庆)市|(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区"
)


class FreeParse(NamedTuple):
    """What a text says at each level, as written in normal form; None where it says nothing.

    Attributes:
        province: full name of today; so city and district, except old names, which stay as written.
        road: several roads (a crossing, a side road) one after the other.
        house_number: with its lane where the text has one.
        estate: an estate, building or firm with its parts and phase, one after the other.
        group: village group (`5组`).
        lane: `124弄`.
        zone: development zone.
        phase: phase of the estate (`2期`).
        door_last: whether the house number is named after the estate (`毛塘141号`), so that it is the deeper one.
        keys: code digits of the divisions that may be meant; one where it is sure.
        old_name: an old name of a division in the text.
    """

    province: str | None = None
    city: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    road: str | None = None
    house_number: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None
    group: str | None = None
    lane: str | None = None
    zone: str | None = None
    phase: str | None = None
    door_last: bool = False
    keys: tuple[str, ...] = ()
    old_name: str | None = None


def parse_normal(text: str) -> FreeParse:
    """`parse_free` of a text that is in normal form already."""
    text, lead = _start(text)
    reading = Reading(dict(lead.names))
    rest = _more_divisions(reading, text, lead.size)
    tokens = scan_tokens(rest)
    end = 0
    for index, token in enumerate(tokens):
        take_run(reading, rest[end : token.start], token)
        take_token(reading, token, tokens[index + 1] if index + 1 < len(tokens) else None)
        end = token.end
    take_run(reading, rest[end:], None)
    order = [level for level in reading.found if level in ("estate", "house_number")]
    return FreeParse(**reading.found, door_last=order[-1:] == ["house_number"], keys=lead.keys, old_name=lead.old_name)


def parse_free(text: str) -> FreeParse:
    """The levels of an address of any city.

    >>> parse = parse_free("浙江省杭州市滨江区缤纷北苑47-6-746")
    >>> parse.district, parse.estate, parse.building, parse.unit, parse.room
    ('滨江区', '缤纷北苑', '47', '6', '746')
    """
    return parse_normal(normalise_text(text))


def _start(text: str) -> tuple[str, Leading]:
    """The text from where its address begins, with the divisions there.

    `崇溪镇云南省昭通市巧家县崇溪镇花山` begins at the province, `白洋镇枝江市白洋镇` at the city.
    """
    lead = leading_divisions(text, bold=True)
    rest = text[max(lead.size, 1) :]
    later = _PROVINCE.search(text, max(lead.size, 1)) if "省" in rest or "市" in rest or "自治区" in rest else None
    if later is None and not lead.names:
        town = TOWN.match(text)
        position = town.end() if town is not None else len(text)
    else:
        position = later.start() if later is not None else len(text)
    if position == len(text):
        return text, lead
    again = leading_divisions(text[position:])
    if again.names.keys() & {"city", "district"} and len(again.names) >= len(lead.names):
        return text[position:], again
    return text, lead


def _more_divisions(reading: Reading, text: str, position: int) -> str:
    """What is left after a district or town that the table does not know."""
    if reading.has("province") and not reading.has("city", "district", "street"):
        city = _CITY.match(text, position)
        if city is not None:
            reading.put("city", city.group(1))
            position = city.end()
    if not reading.has("district", "street") and reading.has("city"):
        district = _DISTRICT.match(text, position)
        if district is not None:
            reading.put("district", district.group(1))
            position = district.end()
    if not reading.has("street"):
        town = TOWN.match(text, position)
        if town is not None:
            reading.put("street", town.group(1))
            position = town.end()
    return text[_after_repeats(reading, text, position) :]


def _after_repeats(reading: Reading, text: str, position: int) -> int:
    """Where a text goes on after divisions that are said again: `余姚市梨洲街道余姚市梨洲街道明伟村`."""
    names = [reading.found[level] for level in _DIVISIONS if level in reading.found]
    while found := [name for name in names if text.startswith(name, position)]:
        position += len(found[-1])
    return position
