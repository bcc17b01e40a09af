"""Quarters: their names, their months, and from which day on one can be frozen. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.errors import StreetlakeError

_NAME = re.compile(r"(2[0-9]{3})[-_ ]?Q([1-4])", re.IGNORECASE)
_MONTHS = 3


class FreezeRefused(StreetlakeError):
    """A quarter cannot be frozen, or not yet; the message says why, and when it can be."""


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a calendar year, such as 2026Q4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read `2026Q4`, also `2026-q4`.

        Raises:
            FreezeRefused: when it is no quarter.
        """
        found = _NAME.fullmatch(text.strip())
        if found is None:
            raise FreezeRefused(f"{text!r} is no quarter: write it as 2026Q4.")
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        """`2026Q4`; names sort as quarters do."""
        return f"{self.year}Q{self.number}"

    @property
    def months(self) -> tuple[str, str, str]:
        """Its three months as `2026-10`."""
        first, second, third = (self.number * _MONTHS - back for back in (2, 1, 0))
        return f"{self.year}-{first:02d}", f"{self.year}-{second:02d}", f"{self.year}-{third:02d}"

    @property
    def free_from(self) -> date:
        """The first day after it: a delivery of that day or later can tell of its last day."""
        year, month = (self.year + 1, 1) if self.number == 4 else (self.year, self.number * _MONTHS + 1)
        return date(year, month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.free_from - timedelta(days=1)
