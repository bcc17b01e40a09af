"""Dates of birth and sexes as clerks write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.city.clerks import CellHabits
from pipelines.city.writing.dates import write_dates
from pipelines.city.writing.dice import Dice

Written = tuple[date | None, str | None]
_TRIES = 4


def write_clerk_births(
    rng: np.random.Generator, days: pl.Series, habits: CellHabits, forms: dict[str, float]
) -> pl.DataFrame:
    """Write dates of birth: columns text and damage; `forms` are those of `write_dates`."""
    dice = Dice(rng)
    changed = [_changed(day, habits, dice) for day in days.cast(pl.Date).to_list()]
    texts = write_dates(rng, pl.Series([day for day, _, _ in changed], dtype=pl.Date), forms)
    own = pl.Series([text for _, text, _ in changed], dtype=pl.String)
    frame = pl.DataFrame({"date": texts, "own": own, "damage": [damage for _, _, damage in changed]})
    return frame.select(pl.coalesce("own", "date").alias("text"), "damage")


def _changed(day: date, habits: CellHabits, dice: Dice) -> tuple[date | None, str | None, str]:
    if dice.chance(habits.share):
        for _ in range(_TRIES):
            kind = dice.weighted(habits.kinds)
            changed, text = _WRITERS[kind](day, dice)
            if text is not None or changed not in (None, day):
                return changed, text, kind
    return day, None, "none"


def _lunar(day: date, dice: Dice) -> Written:
    """The day in the lunar calendar, which runs 20 to 50 days behind: written as if it were the civil one."""
    earlier = day - timedelta(days=20 + dice.below(31))
    return earlier, None


def _digit(day: date, dice: Dice) -> Written:
    number = f"{day:%Y%m%d}"
    at = dice.pick((3, 5, 6, 7))
    for shift in range(1 + dice.below(4), 10):
        changed = _date(number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :])
        if changed is not None and changed != day and changed.year < 2026:
            return changed, None
    return None, None


def _date(digits: str) -> date | None:
    month, day = int(digits[4:6]), int(digits[6:])
    if not 1 <= month <= 12 or not 1 <= day <= 28:
        return None
    return date(int(digits[:4]), month, day)


def _swapped(day: date, _dice: Dice) -> Written:
    return (date(day.year, day.day, min(day.month, 28)), None) if day.day <= 12 else (None, None)


def _decade(day: date, _dice: Dice) -> Written:
    return (day.replace(year=day.year - 10, day=min(day.day, 28)), None) if day.year < 2005 else (None, None)


def _text(form: str) -> Callable[[date, Dice], Written]:
    def write(day: date, _dice: Dice) -> Written:
        return None, form.format(y=day.year, s=day.year % 100, m=day.month, d=day.day)

    return write


_WRITERS: dict[str, Callable[[date, Dice], Written]] = {
    "missing": lambda _day, dice: (None, dice.pick(("", "", "不详", "无", "-"))),
    "year_only": lambda day, dice: (None, dice.pick((f"{day.year}", f"{day.year}年"))),
    "month_only": lambda day, dice: (None, dice.pick((f"{day:%Y-%m}", f"{day:%Y.%m}", f"{day.year}年{day.month}月"))),
    "january_first": lambda day, _dice: (date(day.year, 1, 1), None),
    "first_of_month": lambda day, _dice: (day.replace(day=1), None),
    "lunar": _lunar, "digit": _digit, "day_month_swapped": _swapped, "decade": _decade,
    "next_year": lambda day, _dice: (day.replace(year=day.year - 1, day=min(day.day, 28)), None),
    "short_year": _text("{s:02d}.{m}.{d}"), "day_lost": _text("{y}-{m:02d}-00"),
}  # fmt: skip


def write_clerk_sexes(rng: np.random.Generator, texts: pl.Series, share: float) -> pl.DataFrame:
    """Write sexes, a share of them wrong or left out: columns text and damage. `texts` are two words or codes."""
    words = texts.unique().sort().to_list()
    other = dict(zip(words, reversed(words), strict=True))
    draw = pl.Series(rng.random(len(texts)))
    frame = pl.DataFrame({"text": texts, "draw": draw}).with_columns(
        damage=pl.when(pl.col("draw") < share * 0.4)
        .then(pl.lit("wrong"))
        .when(pl.col("draw") < share)
        .then(pl.lit("missing"))
        .otherwise(pl.lit("none"))
    )
    text = (
        pl.when(pl.col("damage") == "wrong")
        .then(pl.col("text").replace_strict(other, return_dtype=pl.String))
        .when(pl.col("damage") == "none")
        .then("text")
    )
    return frame.select(text.alias("text"), "damage")
