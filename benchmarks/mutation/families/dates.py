"""Dates and clocks that are off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from mutation.case import Case, Rng, columns, header_of, pick, put, some_rows, texts
from mutation.frames import Corrupted, frame_corruption

_DAY = re.compile(r"(?P<y>\d{4})(?P<a>[-/.年]?)(?P<m>\d{1,2})(?P<b>[-/.月]?)(?P<d>\d{0,2})(?P<rest>.*)", re.DOTALL)
_EPOCH = date(1899, 12, 30)
Shift = Callable[[date], date]


def rewrite(text: str | None, shift: Shift) -> str | None:
    """Return a date text with another date in the same way of writing; what is no date stays."""
    if text is None:
        return None
    if re.fullmatch(r"\d{5}", text):
        return str((shift(_EPOCH + timedelta(days=int(text))) - _EPOCH).days)
    found = _DAY.match(text)
    if not found:
        return text
    compact = not found["a"]
    if compact and not re.match(r"\d{6,8}", text):
        return text
    month, day = found["m"], found["d"]
    if compact:
        month, day = text[4:6], text[6:8]
        rest = text[8:]
    else:
        rest = found["rest"]
    try:
        new = shift(date(int(found["y"]), int(month), int(day or 1)))
    except (ValueError, OverflowError):
        return text
    wide = len(month) == 2
    shown_month = f"{new.month:02d}" if wide else f"{new.month}"
    shown_day = "" if not day else (f"{new.day:02d}" if len(day) == 2 else f"{new.day}")
    return f"{new.year:04d}{found['a']}{shown_month}{found['b']}{shown_day}{rest}"


def _years(count: int) -> Shift:
    def shift(day: date) -> date:
        return day.replace(year=day.year + count, day=min(day.day, 28))

    return shift


def _days(count: int) -> Shift:
    return lambda day: day + timedelta(days=count)


def _swap_month_and_day(day: date) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _moved(case: Case, frame: pl.DataFrame, rng: Rng, shift: Shift, low: float, high: float) -> Corrupted | None:
    column = pick(rng, columns(case, frame, "date", "timestamp"))
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    mask, share = some_rows(rng, len(frame), low, high)
    cells = pl.Series([rewrite(text, shift) for text in texts(frame, header)], dtype=pl.String)
    return put(frame, header, mask, cells), f"{header} in {share:.0%} of rows"


@frame_corruption
def century_off(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Dates are a hundred years off."""
    years = -100 if rng.random() < 0.7 else 100
    moved = _moved(case, frame, rng, _years(years), 0.08, 1.0)
    return moved and (moved[0], f"{years:+d} years: {moved[1]}")


@frame_corruption
def year_off(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Dates are one to ten years off, as when the year is typed from the wrong sheet."""
    years = int(rng.choice([-10, -5, -1, 1, 5, 10]))
    moved = _moved(case, frame, rng, _years(years), 0.3, 1.0)
    return moved and (moved[0], f"{years:+d} years: {moved[1]}")


@frame_corruption
def month_and_day_swapped(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Day and month change places wherever that gives a date."""
    moved = _moved(case, frame, rng, _swap_month_and_day, 0.6, 1.0)
    return moved and (moved[0], f"month and day swapped: {moved[1]}")


@frame_corruption
def excel_1904(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """A workbook with the 1904 date system: all dates four years and a day off."""
    days = -1462 if rng.random() < 0.5 else 1462
    moved = _moved(case, frame, rng, _days(days), 0.9, 1.0)
    return moved and (moved[0], f"{days:+d} days: {moved[1]}")


@frame_corruption
def future_dates(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Some dates lie after the delivery."""
    ahead = int(rng.integers(30, 900))
    today = case.exports[0].day
    moved = _moved(case, frame, rng, lambda _day: today + timedelta(days=ahead), 0.08, 0.5)
    return moved and (moved[0], f"{ahead} days after the delivery: {moved[1]}")


@frame_corruption
def two_digit_years(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """The century is cut off: 26-03-05."""
    column = pick(rng, columns(case, frame, "date", "timestamp"))
    header = header_of(frame, column) if column else None
    if header is None or frame.schema[header] != pl.String:
        return None
    mask, share = some_rows(rng, len(frame), 0.2, 1.0)
    cells = texts(frame, header).str.replace(r"^(19|20)(\d\d)(\D|\d{4}$)", "${2}${3}")
    return put(frame, header, mask, cells), f"{header} with two-digit years in {share:.0%} of rows"


def instants(frame: pl.DataFrame, header: str, change: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Return the clock texts or epoch milliseconds of a column after a change of the instant."""
    if frame.schema[header].is_integer():
        moved = change(pl.from_epoch(pl.col(header), time_unit="ms"))
        return frame.select(moved.dt.epoch("ms").alias("t"))["t"]
    cells = texts(frame, header)
    iso = bool(cells.str.contains("T").any())
    shape = "%Y-%m-%dT%H:%M:%S%.3f" if iso else "%Y-%m-%d %H:%M:%S"
    bare = cells.str.replace_all("/", "-").str.replace(r"\+08:00$", "")
    parsed = bare.str.to_datetime(shape, strict=False)
    told = parsed.to_frame("t").select(change(pl.col("t")).dt.strftime(shape).alias("t"))["t"]
    return (told + "+08:00" if iso else told).fill_null(cells)


@frame_corruption
def clock_eight_hours_off(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Local time was taken for UTC, or the other way round, in one clock or in all of them."""
    hours = -8 if rng.random() < 0.5 else 8
    found = columns(case, frame, "timestamp")
    if not found:
        return None
    chosen = found if rng.random() < 0.5 else [found[int(rng.integers(0, len(found)))]]
    everything = pl.Series(np.ones(len(frame), dtype=bool))
    names = [header for column in chosen if (header := header_of(frame, column)) is not None]
    for header in names:
        frame = put(frame, header, everything, instants(frame, header, lambda t: t + pl.duration(hours=hours)))
    return frame, f"{hours:+d} h: {', '.join(names)}"


@frame_corruption
def clocks_out_of_order(case: Case, frame: pl.DataFrame, rng: Rng) -> Corrupted | None:
    """Two clocks of a case change places in a share of rows: closed before it was reported."""
    found = columns(case, frame, "timestamp", "date", filled=0.2)
    if len(found) < 2:
        return None
    chosen = rng.permutation(len(found))[:2]
    first, second = (header_of(frame, found[int(i)]) for i in chosen)
    if first is None or second is None or frame.schema[first] != frame.schema[second]:
        return None
    both = texts(frame, first).is_not_null() & texts(frame, second).is_not_null()
    mask, _ = some_rows(rng, len(frame), 0.3, 0.9)
    mask = mask & both
    left, right = frame[first], frame[second]
    swapped = frame.with_columns(right.zip_with(mask, left).alias(first), left.zip_with(mask, right).alias(second))
    return swapped, f"{first} and {second} swapped in {float(mask.mean() or 0):.0%} of rows"
