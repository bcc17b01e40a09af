"""Chinese ID numbers as departments write them, read as evidence of a person (rules: `id_check`).

Everything is a Polars expression over the distinct texts of a column, so that the cost follows the distinct values.
"""

from __future__ import annotations

import polars as pl

from pipelines.normalise.id_check import (
    CHECK_CHARACTERS,
    ID_LENGTH,
    WEIGHTS,
    birth_inside,
    check_character,
    is_valid,
    sex_inside,
)
from pipelines.normalise.id_pattern import MAX_TAIL, full_number, known_places
from pipelines.normalise.id_text import bare_signs

__all__ = ["CHECK_CHARACTERS", "ID_LENGTH", "SCHEMA", "WEIGHTS", "check_character", "parse_ids"]

# Passports and permits. Chinese passports (普通护照 E, G; 因公 D, S, P) have one or two letters and 7 or 8 digits;
# permits of Hong Kong and Macao people (港澳居民来往内地通行证) H or M and 8 or 10 digits; of Taiwan people
# (台湾居民来往大陆通行证) 8 digits, before 2015 ten digits and a letter; the foreigners' permanent residence card
# before 2023 three letters and twelve digits; passports of other states mix 7 to 12 letters and digits, or have 9
# digits.
_PASSPORT = r"^[A-Z]{1,2}\d{6,10}$|^[A-Z]{3}\d{12}$|^\d{9}$|^\d{8}$|^\d{10}[A-Z]$"
_MIXED = r"^[A-Z0-9]{7,12}$"
_PASSPORT_DIGITS = 5
_DATE = r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"

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
        tail, passport, none); `id_number` (18 characters for `valid` and for `invalid` of the right shape; the number
        of the passport or permit for `passport`); `id_pattern` (18 characters with `*` for the unknown ones, for
        everything of which digits are known by their place); `id_birth_date` and `id_birth_precision` (day; month or
        year, with its first day, where a mask hides the rest; null when the date is not real or the number is
        invalid), `id_sex` ("1" male, "2" female, null when hidden; a tail tells it too).

    Example:
        >>> parse_ids(pl.Series(["990102198012132159", "尾号2159", None]))["id_kind"].to_list()
        ['valid', 'tail', 'none']
    """
    keys = texts.cast(pl.String).rename("key").to_frame()
    parsed = _parse_distinct(keys.unique(maintain_order=True))
    return keys.join(parsed, on="key", how="left", nulls_equal=True, maintain_order="left").select(*SCHEMA)


def _parse_distinct(keys: pl.DataFrame) -> pl.DataFrame:
    steps = keys.with_columns(id_text=_trimmed(pl.col("key")))
    steps = steps.with_columns(code=bare_signs(steps["id_text"]))
    steps = steps.with_columns(full=full_number(pl.col("code")))
    steps = steps.with_columns(pattern=known_places(pl.col("code"), pl.col("full")))
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


def _kind() -> pl.Expr:
    code, full, pattern = pl.col("code"), pl.col("full"), pl.col("pattern")
    digits = code.str.count_matches(r"\d")
    mixed = code.str.contains(_MIXED) & code.str.contains(r"[A-Z]") & (digits >= _PASSPORT_DIGITS)
    passport = code.str.contains(_PASSPORT) | (mixed & ~code.str.contains(r"^\d+X$"))
    short = code.str.len_chars() <= MAX_TAIL
    lost = ~code.str.contains("*", literal=True) & ~short  # one sign of a whole number is missing
    tail = pattern.str.contains(r"^\*{12}\d{5}[\dX]$|^\*{13}\d{4}[\dX]$|^\*{14}\d{3}[\dX]$")
    return (
        pl.when(code.is_null())
        .then(pl.lit("none"))
        .when(is_valid(full))
        .then(pl.lit("valid"))
        .when(full.is_not_null() | code.str.contains(r"^\d(?:\.\d+)?E\+?\d+$"))
        .then(pl.lit("invalid"))
        .when(passport & ~code.str.contains(_DATE))
        .then(pl.lit("passport"))
        .when(pattern.is_null() | lost)
        .then(pl.lit("invalid"))
        .when(tail)
        .then(pl.lit("tail"))
        .otherwise(pl.lit("masked"))
    )


def _birth_and_sex() -> dict[str, pl.Expr]:
    """Birth date and sex inside the number; of an invalid number nothing is believed."""
    usable = pl.col("id_kind").is_in(["valid", "masked"])
    day = birth_inside(pl.col("id_pattern"))
    year = pl.col("id_pattern").str.slice(6, 4).str.extract(r"^((?:18|19|20)\d\d)$", 1)
    month = pl.col("id_pattern").str.slice(6, 6).str.extract(r"^((?:18|19|20)\d\d(?:0[1-9]|1[0-2]))$", 1)
    first_of_month = pl.concat_str(month, pl.lit("01")).str.to_date("%Y%m%d", strict=False)
    first_of_year = pl.concat_str(year, pl.lit("0101")).str.to_date("%Y%m%d", strict=False)
    return {
        "id_birth_date": pl.when(usable).then(pl.coalesce(day, first_of_month, first_of_year)),
        "id_birth_precision": pl.when(usable & day.is_not_null())
        .then(pl.lit("day"))
        .when(usable & first_of_month.is_not_null())
        .then(pl.lit("month"))
        .when(usable & first_of_year.is_not_null())
        .then(pl.lit("year")),
        "id_sex": pl.when(usable | (pl.col("id_kind") == "tail")).then(sex_inside(pl.col("id_pattern"))),
    }
