"""Clean nights, and how often they raise an alarm all the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mutation.alarms import Alarm, news

QUIET_NIGHTS = 10


def false_alarms(told: Mapping[date, list[Alarm]], nights: int = QUIET_NIGHTS) -> dict[date, list[Alarm]]:
    """Return what each of the last `nights` clean nights says that no earlier night said.

    What fails on every night is known, and no alarm. What the door counts is not asked: an unread cell more or less is
    no alarm of its own, the rules of drift judge it.

    Args:
        told: date -> alarms of the clean nights, in any order.
        nights: how many of the newest are judged.
    """
    days = sorted(told)
    found = {}
    for position in range(len(days) - nights, len(days)):
        before = [alarm for day in days[:position] for alarm in told[day]]
        fresh = news([alarm for alarm in told[days[position]] if alarm.layer != "door"], before)
        found[days[position]] = fresh
    return found
