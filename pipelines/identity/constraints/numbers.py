"""What a valid number tells of itself, and whether the row that shows it contradicts it (GB 11643)."""

from __future__ import annotations

import polars as pl

BORROWED_YEARS = 14
"""A birth year on the row that differs this much from the one in the number is the youngest plausible age of a parent:
the number belongs to somebody else, unless a single wrong digit of the year explains it (1938 for 1978)."""

BIRTH_DIGITS = 8
ADULT_YEARS = 16
"""Nobody writes 先生 or 女士 of a child."""


def number_birth(number: pl.Expr) -> pl.Expr:
    """Birth date inside an 18-character number (positions 7 to 14), null where it is no date."""
    return number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def number_sex(number: pl.Expr) -> pl.Expr:
    """Sex inside an 18-character number: ``1`` where the 17th digit is odd, ``2`` where it is even."""
    digit = number.str.slice(16, 1).cast(pl.Int8, strict=False)
    return pl.when(digit.is_null()).then(None).when(digit % 2 == 1).then(pl.lit("1")).otherwise(pl.lit("2"))


def is_contradicted() -> pl.Expr:
    """The row's own birth date, or birth date and sex together, cannot be those of the number's owner.

    Expects ``birth_date, birth_precision, sex`` of the row and ``inner_birth, inner_sex`` of the number. A birth date
    that was taken from the number never contradicts it.
    """
    generation = (_years_apart() >= BORROWED_YEARS) & ~_one_wrong_digit()
    return (generation | (_other_day() & _other_sex() & (_years_apart() > 0))).fill_null(value=False)


def is_doubted() -> pl.Expr:
    """Birth date or sex of the row speaks against the number: no proof, yet too much for a mere other name."""
    other_birth = _other_day() & ~_one_wrong_digit()
    return (_years_apart() > 1).fill_null(value=False) | other_birth.fill_null(value=False) | _other_sex()


def is_confirmed() -> pl.Expr:
    """The row tells the very birth day that the number holds, in a column of its own, and no other sex."""
    same_day = (pl.col("birth_date") == pl.col("inner_birth")) & (pl.col("birth_precision") == "day")
    from_column = pl.col("birth_source").ne_missing("number")
    return (same_day & from_column).fill_null(value=False) & ~_other_sex()


def _years_apart() -> pl.Expr:
    return (pl.col("birth_date").dt.year() - pl.col("inner_birth").dt.year()).abs()


def _other_day() -> pl.Expr:
    return (pl.col("birth_precision") == "day") & (pl.col("birth_date") != pl.col("inner_birth"))


def _other_sex() -> pl.Expr:
    return (pl.col("sex") != pl.col("inner_sex")).fill_null(value=False)


def _one_wrong_digit() -> pl.Expr:
    """The two dates differ in one digit; a date of month or year precision is asked for the digits that it tells."""
    told = pl.col("birth_precision").replace_strict({"day": 8, "month": 6, "year": 4}, default=0, return_dtype=pl.Int8)
    own, inner = (pl.col(name).dt.strftime("%Y%m%d") for name in ("birth_date", "inner_birth"))
    differing = pl.sum_horizontal(
        ((own.str.slice(place, 1) != inner.str.slice(place, 1)) & (told > place)).cast(pl.Int8)
        for place in range(BIRTH_DIGITS)
    )
    # A year alone holds too few digits to tell a slip from a generation.
    return (differing == 1) & (told > 4)
