"""Which month of an indicator is shown: the newest that can be judged, and the same one for every area."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

MONTHS_SHOWN = 24
OPEN_MONTH_REASONS = ("incomplete", "too_small", "suppressed", "no_value")
"""Why a light may be grey for no other reason than that its month is still running."""
LONGEST_SILENCE_HOURS = 3 * 31 * 24
"""An indicator that has had nothing to count for three months is no longer told as if it were of today."""

LEVEL_ORDER = {"district": 0, "street": 1, "community": 2}


def running_month(as_of: date | None, kpi: pl.DataFrame) -> str:
    """Return the month that is not over: that of `as_of` unless it is its last day, without one the newest of all."""
    if as_of is None:
        newest = kpi["month"].max()
        return newest if isinstance(newest, str) else ""
    return "" if (as_of + timedelta(days=1)).day == 1 else f"{as_of:%Y-%m}"


def shown_months(kpi: pl.DataFrame, running: str) -> dict[str, str]:
    """Return the month to be shown of every indicator.

    It is the newest month of the highest level of areas; the running one is passed over while it is too young to be
    judged, where an earlier one is there.
    """
    young = (pl.col("month") == running) & pl.col("light_reason").is_in(OPEN_MONTH_REASONS)
    level = pl.col("area_level").replace_strict(LEVEL_ORDER, default=9)
    ranked = (
        kpi.with_columns(level=level)
        .filter(pl.col("level") == pl.col("level").min().over("indicator"))
        .with_columns(young=young)
        .sort("indicator", "young", "month", descending=[False, False, True])
        .group_by("indicator", maintain_order=True)
        .first()
    )
    return dict(zip(ranked["indicator"], ranked["month"], strict=True))


def axis_of(kpi: pl.DataFrame) -> tuple[str, ...]:
    """Return the months of the pictures, oldest first: up to two years, without a gap, that end with the newest."""
    newest = kpi["month"].max()
    oldest = kpi["month"].min()
    if not isinstance(newest, str) or not isinstance(oldest, str):
        return ()
    last = month_number(newest)
    first = max(month_number(oldest), last - MONTHS_SHOWN + 1)
    return tuple(month_name(number) for number in range(first, last + 1))


def is_too_old(month: str, as_of: date | None, max_age_hours: float | None) -> bool:
    """Say whether a month ended so long before `as_of` that its value no longer tells of today."""
    if as_of is None:
        return False
    ended = date.fromisoformat(f"{month_name(month_number(month) + 1)}-01")
    return (as_of - ended).days * 24 > max(max_age_hours or 0, LONGEST_SILENCE_HOURS)


def month_number(month: str) -> int:
    """Return a number that grows by one from month to month."""
    year, _, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1


def month_name(number: int) -> str:
    """Return `2026-03` of its number."""
    return f"{number // 12}-{number % 12 + 1:02d}"
