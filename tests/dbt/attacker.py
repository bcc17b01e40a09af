"""Somebody who reads the published indicators and wants the numbers that are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

Area = tuple[str, ...]
"""District; district and street; or district, street and community."""


@dataclass(frozen=True)
class Knowledge:
    """What an attacker holds.

    Attributes:
        shown: every area that has a row, with its number, or None where it is suppressed.
        bounds: lower and upper bound of suppressed ones where known; else nothing less than 0.
        complete: areas of which the attacker knows that all cases have a street, or a community.
    """

    shown: Mapping[Area, float | None]
    bounds: Mapping[Area, tuple[float, float | None]]
    complete: frozenset[Area] = frozenset()


def intervals(known: Knowledge) -> dict[Area, tuple[float, float]]:
    """Return the narrowest interval of every suppressed number that what is shown leaves possible."""
    hidden = [area for area, number in known.shown.items() if number is None]
    parents = [area for area in known.shown if any(_is_below(area, child) for child in known.shown)]
    variables = [*hidden, *((*parent, "", "elsewhere") for parent in parents)]
    place = {name: index for index, name in enumerate(variables)}
    matrix, totals = np.zeros((len(parents), len(variables))), np.zeros(len(parents))
    for row, parent in enumerate(parents):
        matrix[row, place[(*parent, "", "elsewhere")]] = 1
        for area, sign in _equation(parent, list(known.shown)):
            number = known.shown[area]
            if number is None:
                matrix[row, place[area]] += sign
            else:
                totals[row] -= sign * number
    bounds = [known.bounds.get(name, (0, None)) for name in hidden]
    bounds += [(0, 0) if parent in known.complete else (0, None) for parent in parents]
    return {area: _interval(place[area], matrix, totals, bounds) for area in hidden}


def _is_below(parent: Area, child: Area) -> bool:
    return len(child) == len(parent) + 1 and child[: len(parent)] == parent


def _equation(parent: Area, areas: Sequence[Area]) -> Iterator[tuple[Area, int]]:
    yield parent, -1
    yield from ((child, 1) for child in areas if _is_below(parent, child))


def _interval(
    index: int, matrix: np.ndarray, totals: np.ndarray, bounds: Sequence[tuple[float, float | None]]
) -> tuple[float, float]:
    ends = []
    for sign in (1, -1):
        cost = np.zeros(matrix.shape[1])
        cost[index] = sign
        found = linprog(cost, A_eq=matrix, b_eq=totals, bounds=list(bounds), method="highs")
        if found.status == 2:
            raise ValueError("what is shown contradicts itself")
        ends.append(sign * found.fun if found.status == 0 else sign * np.inf * -1)
    return ends[0], ends[1]
