"""Counts of incidents per place in a window of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.risk.places.grid import Floats, Ints


@dataclass(frozen=True)
class History:
    """The incidents of one class on a fixed set of places; order of the incidents means nothing.

    Attributes:
        place: per incident, the position of its place, 0 to `places` - 1.
        day: per incident, days since 1970-01-01.
        places: how many places there are, with or without incidents.
        first_day: the first day that was recorded; before it nothing is known.
    """

    place: Ints
    day: Ints
    places: int
    first_day: int

    def counts(self, from_day: int, to_day: int) -> Floats:
        """Return the number of incidents per place on days `from_day` to `to_day` - 1."""
        return self.weights(from_day, to_day, np.ones(len(self.day)))

    def weights(self, from_day: int, to_day: int, weight: Floats) -> Floats:
        """Return the sum of `weight` over the incidents of each place on days `from_day` to `to_day` - 1."""
        inside = (self.day >= from_day) & (self.day < to_day)
        return np.bincount(self.place[inside], weights=weight[inside], minlength=self.places).astype(np.float64)

    def window(self, end_day: int, weeks: int) -> int:
        """Return the first day of a window of whole weeks that ends before `end_day` and was recorded throughout.

        It has `weeks` weeks where the record is that long, otherwise as many as it has; `end_day` when it has none.
        """
        recorded = max(0, (end_day - self.first_day) // 7)
        return end_day - 7 * min(weeks, recorded)

    def newest(self, from_day: int, to_day: int) -> Ints:
        """Return the newest day with an incident at each place in the window, -1 where there is none."""
        inside = (self.day >= from_day) & (self.day < to_day)
        days = np.full(self.places, -1, dtype=np.int64)
        np.maximum.at(days, self.place[inside], self.day[inside])
        return days
