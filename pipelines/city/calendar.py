"""When each feed is delivered in a city that lives through months, and how much happens between two deliveries.

Without a calendar every feed has something to send on every night, as suits a city of three nights. With one, feeds
keep their departments' rhythm: machines every day, counters on office days, registers on Mondays, lists of people on
the first of the month, surveys on the first of a quarter; now and then a weekly file comes a day late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

_DAILY = ("sensors_events", "police_incidents", "property_workorders")
_OFFICE_DAYS = ("police_residents", "housing_leases")
_MONTHLY = ("civil_affairs_benefits", "civil_affairs_elderly", "property_occupants", "street_office_readiness")
_QUARTERLY = ("street_office_surveys",)
QUARTERS = (3, 6, 9, 12)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The rhythm of a city's deliveries.

    Attributes:
        pace: of moves, births, deaths and new phones, as a share of a short demo city's, which crowds a year's events
            into a few nights.
        activity: how many times as much happens at a place: incidents, disputes, work orders. A small city then sends
            files as long as those of a whole district.
        history_days: days of such happenings in the first delivery.
        renewals: leases renewed a night, on average.
        late_share: chance that a weekly file comes on Tuesday.
    """

    pace: float = 0.3
    activity: float = 120.0
    history_days: int = 60
    renewals: float = 3.0
    late_share: float = 0.06

    def nights_of(self, feed: str, seed: int, start: date, nights: int) -> list[int]:
        """Return the nights on which a feed is delivered, the first night always among them.

        Args:
            feed: `<department>_<feed>`.
            seed: of the city; it says which weeks are late.
            start: date of night 0.
            nights: of the city.
        """
        days = [start + timedelta(days=night) for night in range(nights)]
        if feed in _DAILY:
            return list(range(nights))
        if feed in _OFFICE_DAYS:
            return [n for n, day in enumerate(days) if n == 0 or day.weekday() < SATURDAY or day.day == 1]
        if feed in _MONTHLY:
            return [n for n, day in enumerate(days) if n == 0 or day.day == 1]
        if feed in _QUARTERLY:
            return [n for n, day in enumerate(days) if n == 0 or (day.day == 1 and day.month in QUARTERS)]
        rng = np.random.default_rng([seed, *f"late/{feed}".encode()])
        mondays = [n for n, day in enumerate(days) if day.weekday() == 0 and n > 0]
        late = rng.random(len(mondays)) < self.late_share
        moved = [n + int(is_late) for n, is_late in zip(mondays, late, strict=True)]
        return [0, *(n for n in moved if n < nights)]
