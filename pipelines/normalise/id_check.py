"""The arithmetic of GB 11643-1999 (公民身份号码): check character, divisions, birth date and sex inside a number.

18 signs: 6 digits of the division (GB/T 2260) where it was issued, 8 of the birth date (GB/T 7408), 3 of sequence (the
last is odd for men), a check character by ISO 7064:1983 MOD 11-2. Numbers of the first generation (GB 11643-1989) have
15 digits: no century and no check character; people born from 1900 to 1999 hold them. The same arithmetic holds for
residence permits of Hong Kong, Macao and Taiwan people (divisions 810000, 820000, 830000) and for the foreigners'
permanent residence card of 2023, whose first digit is 9.
"""

from __future__ import annotations

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
ID_LENGTH = 18
OLD_LENGTH = 15
# First two digits: provinces of GB/T 2260, permits of Hong Kong, Macao and Taiwan people (81 to 83), foreigners (9).
_PROVINCES = r"^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)"


def check_character(body: pl.Expr) -> pl.Expr:
    """Return the check character that GB 11643 demands after the 17 digits of `body`; null when they are not digits."""
    total = pl.sum_horizontal(
        *(body.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(WEIGHTS)),
        ignore_nulls=False,
    )
    return (total % 11).replace_strict(dict(enumerate(CHECK_CHARACTERS)), return_dtype=pl.String)


def is_valid(number: pl.Expr) -> pl.Expr:
    """Tell whether 18 signs are a number: the check character fits, the division can be, the birth date is a date.

    Null where `number` is null.
    """
    right = check_character(number.str.slice(0, 17)) == number.str.slice(17, 1)
    return right & number.str.contains(_PROVINCES) & birth_inside(number).is_not_null()


def birth_inside(number: pl.Expr) -> pl.Expr:
    """Return the birth date in signs 7 to 14 where it is a date of the years 1850 to 2099, else null."""
    digits = number.str.slice(6, 8)
    plausible = digits.str.contains(r"^(?:18[5-9]|19\d|20\d)\d{5}$")
    return pl.when(plausible).then(digits).str.to_date("%Y%m%d", strict=False)


def sex_inside(number: pl.Expr) -> pl.Expr:
    """Return "1" where sign 17 is odd, "2" where it is even, null where it is unknown."""
    sequence = number.str.slice(16, 1).cast(pl.Int32, strict=False)
    return pl.when(sequence % 2 == 1).then(pl.lit("1")).when(sequence % 2 == 0).then(pl.lit("2"))


def upgraded(number: pl.Expr) -> pl.Expr:
    """Return 18 signs for 15 digits of the first generation: the century 19, and the check character."""
    body = pl.concat_str(number.str.slice(0, 6), pl.lit("19"), number.str.slice(6, 9))
    return pl.concat_str(body, check_character(body))
