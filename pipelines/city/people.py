"""Names as people bear them: surname, given characters by sex and era, minority names, Latin names of foreigners."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.city.numbers import Objects
from pipelines.city.words import names, pick

MALE, FEMALE = 1, 2
HAN, MINORITY, FOREIGN = 0, 1, 2
_ERA_ENDS = (1966, 1995)
_ERAS = ("old", "mid", "new")
_SINGLE_CHARACTER_SHARE = {"old": 0.12, "mid": 0.3, "new": 0.08}
_REPEATED_SHARE = 0.03


def draw_surnames(rng: np.random.Generator, size: int) -> Objects:
    """Draw surnames with the weights of the population."""
    table = names()["surnames"]
    weights = np.array(list(table.values()), dtype=float)
    pool = np.array(list(table), dtype=object)
    chosen: Objects = pool[rng.choice(len(pool), size, p=weights / weights.sum())]
    return chosen


def draw_given(rng: np.random.Generator, sex: Any, birth_year: Any) -> Objects:
    """Draw given names of one or two characters that fit sex and year of birth."""
    size = len(sex)
    given = np.full(size, "", dtype=object)
    era = np.searchsorted(_ERA_ENDS, birth_year, side="right")
    for sex_code, prefix in ((MALE, "male"), (FEMALE, "female")):
        for number, name in enumerate(_ERAS):
            rows = np.flatnonzero((sex == sex_code) & (era == number))
            pool = names()[f"{prefix}_{name}"]
            first, second = pick(rng, pool, len(rows)), pick(rng, pool, len(rows))
            second = np.where(rng.random(len(rows)) < _REPEATED_SHARE, first, second)
            single = rng.random(len(rows)) < _SINGLE_CHARACTER_SHARE[name]
            given[rows] = np.where(single, first, first + second)
    return given


def draw_names(rng: np.random.Generator, surname: Objects, sex: Any, birth_year: Any, kind: Any) -> Objects:
    """Return full names; minority and foreign names ignore the surname."""
    result: Objects = surname + draw_given(rng, sex, birth_year)
    minority = np.flatnonzero(kind == MINORITY)
    table = names()
    result[minority] = (
        pick(rng, table["minority_first"], len(minority)) + "·" + pick(rng, table["minority_last"], len(minority))
    )
    foreign = np.flatnonzero(kind == FOREIGN)
    result[foreign] = pick(rng, table["foreign"], len(foreign))
    return result
