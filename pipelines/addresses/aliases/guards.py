"""What must never be learned as another name of a place, whatever supports it."""

from __future__ import annotations

import re
from typing import Final

from pipelines.addresses.country.divisions import national_divisions
from pipelines.addresses.forms.names import DISTINCT, GENERIC, Guess, NameResolver, core_of
from pipelines.addresses.register.index import Register, Site

NEAR_OTHER: Final = "near_other_name"
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_PHASE: Final = re.compile(r"(\d+|[一二三四五六七八九十]+)期")
_SIDES: Final = frozenset("东西南北")
_ONLY_GENERIC: Final = re.compile(
    r"^(?:(?:住宅|生活|单位|职工|集体|老|新|本|该|原|旧|大|小)*"
    r"(?:小区|家属[院楼区]?|宿舍楼?|大院|院|花园|家园|新村|公寓|生活区|住宅|安置房|拆迁房|平房|自建房|楼房|大厦|广场|商铺|门面|楼|房|村|区|号))+$"
)
_NO_HOME: Final = re.compile(
    r"(?:超市|商店|便利店|小卖部|店|餐厅|饭馆|酒楼|餐馆|面馆|诊所|药房|公司|有限|网吧|理发|发廊|美容|银行|彩票|快递|驿站|幼儿园|厂房|仓库|办公室|物业|居委会|派出所|租户|业主|户主|先生|女士|家)$"
)
_LONGEST: Final = 16
_DIVISION: Final = re.compile(r"(?:省|市|县|镇|乡|街道|街道办|社区|居委会|村委会)$")


def guard_estate(name: str, site: Site, register: Register, read_as: tuple[Guess, ...]) -> str | None:
    """Why `name` must not be learned for an estate; null where nothing speaks against it.

    Args:
        name: the unknown name, as the parser leaves it.
        site: the estate that it is said to be.
        register: the register without what was learned.
        read_as: what the parser takes the name for by itself: a slip or a short form of a name of the register.

    Returns:
        `generic`, `in_register`, `no_home` (a shop, an office, a person's home), `division`, `form`, `contradiction`
        (another phase or side than the estate's), `read_so` (a slip of this estate's own name: nothing to learn), or
        `NEAR_OTHER`: it may as well be another estate's name with a slip, so that a steward must say it.
    """
    plain = _plain_guard(name, register)
    if plain is not None:
        return plain
    if _NO_HOME.search(name):
        return "no_home"
    if _DIVISION.search(name) or national_divisions().find(None, None, name):
        return "division"
    if site.estate and contradicts(name, site.estate):
        return "contradiction"
    places = {index for guess in read_as for index, _ in register.estates[guess.name]}
    if places == {site.index}:
        return "read_so"
    return NEAR_OTHER if places else None


def guard_road(name: str, road: str, register: Register) -> str | None:
    """The same for a road: also `form` where it does not end as a road does."""
    plain = _plain_guard(name, register)
    if plain is not None:
        return plain
    if not re.search(r"(?:路|街|巷|弄|道|胡同)$", name):
        return "form"
    if contradicts(name, road):
        return "contradiction"
    others = [other for other, found in register.roads.items() if all(current != road for current, _ in found)]
    near = NameResolver(dict.fromkeys(others, "parsed"), short_forms=False).resolve(name)
    return NEAR_OTHER if near else None


def _plain_guard(name: str, register: Register) -> str | None:
    if not 2 <= len(name) <= _LONGEST or len(_HAN.findall(name)) < 2:
        return "form"
    if _ONLY_GENERIC.match(name) or GENERIC.sub("", name) == "":
        return "generic"
    known = name in register.estates or name in register.roads
    if known or any(name in names for names in register.divisions.values()):
        return "in_register"
    return None


def contradicts(written: str, name: str) -> bool:
    """Whether two like names differ in what tells neighbours apart: `翠湖二期` for `翠湖花园一期`, `东苑` for `西苑`.

    A name that shares nothing with the other says nothing about it: `粮站大院` may well be `翠湖花园一期`.
    """
    phases = [set(_PHASE.findall(text)) for text in (written, name)]
    if all(phases) and phases[0] != phases[1]:
        return True
    shared = set(core_of(written)) & set(core_of(name)) - DISTINCT
    if not shared:
        return False
    if phases[0] != phases[1]:
        return True  # `翠湖` of an estate in phases is any of them
    sides = [_SIDES & set(text) for text in (written, name)]
    return sides[0] != sides[1]
