"""Reads the divisions at the beginning of a text against the table of the whole country."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pipelines.addresses.country.divisions import Divisions, national_divisions
from pipelines.addresses.country.names import LEVELS, WIDTH, Written
from pipelines.addresses.free.signs import (
    BEFORE_PLACE,
    BETWEEN,
    BEYOND_TABLE,
    BOLD_NAME_AFTER,
    FULL_GOES_ON,
    GOES_ON,
    ROAD_FOLLOWS,
    TOWN,
    plain_town,
)
from pipelines.addresses.free.steps import OPEN, Step, Ways, below, find_full_step, step_to

_OTHER_ENDING: Final = ("市", "县", "区")
_CITY_ENDING: Final = ("市", "县", "旗", "州")
_TOWN_ENDING: Final = ("镇", "乡", "街道")
_AHEAD: Final = 16  # characters looked at behind a name
_ROAD_ENDING: Final = ("路", "街", "道", "巷")  # `控江路街道` is a street, `控江路` a road
_TOWNS_KEPT: Final = 65_536


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
    keys: tuple[str, ...] = OPEN
    names: dict[str, str] = field(default_factory=dict)
    old_name: str | None = None
    full: int = 0
    bold: bool = False


class LeadingReader:
    """Walks down the divisions of a text; a name counts below what stands before it."""

    def __init__(self, divisions: Divisions) -> None:
        self._ways = {name: Ways.of(ways) for name, ways in divisions.names.items()}
        self._by_start: dict[str, list[tuple[str, Ways]]] = defaultdict(list)
        for name in sorted(self._ways, key=lambda name: (-len(name), name)):
            self._by_start[name[:2]].append((name, self._ways[name]))
        self._full_steps: dict[tuple[tuple[str, ...], str], Step | None] = {}
        self._towns = lru_cache(maxsize=_TOWNS_KEPT)(divisions.streets_below)

    def read(self, text: str, *, bold: bool = False) -> Leading:
        """The divisions at the beginning of a normalised text; `bold` as in `leading_divisions`."""
        before = BEFORE_PLACE.match(text)
        walk = _Walk(text, before.end() if before is not None else 0, bold=bold)
        while self._step(walk):
            pass
        if walk.keys == OPEN and not (bold and self._take_only_town(walk)):
            return Leading()
        if "street" not in walk.names:
            self._take_town(walk)
        return Leading(walk.names, walk.position, walk.keys, walk.old_name, walk.full)

    def _step(self, walk: _Walk) -> bool:
        text, start = walk.text, _skip(walk.text, walk.position)
        for name, ways in self._by_start.get(text[start : start + 2], ()):
            if text.startswith(name, start) and self._take(walk, name, ways, start):
                return True
        return False

    def _take(self, walk: _Walk, name: str, ways: Ways, start: int) -> bool:
        end = start + len(name)
        if ways.full and FULL_GOES_ON.match(walk.text, end) is None:
            step = self._full_step(walk.keys, name)
            if step is None:
                return False
            self._go(walk, step, end)
            return True
        return bool(ways.short) and self._take_short(walk, name, ways.short, end)

    def _take_short(self, walk: _Walk, name: str, ways: list[Written], end: int) -> bool:
        if walk.text[end : end + 1] in _OTHER_ENDING:
            return self._take_other_ending(walk, name, ways, end)
        rest = walk.text[end : end + _AHEAD]
        if GOES_ON.match(rest) is not None and not self._division_after(walk, ways, rest):
            return False
        if walk.keys == OPEN:
            return self._take_first_short(walk, name, ways, end, rest)
        fits = below(ways, walk.keys)
        if not fits:
            return self._repeats(walk, ways, end, rest)
        if not (len(walk.keys[0]) == WIDTH["province"] or _plausible_short(fits, rest)):
            return False
        self._go(walk, step_to(name, fits), end)
        return True

    def _take_other_ending(self, walk: _Walk, name: str, ways: list[Written], end: int) -> bool:
        """`兰溪县` is the city of 兰溪: below what is known a district counts with any ending."""
        fits = [way for way in below(ways, walk.keys) if way.level == "district"] if walk.keys != OPEN else []
        if len(fits) != 1 or FULL_GOES_ON.match(walk.text, end + 1) is not None:
            return False
        self._go(walk, step_to(name, fits), end + 1)
        return True

    def _full_step(self, keys: tuple[str, ...], name: str) -> Step | None:
        """What a name with its ending does after what stands before it; remembered, for texts begin alike."""
        if (keys, name) not in self._full_steps:
            self._full_steps[keys, name] = find_full_step(keys, name, self._ways[name].full)
        return self._full_steps[keys, name]

    @staticmethod
    def _go(walk: _Walk, step: Step, end: int) -> None:
        walk.position = end
        if step.level is None:
            return
        if step.anew:
            walk.names, walk.old_name, walk.full = {}, None, 0
        old = step.sign.startswith("old")
        walk.keys, walk.names[step.level] = step.keys, step.name
        walk.old_name = step.name if old else walk.old_name
        walk.full += step.sign in ("full", "old")

    def _take_first_short(self, walk: _Walk, name: str, ways: list[Written], end: int, rest: str) -> bool:
        """A first name without ending counts where a division below it follows, a city also before a road."""
        for level in LEVELS[:3]:
            kept = [way for way in ways if way.level == level]
            if kept and self._continues(walk.text, end, kept):
                self._go(walk, step_to(name, kept), end)
                return True
        if ways[0].level != "district" and (not rest or BEYOND_TABLE.match(walk.text, end) is not None):
            self._go(walk, step_to(name, ways), end)
            walk.full += 1  # `安徽` is all that the text says; `香港九龙`
            return True
        cities = [way for way in ways if way.level == "city"]
        if cities and ROAD_FOLLOWS.match(rest) is not None:
            self._go(walk, step_to(name, cities), end)
            return True
        if walk.bold and len(ways) == 1 and ways[0].name.endswith("市") and BOLD_NAME_AFTER.match(rest) is not None:
            self._go(walk, step_to(name, ways), end)
            return True
        return False

    def _continues(self, text: str, position: int, ways: list[Written]) -> bool:
        """Whether a division below follows, or the same one in full (`北京北京市`)."""
        ahead = _Walk(text, position, tuple(sorted({way.key for way in ways})))
        return self._step(ahead) or self._take_town(ahead, known_only=True)

    def _repeats(self, walk: _Walk, ways: list[Written], end: int, rest: str) -> bool:
        """`温州市温州乐清市`: a short name said again before a division."""
        if not any(key.startswith(way.key) for way in ways for key in walk.keys):
            return False
        if not self._division_follows(rest) and (rest.startswith(_ROAD_ENDING) or TOWN.match(rest) is None):
            return False
        walk.position = end
        return True

    def _division_after(self, walk: _Walk, ways: list[Written], rest: str) -> bool:
        """`四川双流大桥镇`: what looks like a longer name is a town or district, where a province stands before it."""
        return self._below_follows(ways, rest) or (walk.keys != OPEN and TOWN.match(rest) is not None)

    def _below_follows(self, ways: list[Written], rest: str) -> bool:
        """`呼和浩特新城区`: what looks like a longer name is a division of it."""
        for name, found in self._by_start.get(rest[:2], ()):
            named = [way for way in found.full if way.level == "district"]
            if rest.startswith(name) and below(named, tuple(way.key for way in ways)):
                return True
        return False

    def _division_follows(self, rest: str) -> bool:
        return any(rest.startswith(name) for name, _ in self._by_start.get(rest[:2], ()))

    def _take_town(self, walk: _Walk, *, known_only: bool = False) -> bool:
        start = _skip(walk.text, walk.position)
        found = TOWN.match(walk.text, start)
        if found is not None:
            name = found.group(1)
            rows = self._towns(plain_town(name), walk.keys)
            if rows or not known_only:
                self._accept_town(walk, name, rows, found.end())
                return True
        return self._take_short_town(walk, start)

    def _take_short_town(self, walk: _Walk, start: int) -> bool:
        """`下沙12号大街`: a town without its ending, before a road or a village."""
        for size in (4, 3, 2):
            stem = walk.text[start : start + size]
            rest = walk.text[start + size : start + size + 16]
            if len(stem) < size or stem.endswith(_ROAD_ENDING) or GOES_ON.match(rest) is not None:
                continue
            if not walk.bold and ROAD_FOLLOWS.match(rest) is None:
                continue
            keys = walk.keys if walk.old_name is None else tuple(key[: WIDTH["city"]] for key in walk.keys)
            rows = self._towns(stem, keys)  # an old district may have been split
            if rows:
                self._accept_town(walk, stem, rows, start + size)
                return True
        return False

    def _take_only_town(self, walk: _Walk) -> bool:
        """`集士港春华路`: a text that begins with a town whose name exists once in the country, before a road."""
        if TOWN.match(walk.text) is not None:
            return False
        for size in (4, 3, 2):
            stem, rest = walk.text[:size], walk.text[size : size + _AHEAD]
            if (
                len(stem) < size
                or stem.endswith(_ROAD_ENDING)
                or GOES_ON.match(rest) is not None
                or ROAD_FOLLOWS.match(rest) is None
            ):
                continue
            rows = self._towns(stem, OPEN)
            if len(rows) == 1:
                self._accept_town(walk, stem, rows, size)
                return True
        return False

    def _accept_town(self, walk: _Walk, name: str, rows: list[tuple[str, str]], end: int) -> None:
        walk.names["street"] = name
        walk.position = end
        walk.full += bool(rows) and name.endswith(_TOWN_ENDING)
        if rows:
            walk.keys = tuple(sorted(code for code, _ in rows))


def _plausible_short(ways: list[Written], rest: str) -> bool:
    """`杭州滨江江陵路` names a district, `杭州滨江人家` does not; a county may stand before anything."""
    if any(way.level != "district" or way.name.endswith(_CITY_ENDING) for way in ways):
        return True
    return ROAD_FOLLOWS.match(rest) is not None or TOWN.match(rest) is not None


def _skip(text: str, position: int) -> int:
    between = BETWEEN.match(text, position)
    return between.end() if between is not None else position


@lru_cache(maxsize=1)
def _reader() -> LeadingReader:
    return LeadingReader(national_divisions())


def leading_divisions(text: str, *, bold: bool = False) -> Leading:
    """The divisions of the country at the beginning of a text in normal form, `Leading()` where there are none.

    With `bold`, the only city or county of a name counts without its ending before any name (`义乌福田市场`), which is
    right where nothing is known of the place, and wrong where estates are named after far cities.

    A name without its ending counts only where a division, or for a city a road, follows: `中山北路`, `南京西路` and
    `江苏路` are roads.

    >>> leading_divisions("江苏南京鼓楼区湖南路街道").names
    {'province': '江苏省', 'city': '南京市', 'district': '鼓楼区', 'street': '湖南路街道'}
    >>> leading_divisions("中山北路30号").names
    {}
    """
    return _reader().read(text, bold=bold)
