"""ISO weeks as a row without holes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

WEEKS_SHOWN = 12


def last_weeks(known: Iterable[str], shown: int = WEEKS_SHOWN) -> tuple[str, ...]:
    """Return the `shown` weeks up to the newest of `known` (`2026-W09`), oldest first; none when none is known."""
    newest = max(known, default=None)
    if newest is None:
        return ()
    year, number = newest.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return tuple((monday - timedelta(weeks=back)).strftime("%G-W%V") for back in reversed(range(shown)))
