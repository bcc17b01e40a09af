"""Roads written without their side or with another kind: `汉江路` for `汉江北路`, `中山南街` for `中山南大道`.

Such a name says too little by itself: it counts only where the house number stands on one of the roads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pipelines.addresses.forms.names import DISTINCT, Guess

_ROAD: Final = re.compile(r"^(.{2,}?)([东西南北中]?)(大道|胡同|路|街|巷|弄|道)$")
_NO_SIDE: Final = 0.85
_OTHER_KIND: Final = 0.8
_BOTH: Final = 0.95
_MISREAD: Final = 0.9
_ANY: Final = "?"
_LONG_ENOUGH: Final = 3


def road_parts(name: str) -> tuple[str, str, str] | None:
    """Stem, side and kind of a road's name; null where it does not end as a road does.

    >>> road_parts("中山南大道"), road_parts("朝阳街"), road_parts("同仁里")
    (('中山', '南', '大道'), ('朝阳', '', '街'), None)
    """
    match = _ROAD.match(name)
    return (match.group(1), match.group(2), match.group(3)) if match is not None else None


class RoadStems:
    """Roads of the register by stem."""

    def __init__(self, roads: Iterable[str]) -> None:
        self._by_stem: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self._by_rest: dict[str, list[str]] = defaultdict(list)
        for name in sorted(roads):
            for place in range(len(name)):
                self._by_rest[name[:place] + _ANY + name[place + 1 :]].append(name)
            parts = road_parts(name)
            if parts is not None:
                self._by_stem[parts[0]].append((name, parts[1], parts[2]))

    def near(self, written: str) -> tuple[Guess, ...]:
        """Roads of the same stem: a side that is written is theirs too; best first, then by name."""
        parts = road_parts(written)
        if parts is None or len(written) < _LONG_ENOUGH:
            return self._misread(written)
        stem, side, kind = parts
        found = []
        for name, its_side, its_kind in self._by_stem.get(stem, ()):
            if name == written or (side and side != its_side):
                continue
            cost = _BOTH if side != its_side and kind != its_kind else _NO_SIDE if side != its_side else _OTHER_KIND
            found.append(Guess(name, cost, "fuzzy"))
        known = {guess.name for guess in found}
        found += [guess for guess in self._misread(written) if guess.name not in known]
        return tuple(sorted(found, key=lambda guess: (guess.cost, guess.name)))

    def _misread(self, written: str) -> tuple[Guess, ...]:
        """`中山乐路` for `中山东路`: one sign is another that tells no roads apart itself, so it is misread."""
        if len(written) < _LONG_ENOUGH:
            return ()
        names = {
            name
            for place, sign in enumerate(written)
            if sign not in DISTINCT
            for name in self._by_rest.get(written[:place] + _ANY + written[place + 1 :], ())
        }
        return tuple(Guess(name, _MISREAD, "fuzzy") for name in sorted(names - {written}))
