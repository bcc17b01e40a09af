"""Reads the divisions at the beginning of a text against the table of the whole country."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pipelines.addresses.division_names import LEVELS, NEEDS_PARENT, Written
from pipelines.addresses.divisions import Divisions, national_divisions

_HAN: Final = r"[\u4e00-\u9fff]"
_BETWEEN: Final = re.compile(r"(?:[-_,，、.·/\\|:：;；()]|NULL|市辖区|中国(?=[\u4e00-\u9fff]{2,3}[省市]))+")
_PLACE_ENDING: Final = (
    r"路|街(?!道)|大道|道|巷|弄|桥|里|坊|村|镇|乡|街道|社区|庄|站|港|湾|广场|大厦|大楼|酒店|宾馆|饭店|花园|花苑|家园|"
    r"新村|小区|公寓|商城|商厦|商场|市场|医院|大学|学院|中学|小学|学校|银行|公司|集团|工业|科技|国际|中心|名都|城"
)
# What makes a name without its ending part of a longer name: `中山北路`, `南京西路`, `杭州大厦`.
_GOES_ON: Final = re.compile(rf"[东西南北中上下新老旧前后一二三四五六七八九十环外内大]{{0,2}}(?:{_PLACE_ENDING})")
_FULL_GOES_ON: Final = re.compile(r"(?:(?<=市)场(?!桥)|(?<=市)(?:民|区)(?:中心|广场)|(?<=县)道|(?<=区)(?:块|间))")
_TOWN: Final = re.compile(
    rf"({_HAN}{{1,6}}?(?:街道(?:办事处|办)?|[镇乡](?=[镇乡](?![村里]))[镇乡]|镇(?!海[区市]|江市|[东西南北中]?[路街巷])|"
    rf"乡(?![村路街]|镇企业)|苏木))"
)
_ROAD_FOLLOWS: Final = re.compile(
    rf"{_HAN}{{2,6}}?(?:路|街(?!道)|大道)|{_HAN}{{2,4}}?(?:镇|街道)|\d+号?(?:大街|路|街)|{_HAN}{{1,5}}?(?:村|社区)|{_HAN}{{0,6}}?(?:开发区|工业园?区)"
)
_CITY_ENDING: Final = ("市", "县", "旗", "州")


@dataclass(frozen=True, slots=True)
class Leading:
    """The divisions at the beginning of a text.

    Attributes:
        names: full names of today by level (an old name as written), as far as the text goes.
        size: characters read.
        keys: the code digits of what may be meant; one where it is sure, empty where nothing was read.
        old_name: the last old name among the names.
        full: how many of the names stand there with their ending, or are a town of the table.
    """

    names: dict[str, str] = field(default_factory=dict)
    size: int = 0
    keys: tuple[str, ...] = ()
    old_name: str | None = None
    full: int = 0


@dataclass(slots=True)
class _Walk:
    """How far a text is read."""

    text: str
    position: int = 0
    keys: tuple[str, ...] = ("",)
    names: dict[str, str] = field(default_factory=dict)
    old_name: str | None = None
    full: int = 0


class LeadingReader:
    """Walks down the divisions of a text; a name counts below what stands before it."""

    def __init__(self, divisions: Divisions) -> None:
        self._divisions = divisions
        self._by_start: dict[str, list[tuple[str, tuple[Written, ...]]]] = defaultdict(list)
        for name in sorted(divisions.names, key=lambda name: (-len(name), name)):
            self._by_start[name[:2]].append((name, divisions.names[name]))

    def read(self, text: str) -> Leading:
        """The divisions at the beginning of a normalised text."""
        walk = _Walk(text)
        while self._step(walk):
            pass
        if walk.keys == ("",):
            return Leading()
        if "street" not in walk.names:
            self._take_town(walk)
        return Leading(walk.names, walk.position, walk.keys, walk.old_name, walk.full)

    def _step(self, walk: _Walk) -> bool:
        between = _BETWEEN.match(walk.text, walk.position)
        start = between.end() if between is not None else walk.position
        for name, ways in self._by_start.get(walk.text[start : start + 2], ()):
            if walk.text.startswith(name, start) and self._take(walk, name, ways, start):
                return True
        return False

    def _take(self, walk: _Walk, name: str, ways: tuple[Written, ...], start: int) -> bool:
        rest = walk.text[start + len(name) : start + len(name) + 16]
        named = [way for way in ways if way.sign in ("full", "old")]
        if named and not _FULL_GOES_ON.match(walk.text, start + len(name)):
            return self._take_full(walk, name, named, start)
        short = [way for way in ways if way.sign in ("short", "old short")]
        if not short or (_GOES_ON.match(rest) is not None and not self._below_follows(short, rest)):
            return False
        if walk.keys == ("",):
            return self._take_first_short(walk, name, short, start, rest)
        fits = _below(short, walk.keys)
        if not fits:
            return self._repeats(walk, name, short, start, rest)
        if not self._plausible_short(fits, rest):
            return False
        self._accept(walk, name, fits, start)
        return True

    def _take_full(self, walk: _Walk, name: str, ways: list[Written], start: int) -> bool:
        if walk.keys == ("",):
            if name in NEEDS_PARENT:
                return False
            self._accept(walk, name, [way for way in ways if way.sign == "full"] or ways, start)
            return True
        fits = _below(ways, walk.keys)
        if fits:
            self._accept(walk, name, [way for way in fits if way.sign == "full"] or fits, start)
            return True
        if any(key.startswith(way.key) for way in ways for key in walk.keys):
            walk.position = start + len(name)  # `浙江省杭州市浙江省杭州市余杭区`
            return True
        if ways[0].level == "province":  # the address begins anew
            walk.keys, walk.names, walk.old_name, walk.full = ("",), {}, None, 0
            self._accept(walk, name, ways, start)
            return True
        return False

    def _take_first_short(self, walk: _Walk, name: str, ways: list[Written], start: int, rest: str) -> bool:
        """A first name without ending counts where a division below it follows, a city also before a road."""
        for level in LEVELS[:3]:
            kept = [way for way in ways if way.level == level]
            if kept and self._continues(walk.text, start + len(name), kept):
                self._accept(walk, name, kept, start)
                return True
        cities = [way for way in ways if way.level == "city"]
        if cities and _ROAD_FOLLOWS.match(rest) is not None:
            self._accept(walk, name, cities, start)
            return True
        return False

    def _continues(self, text: str, position: int, ways: list[Written]) -> bool:
        """Whether a division below follows, or the same one in full (`北京北京市`)."""
        ahead = _Walk(text, position, tuple(sorted({way.key for way in ways})))
        return self._step(ahead) or self._take_town(ahead, known_only=True)

    def _plausible_short(self, ways: list[Written], rest: str) -> bool:
        if any(way.level != "district" or way.name.endswith(_CITY_ENDING) for way in ways):
            return True
        return _ROAD_FOLLOWS.match(rest) is not None or _TOWN.match(rest) is not None

    def _repeats(self, walk: _Walk, name: str, ways: list[Written], start: int, rest: str) -> bool:
        """`温州市温州乐清市`: a short name said again before a division."""
        if not any(key.startswith(way.key) for way in ways for key in walk.keys):
            return False
        if not self._division_follows(rest) and _TOWN.match(rest) is None:
            return False
        walk.position = start + len(name)
        return True

    def _below_follows(self, ways: list[Written], rest: str) -> bool:
        """`呼和浩特新城区`: what looks like a longer name is a division of it."""
        for name, found in self._by_start.get(rest[:2], ()):
            named = [way for way in found if way.sign == "full" and way.level == "district"]
            if rest.startswith(name) and _below(named, tuple(way.key for way in ways)):
                return True
        return False

    def _division_follows(self, rest: str) -> bool:
        return any(rest.startswith(name) for name, _ in self._by_start.get(rest[:2], ()))

    def _accept(self, walk: _Walk, name: str, ways: list[Written], start: int) -> None:
        keys = {way.key for way in ways}
        tops = [way for way in ways if not any(other != way.key and way.key.startswith(other) for other in keys)]
        top = tops[0]
        written_old = top.sign.startswith("old")
        walk.full += top.sign in ("full", "old")
        if walk.names.get(top.level) is None or top.level != "city":
            walk.names[top.level] = name if written_old else top.name
        walk.old_name = name if written_old else walk.old_name
        walk.keys = tuple(sorted({way.key for way in tops}))
        walk.position = start + len(name)

    def _take_town(self, walk: _Walk, *, known_only: bool = False) -> bool:
        between = _BETWEEN.match(walk.text, walk.position)
        start = between.end() if between is not None else walk.position
        found = _TOWN.match(walk.text, start)
        if found is not None:
            name = found.group(1)
            rows = self._divisions.streets_below(_plain_town(name), walk.keys)
            if rows or not known_only:
                self._accept_town(walk, name, rows, found.end())
                return True
        return self._take_short_town(walk, start)

    def _take_short_town(self, walk: _Walk, start: int) -> bool:
        """`下沙12号大街`: a town without its ending, before a road or a village."""
        for size in (4, 3, 2):
            stem = walk.text[start : start + size]
            rest = walk.text[start + size : start + size + 16]
            if len(stem) < size or _GOES_ON.match(rest) is not None or _ROAD_FOLLOWS.match(rest) is None:
                continue
            rows = self._divisions.streets_below(stem, walk.keys)
            if rows:
                self._accept_town(walk, stem, rows, start + size)
                return True
        return False

    def _accept_town(self, walk: _Walk, name: str, rows: list[tuple[str, str]], end: int) -> None:
        walk.names["street"] = name
        walk.position = end
        walk.full += bool(rows) and name.endswith(("镇", "乡", "街道"))
        if rows:
            walk.keys = tuple(sorted(code for code, _ in rows))


def _below(ways: list[Written], keys: tuple[str, ...]) -> list[Written]:
    """Those that lie below one of the keys, and are not one of them."""
    return [way for way in ways if way.key not in keys and any(way.below(key) for key in keys)]


def _plain_town(name: str) -> str:
    return re.sub(r"街道办(?:事处)?$", "街道", name)


@lru_cache(maxsize=1)
def _reader() -> LeadingReader:
    return LeadingReader(national_divisions())


def leading_divisions(text: str) -> Leading:
    """The divisions of the country at the beginning of a text in normal form, `Leading()` where there are none.

    A name without its ending counts only where a division, or for a city a road, follows: `中山北路`, `南京西路` and
    `江苏路` are roads.

    >>> leading_divisions("江苏南京鼓楼区湖南路街道").names
    {'province': '江苏省', 'city': '南京市', 'district': '鼓楼区', 'street': '湖南路街道'}
    >>> leading_divisions("中山北路30号").names
    {}
    """
    return _reader().read(text)
