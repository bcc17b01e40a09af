"""Chinese ID numbers as departments write them, read as evidence of a person.

Rules: GB 11643-1999 (公民身份号码): 6 digits of division, 8 of birth date, 3 of sequence (the last is odd for men),
and a check character by ISO 7064 MOD 11-2. Numbers of the first generation (GB 11643-1989) have 15 digits, without
the century and the check character, and belong to people born from 1900 to 1999.

Everything is a Polars expression over the distinct texts of a column, so that the cost follows the distinct values.
"""

from __future__ import annotations

import polars as pl

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
ID_LENGTH = 18
OLD_LENGTH = 15
# What vendors draw over hidden digits, after NFKC (a full-width asterisk is one already).
MASK_SIGNS = r"[*×✱✻●○◯■□•·#?？_…某]"
# Letters that typists and scanners put for digits; a passport has letters at its head and is kept apart by length.
LOOK_ALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
MAX_LETTERS = 7  # every zero of a number typed as O
MIN_TAIL = 4
MAX_TAIL = 6

SCHEMA: dict[str, pl.DataType] = {
    "id_text": pl.String(),
    "id_kind": pl.String(),
    "id_number": pl.String(),
    "id_pattern": pl.String(),
    "id_birth_date": pl.Date(),
    "id_birth_precision": pl.String(),
    "id_sex": pl.String(),
}


def parse_ids(texts: pl.Series) -> pl.DataFrame:
    """Read every text of a column as evidence of an ID number.

    Args:
        texts: one text a row, as delivered; null where the cell is empty.

    Returns:
        One row a text, in the same order: `id_text` (trimmed, null when blank); `id_kind` (valid, invalid, masked,
        tail, passport, none); `id_number` (18 characters for `valid` and for `invalid` of the right shape; the
        passport's own number for `passport`); `id_pattern` (18 characters with `*` for the unknown ones, for
        everything of which digits are known by their place); `id_birth_date` and `id_birth_precision` (day, or year
        when only the year is known; null when the date is not real or the number is invalid), `id_sex` ("1" male, "2"
        female, null when hidden).

    Example:
        >>> parse_ids(pl.Series(["990102198012132159", "2159", None]))["id_kind"].to_list()
        ['valid', 'tail', 'none']
    """
    keys = texts.cast(pl.String).rename("key").to_frame()
    parsed = _parse_distinct(keys.unique(maintain_order=True))
    return keys.join(parsed, on="key", how="left", nulls_equal=True, maintain_order="left").select(*SCHEMA)


def check_character(body: pl.Expr) -> pl.Expr:
    """Return the check character that GB 11643 demands after the 17 digits of `body`; null when they are not digits."""
    total = pl.sum_horizontal(
        *(body.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(WEIGHTS)),
        ignore_nulls=False,
    )
    return (total % 11).replace_strict(dict(enumerate(CHECK_CHARACTERS)), return_dtype=pl.String)


def _parse_distinct(keys: pl.DataFrame) -> pl.DataFrame:
    steps = keys.with_columns(id_text=_trimmed(pl.col("key")))
    steps = steps.with_columns(code=_clean(pl.col("id_text")))
    steps = steps.with_columns(code=_repair_letters(pl.col("code")))
    steps = steps.with_columns(full=_full_number(pl.col("code")), pattern=_pattern(pl.col("code")))
    steps = steps.with_columns(id_kind=_kind())
    steps = steps.with_columns(
        id_number=pl.when(pl.col("id_kind").is_in(["valid", "invalid"]))
        .then(pl.col("full"))
        .when(pl.col("id_kind") == "passport")
        .then(pl.col("code")),
        id_pattern=pl.when(pl.col("id_kind").is_in(["passport", "none"])).then(None).otherwise(pl.col("pattern")),
    )
    return steps.with_columns(**_birth_and_sex())


def _trimmed(text: pl.Expr) -> pl.Expr:
    bare = text.str.replace_all("\u00a0", " ").str.strip_chars(" \t\r\n\u3000'\"`’‘“”")
    return pl.when(bare != "").then(bare)


def _clean(text: pl.Expr) -> pl.Expr:
    """Full-width to ASCII, no spaces or labels, one sign for every mask, a spreadsheet number written out."""
    code = text.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s\u200b\ufeff'\"]", "")
    code = code.str.replace(r"^(?:公民)?(?:居民)?(?:身份证|证件)?(?:号码|号)?[::]", "").str.replace(
        r"^(\d{15,18})\.0+$", "$1"
    )
    code = code.str.replace_all(r"\.\.+", "*").str.replace_all(MASK_SIGNS, "*")
    code = code.str.replace(r"^(\d{6}|\d{10}|\d{14})-(\d)", "$1$2").str.replace(r"^(\d{14})-(\d{3}[\dX])$", "$1$2")
    body = code.str.head(-1).str.replace_all("X", "*")  # 320106XXXXXXXX1234: an X inside hides a digit
    hidden = body.str.ends_with("*") & code.str.ends_with("X") & body.str.contains(r"\*{3}$")
    masked_by_x = code.str.contains(r"X{3}") & code.str.contains(r"^[\dX*]+$")
    by_x = pl.concat_str(body, pl.when(hidden).then(pl.lit("*")).otherwise(code.str.tail(1)))
    code = pl.when(masked_by_x).then(by_x).otherwise(code)
    return pl.when(code != "").then(code)


def _repair_letters(code: pl.Expr) -> pl.Expr:
    repaired = code.str.replace_many(LOOK_ALIKES)
    long_enough = code.str.len_chars().is_in([OLD_LENGTH, ID_LENGTH])
    mostly_digits = code.str.count_matches(r"\d") >= code.str.len_chars() - MAX_LETTERS
    number = repaired.str.contains(r"^\d{15}$|^\d{17}[\dX]$")
    # 外国人永久居留证 of the old form (three letters, twelve digits) has the length of an old ID number.
    permit = code.str.contains(r"^[A-Z]{3}\d{12}$")
    return pl.when(long_enough & mostly_digits & number & ~permit).then(repaired).otherwise(code)


def _full_number(code: pl.Expr) -> pl.Expr:
    """18 characters for a number of 18, or of 15 brought to 18; null for everything else."""
    upgraded = pl.concat_str(code.str.slice(0, 6), pl.lit("19"), code.str.slice(6, 9))
    return (
        pl.when(code.str.contains(r"^\d{17}[\dX]$"))
        .then(code)
        .when(code.str.contains(r"^\d{15}$"))
        .then(pl.concat_str(upgraded, check_character(upgraded)))
    )


def _pattern(code: pl.Expr) -> pl.Expr:
    """18 characters, `*` where unknown: from a full number, a mask of any width, a tail, or what Excel left of it."""
    head = code.str.extract(r"^(\d*)\*", 1)
    tail = code.str.extract(r"\*(\d*[\dX]?)$", 1)
    known = head.str.len_chars() + tail.str.len_chars()
    stretched = pl.concat_str(head, _stars(ID_LENGTH - known.cast(pl.Int64)), tail)
    excel = code.str.extract(r"^(\d(?:\.\d+)?)E\+?1[47]$", 1).str.replace(".", "", literal=True)
    short = code.str.extract(r"^(\d{3,7}[\dX])$", 1)
    full = _full_number(code)
    # 990102198012132000: a spreadsheet keeps fifteen digits of a number and writes zeros for the rest.
    rounded = full.str.ends_with("000") & (check_character(full.str.slice(0, 17)) != full.str.slice(17, 1))
    return (
        pl.when(rounded)
        .then(pl.concat_str(full.str.slice(0, 15), pl.lit("***")))
        .when(full.is_not_null())
        .then(full)
        .when(code.str.contains(r"^[\d*]{15}$") & code.str.contains(r"^\d{6}\*{6}"))
        .then(pl.concat_str(code.str.slice(0, 6), pl.lit("**"), code.str.slice(6, 9), pl.lit("*")))
        .when(code.str.contains(r"^[\d*]{17}[\dX*]$") & code.str.contains(r"\d"))
        .then(code)
        .when(code.str.contains(r"^\d*\*+\d*[\dX]?$") & (known >= 1) & (known < ID_LENGTH))
        .then(stretched)
        .when(excel.str.len_chars().is_between(2, 15) & code.str.contains(r"17$"))
        .then(pl.concat_str(_without_rounding(excel), _stars(ID_LENGTH - _without_rounding(excel).str.len_chars())))
        .when(short.str.len_chars().is_between(MIN_TAIL, MAX_TAIL))
        .then(pl.concat_str(_stars(ID_LENGTH - short.str.len_chars().cast(pl.Int64)), short))
    )


def _without_rounding(digits: pl.Expr) -> pl.Expr:
    """Drop the last digit that Excel shows, which it may have rounded up."""
    return pl.when(digits.str.len_chars() > 1).then(digits.str.head(-1)).otherwise(digits)


def _stars(count: pl.Expr) -> pl.Expr:
    return pl.lit("*" * ID_LENGTH).str.slice(0, count.cast(pl.Int64).clip(0, ID_LENGTH))


def _kind() -> pl.Expr:
    code, full, pattern = pl.col("code"), pl.col("full"), pl.col("pattern")
    right_check = check_character(full.str.slice(0, 17)) == full.str.slice(17, 1)
    valid = right_check & full.str.contains(r"^[1-9]") & _date(full.str.slice(6, 8)).is_not_null()
    passport = code.str.contains(r"^[A-Z]{1,2}\d{6,10}$|^[A-Z]{3}\d{12}$|^\d{1,2}[A-Z]\d{6}$")
    return (
        pl.when(code.is_null())
        .then(pl.lit("none"))
        .when(valid)
        .then(pl.lit("valid"))
        .when(full.is_not_null() | code.str.contains(r"^\d(?:\.\d+)?E\+?\d+$"))
        .then(pl.lit("invalid"))
        .when(passport)
        .then(pl.lit("passport"))
        .when(pattern.is_null())
        .then(pl.lit("invalid"))
        .when(code.str.contains("*", literal=True) & pattern.str.contains(r"^[\d*]*\d[\d*]*[\dX*]$"))
        .then(
            pl.when(pattern.str.contains(r"^\*{12}\d{5}[\dX]$|^\*{14}\d{3}[\dX]$"))
            .then(pl.lit("tail"))
            .otherwise(pl.lit("masked"))
        )
        .when(code.str.len_chars() <= MAX_TAIL)
        .then(pl.lit("tail"))
        .otherwise(pl.lit("invalid"))
    )


def _birth_and_sex() -> dict[str, pl.Expr]:
    """Birth date and sex inside the number; of an invalid number nothing is believed."""
    usable = pl.col("id_kind").is_in(["valid", "masked"])
    day = _date(pl.col("id_pattern").str.slice(6, 8))
    year = pl.col("id_pattern").str.slice(6, 4).str.extract(r"^((?:18|19|20)\d\d)$", 1)
    first_of_year = pl.concat_str(year, pl.lit("0101")).str.to_date("%Y%m%d", strict=False)
    sequence = pl.col("id_pattern").str.slice(16, 1).cast(pl.Int32, strict=False)
    return {
        "id_birth_date": pl.when(usable).then(pl.coalesce(day, first_of_year)),
        "id_birth_precision": pl.when(usable & day.is_not_null())
        .then(pl.lit("day"))
        .when(usable & first_of_year.is_not_null())
        .then(pl.lit("year")),
        "id_sex": pl.when(usable & (sequence % 2 == 1))
        .then(pl.lit("1"))
        .when(usable & (sequence % 2 == 0))
        .then(pl.lit("2")),
    }


def _date(digits: pl.Expr) -> pl.Expr:
    """A real date of the years 1850 to 2099, or null."""
    plausible = digits.str.contains(r"^(?:18[5-9]|19\d|20\d)\d{5}$")
    return pl.when(plausible).then(digits).str.to_date("%Y%m%d", strict=False)
