"""Two ways to count the same buildings or units: `A座` for `1号楼`, `甲单元` or `II单元` for `1单元`, `2单元`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_STEMS: Final = "甲乙丙丁戊己庚辛"
SIDES: Final = frozenset("东西南北中前后")


def ordinals(key: str) -> dict[str, int]:
    """Every way of counting in which a key of a building or unit is a number: kind -> its place, from 1.

    >>> ordinals("3"), ordinals("B"), ordinals("乙"), ordinals("II"), ordinals("东")
    ({'digit': 3}, {'letter': 2}, {'stem': 2}, {'roman': 2}, {})
    """
    if key.isdigit():
        return {"digit": int(key)}
    found = {}
    if len(key) == 1 and "A" <= key <= "Z":
        found["letter"] = ord(key) - ord("A") + 1
    if key in _ROMAN:
        found["roman"] = _ROMAN.index(key) + 1
    if len(key) == 1 and key in _STEMS:
        found["stem"] = _STEMS.index(key) + 1
    return found


def counted_as(key: str, known: Collection[str]) -> str | None:
    """The key of a register's buildings or units that another way of counting means; null where it is not certain.

    Certain is what all known keys allow: they count in one way, from the first without a gap, and not in the way of
    `key`. A key that is known needs no other reading.

    >>> counted_as("A", {"1", "2", "3"}), counted_as("2", {"甲", "乙"}), counted_as("2", {"A", "C"})
    ('1', '乙', None)
    """
    named = sorted(name for name in known if name)
    wanted = ordinals(key)
    if key in named or not named or not wanted:
        return None
    for kind in ("digit", "letter", "stem", "roman"):
        counts = {ordinals(name).get(kind): name for name in named}
        if kind in wanted or set(counts) != set(range(1, len(named) + 1)):
            continue
        found = {counts[number] for number in wanted.values() if number in counts}
        return found.pop() if len(found) == 1 else None
    return None


def incomparable(key: str, known: Collection[str]) -> bool:
    """Whether a counted key cannot be held against keys that are sides: unit `1` where there are `东` and `西`."""
    return bool(ordinals(key)) and bool(known) and all(name in SIDES for name in known)
