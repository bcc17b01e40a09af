"""The word lists of the demo city, read once from `data/reference`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.home import CHECKOUT

_REFERENCE = CHECKOUT / "data" / "reference"


@cache
def names() -> dict[str, Any]:
    """Return surnames, given characters, confusable characters and words of companies (`city_names.json`)."""
    loaded: dict[str, Any] = json.loads((_REFERENCE / "city_names.json").read_text(encoding="utf-8"))
    return loaded


@cache
def places() -> dict[str, Any]:
    """Return names of districts, streets, roads, estates and outside counties (`city_places.json`)."""
    loaded: dict[str, Any] = json.loads((_REFERENCE / "city_places.json").read_text(encoding="utf-8"))
    return loaded


@cache
def unruly() -> dict[str, Any]:
    """Return ways of writing addresses, and the names of the held-out mix (`city_unruly.json`)."""
    loaded: dict[str, Any] = json.loads((_REFERENCE / "city_unruly.json").read_text(encoding="utf-8"))
    return loaded


@cache
def clerks() -> dict[str, Any]:
    """Return ways of writing persons, and names beyond those of the plain city (`city_clerks.json`)."""
    loaded: dict[str, Any] = json.loads((_REFERENCE / "city_clerks.json").read_text(encoding="utf-8"))
    return loaded


@cache
def confusions(kind: str) -> dict[str, str]:
    """Return character -> the next character of its group, for `homophones` or `shapes`."""
    table: dict[str, str] = {}
    for group in names()[kind]:
        for position, character in enumerate(group):
            table.setdefault(character, group[(position + 1) % len(group)])
    return table


def pick(rng: np.random.Generator, values: list[str] | str, size: int) -> NDArray[np.object_]:
    """Draw `size` values with equal chances, as an array of strings."""
    pool = np.array(list(values), dtype=object)
    chosen: NDArray[np.object_] = pool[rng.integers(0, len(pool), size)]
    return chosen
