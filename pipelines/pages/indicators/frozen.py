"""The months of a frozen quarter beside what is counted today: where they differ, late data changed the past."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.pages.indicators import schemas
from pipelines.pages.indicators.catalogue import Indicator
from pipelines.pages.lights import Light, light_named
from pipelines.pages.marts import Marts, Missing
from pipelines.pages.numbers import measured
from pipelines.pages.text import Text

Key = tuple[str, str, str]


@dataclass(frozen=True)
class FrozenMonth:
    """One month of one indicator of a district, as it was frozen.

    Attributes:
        quarter, frozen_on, method_version: when and by which method.
        number: the value; null where there was none.
        value: the same in words.
        light: of then.
    """

    quarter: str
    frozen_on: date
    method_version: str
    number: float | None
    value: Text
    light: Light

    def differs(self, now: float | None) -> bool:
        """Say whether the value of today is another one."""
        if self.number is None or now is None:
            return (self.number is None) != (now is None)
        return not math.isclose(self.number, now, rel_tol=1e-9, abs_tol=1e-12)


def read_frozen(marts: Marts, catalogue: Mapping[str, Indicator]) -> dict[Key, FrozenMonth] | Missing:
    """Return the frozen months of districts by indicator, district and month; of several quarters the newest freeze."""
    of_district = pl.col("area_level") == "district"
    rows = marts.read("marts.kpi_frozen", schemas.FROZEN, schemas.FROZEN_OPTIONAL, of_district)
    if isinstance(rows, Missing):
        return rows
    known = rows.filter(pl.col("indicator").is_in(list(catalogue))).sort("frozen_on", "quarter")
    return {
        (row["indicator"], row["district"], row["month"]): FrozenMonth(
            quarter=row["quarter"],
            frozen_on=row["frozen_on"],
            method_version=row["method_version"] or "",
            number=row["value"],
            value=measured(row["value"], catalogue[row["indicator"]].unit),
            light=light_named(row["light"]),
        )
        for row in known.to_dicts()
    }
