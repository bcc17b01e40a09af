"""Cheap scalar draws from a numpy generator, for writers that go row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 4_096


class Dice:
    """Uniform draws taken from `rng` in blocks."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._left: list[float] = []

    def roll(self) -> float:
        """Return a number in 0..1."""
        if not self._left:
            self._left = self._rng.random(_BLOCK).tolist()
        return self._left.pop()

    def chance(self, share: float) -> bool:
        """Return true in `share` of the calls."""
        return self.roll() < share

    def below(self, limit: int) -> int:
        """Return a whole number in 0..limit-1."""
        return min(limit - 1, int(self.roll() * limit))

    def pick(self, values: Sequence[T]) -> T:
        """Return one of `values`, all as likely."""
        return values[self.below(len(values))]

    def weighted(self, weights: Sequence[tuple[str, float]]) -> str:
        """Return one of the names, by weight."""
        at = self.roll() * sum(weight for _, weight in weights)
        for name, weight in weights:
            at -= weight
            if at < 0:
                return name
        return weights[-1][0]
