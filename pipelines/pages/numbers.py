"""How numbers are written on a page: aligned, never more exact than they are, and never about a handful of persons."""

from __future__ import annotations

import math

from pipelines.pages.text import Text, same

FEW = 10
"""Counts of persons from 1 to below this are written `<10`: the threshold of the disclosure rules for open figures."""

NOTHING = same("–")
SUPPRESSED = f"<{FEW}"


def count(value: float | None) -> str:
    """Write a whole number with thousands separators; null is a dash."""
    return NOTHING.zh if value is None else f"{round(value):,}"


def persons(value: float | None) -> str:
    """Write a count of persons; one to nine become `<10`."""
    return SUPPRESSED if is_few(value) else count(value)


def is_few(value: float | None) -> bool:
    """Say whether a count of persons is too small to be shown; 0 and null tell of nobody."""
    return value is not None and 0 < value < FEW


def about(value: float) -> Text:
    """Write a count of persons to the nearest ten, where an exact one would tell a withheld count beside it."""
    tens = f"{round(value, -1):,.0f}"
    return Text(f"约 {tens}", f"about {tens}")


def share(value: float | None) -> str:
    """Write a share 0..1 as a percentage; 100 % and 0 % only where it is exactly so."""
    if value is None:
        return NOTHING.zh
    if 0.999 < value < 1:
        return ">99.9%"
    if 0 < value < 0.001:
        return "<0.1%"
    return f"{value * 100:.1f}%" if 0 < value < 1 else f"{value * 100:.0f}%"


def days(value: float | None) -> Text:
    """Write a length of time in days."""
    if value is None:
        return NOTHING
    number = f"{value:,.1f}".removesuffix(".0")
    return Text(f"{number} 天", f"{number} day{'' if number == '1' else 's'}")


def minutes(value: float) -> Text:
    """Write a length of time in minutes, to a tenth."""
    number = f"{value:,.1f}".removesuffix(".0")
    return Text(f"{number} 分钟", f"{number} min")


def change(value: float) -> str:
    """Write a change against a base as a signed percentage; a fall has a true minus sign."""
    written = f"{value * 100:+.1f}%".replace("-", "−")
    return "0.0%" if written[1:] == "0.0%" else written


def plain(value: float) -> str:
    """Write a count whole and any other number to two decimals."""
    return count(value) if math.isclose(value, round(value)) else f"{value:,.2f}"


def measured(value: float | None, unit: str) -> Text:
    """Write a value of a mart in its unit.

    Args:
        value: null is a dash.
        unit: `share` 0..1, `days`, `minutes`, `change` (share of a base, signed), `ratio`; anything else is a count.
    """
    if value is None:
        return NOTHING
    match unit:
        case "share":
            return same(share(value))
        case "days":
            return days(value)
        case "minutes":
            return minutes(value)
        case "change":
            return same(change(value))
        case "ratio":
            return Text(f"{value:,.2f} 倍", f"{value:,.2f}×")
        case _:
            return same(plain(value))


def tick(value: float, unit: str) -> str:
    """Write a value at an axis: as short as it goes, alike in both languages."""
    if unit == "share":
        return f"{round(value * 100, 1):g}%"
    if unit == "change":
        return f"{round(value * 100, 1):+g}%".replace("-", "−").replace("+0%", "0%")
    return f"{round(value, 2):,g}"


def interval(low: float | None, high: float | None, unit: str) -> Text:
    """Write both ends of an interval; a dash when there is none."""
    if low is None or high is None:
        return NOTHING
    return Text("{low} 至 {high}", "{low} to {high}").fill(low=measured(low, unit), high=measured(high, unit))


def tells_of_few(numerator: float | None, denominator: float | None) -> bool:
    """Say whether a fraction of persons is of one to nine, or tells of so few by subtraction."""
    rest = None if numerator is None or denominator is None else denominator - numerator
    return any(is_few(part) for part in (numerator, denominator, rest))
