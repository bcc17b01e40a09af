"""What was recorded: the located incidents as days and places, and between which days the record speaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.risk.places.classes import EVERYTHING
from pipelines.risk.places.counting import History
from pipelines.risk.places.grid import Ints

EPOCH = dt.date(1970, 1, 1)
EARLY_SHARE = 0.01
"""So many of the incidents may carry a wrong early year; the record begins where the others do."""


UNLIKELY_SILENCE = 10.0
"""So many incidents should have come since the newest one: that none did has a chance of 1 in 22,000."""


@dataclass(frozen=True)
class Record:
    """The incidents that count.

    Attributes:
        incidents: incident_class, place_code, cell_index, day (days since 1970), used ones only.
        first_day: first recorded day.
        end_day: the day after the last recorded one.
    """

    incidents: pl.DataFrame
    first_day: int
    end_day: int

    def on_cells(self, name: str, cells: int) -> History:
        """Return the history of one class (or `all`) on the cells."""
        chosen = self._of(name)
        return History(_ints(chosen, "cell_index"), _ints(chosen, "day"), cells, self.first_day)

    def on_buildings(self, name: str, codes: pl.Series) -> History:
        """Return the history of one class (or `all`) on buildings, given their codes in order."""
        numbered = pl.DataFrame({"place_code": codes}).with_row_index("number")
        chosen = self._of(name).join(numbered, on="place_code")
        return History(_ints(chosen, "number"), _ints(chosen, "day"), len(codes), self.first_day)

    def _of(self, name: str) -> pl.DataFrame:
        return self.incidents if name == EVERYTHING else self.incidents.filter(pl.col("incident_class") == name)


def recorded(located: pl.DataFrame, until: dt.date) -> Record:
    """Return the record that ends with `until`.

    Args:
        located: `locate_incidents`.
        until: the last day of which the police feed can tell, by its newest delivery.
    """
    used = located.filter((pl.col("state") == "used") & (pl.col("reported_on") <= until)).select(
        "incident_class",
        "place_code",
        "cell_index",
        day=(pl.col("reported_on") - EPOCH).dt.total_days(),
    )
    days = _ints(used, "day")
    if not len(days):
        return Record(used, to_day(until) + 1, to_day(until) + 1)
    first = int(np.quantile(days, EARLY_SHARE, method="lower"))
    return Record(used, first, _end_day(days, first, to_day(until)))


def _end_day(days: Ints, first_day: int, until: int) -> int:
    """Return the day after the last recorded one: that of the newest incident where the silence since is no chance.

    A file of 1 March may hold January only. Its four silent weeks are then not counted as quiet ones.
    """
    newest = int(days.max())
    missing = (until - newest) * len(days) / (newest - first_day + 1)
    return newest + 1 if missing > UNLIKELY_SILENCE else until + 1


def last_recorded(incidents: pl.DataFrame, as_of: dt.date) -> dt.date | None:
    """Return the last day of which the police feed can tell: that of its newest delivery; null before the first."""
    newest = incidents["delivered_on"].max()
    return min(newest, as_of) if isinstance(newest, dt.date) else None


def to_day(date: dt.date) -> int:
    """Return days since 1970-01-01."""
    return (date - EPOCH).days


def to_date(day: int) -> dt.date:
    """Return the date of a number of days since 1970-01-01."""
    return EPOCH + dt.timedelta(days=day)


def _ints(incidents: pl.DataFrame, name: str) -> Ints:
    return incidents[name].cast(pl.Int64).to_numpy()
