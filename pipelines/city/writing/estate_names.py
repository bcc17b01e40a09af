"""The parts of an estate's name: stem, kind, and what tells its parts apart (side, phase)."""

from __future__ import annotations

import re
from functools import cache

from pipelines.city.words import places as words
from pipelines.city.words import unruly

_REST = re.compile(r"([东西南北]区)?([一二三四]期)?$")


@cache
def split_estate(name: str) -> tuple[str, str, str]:
    """Return stem, kind and rest.

    >>> split_estate("翠湖花园二期")
    ('翠湖', '花园', '二期')
    """
    rest = _REST.search(name)
    tail = "" if rest is None else rest.group(0)
    body = name[: len(name) - len(tail)]
    kind = next((k for k in _kinds() if body.endswith(k) and len(body) > len(k) + 1), "")
    return body[: len(body) - len(kind)], kind, tail


@cache
def _kinds() -> tuple[str, ...]:
    every = {*words()["estate_kinds"], *unruly()["held_out"]["estate_kinds"]}
    return tuple(sorted(every, key=lambda kind: (-len(kind), kind)))
