"""What is known of a number by its place: 18 signs with `*` for the unknown ones."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.id_check import ID_LENGTH, birth_inside, check_character, upgraded

MIN_TAIL = 4
MAX_TAIL = 6


def full_number(code: pl.Expr) -> pl.Expr:
    """18 characters for a number of 18, or of 15 brought to 18; null for everything else."""
    return (
        pl.when(code.str.contains(r"^\d{17}[\dX]$"))
        .then(code)
        .when(code.str.contains(r"^\d{15}$"))
        .then(upgraded(code))
    )


def known_places(code: pl.Expr, full: pl.Expr) -> pl.Expr:
    """Return the pattern of a whole number, a mask of any width, a tail, what a spreadsheet left, or one sign lost.

    Null where no digit is known by its place. `full` is `full_number(code)`.
    """
    # 990102198012132000: a spreadsheet keeps fifteen digits of a number and writes zeros for the rest.
    rounded = full.str.ends_with("000") & (check_character(full.str.slice(0, 17)) != full.str.slice(17, 1))
    return (
        pl.when(rounded)
        .then(pl.concat_str(full.str.slice(0, 15), pl.lit("***")))
        .when(full.is_not_null())
        .then(full)
        .otherwise(pl.coalesce(_masked(code), _spreadsheet(code), _tail(code), _one_lost(code)))
    )


def _masked(code: pl.Expr) -> pl.Expr:
    head = code.str.extract(r"^(\d*)\*", 1)
    tail = code.str.extract(r"\*(\d*[\dX]?)$", 1)
    known = (head.str.len_chars() + tail.str.len_chars()).cast(pl.Int64)
    stretched = pl.concat_str(head, _stars(ID_LENGTH - known), tail)
    # 3301*1990*1234: a year, or a whole birth date, between two masks of the wrong width.
    middle = code.str.extract(r"^\d{0,6}\*+((?:19|20)\d{2}(?:\d{4})?)\*+\d{0,4}X?$", 1)
    head_width, middle_width, tail_width = (part.str.len_chars().cast(pl.Int64) for part in (head, middle, tail))
    placed = pl.concat_str(head, _stars(6 - head_width), middle, _stars(12 - middle_width - tail_width), tail)
    return (
        pl.when(code.str.contains(r"^[\d*]{15}$") & code.str.contains(r"^\d{6}\*{6}"))
        .then(pl.concat_str(code.str.slice(0, 6), pl.lit("**"), code.str.slice(6, 9), pl.lit("*")))
        .when(code.str.contains(r"^[\d*]{17}[\dX*]$") & code.str.contains(r"\d") & code.str.contains(r"\*"))
        .then(code)
        .when(middle.is_not_null())
        .then(placed)
        .when(code.str.contains(r"^\d*\*+\d*[\dX]?$") & (known >= 1) & (known < ID_LENGTH))
        .then(stretched)
    )


def _spreadsheet(code: pl.Expr) -> pl.Expr:
    """9.90103E+17: the digits shown, but the last, which may be rounded up."""
    shown = code.str.extract(r"^(\d(?:\.\d+)?)E\+?17$", 1).str.replace(".", "", literal=True)
    kept = pl.when(shown.str.len_chars() > 1).then(shown.str.head(-1)).otherwise(shown)
    usable = shown.str.len_chars().is_between(2, 15)
    return pl.when(usable).then(pl.concat_str(kept, _stars(ID_LENGTH - kept.str.len_chars().cast(pl.Int64))))


def _tail(code: pl.Expr) -> pl.Expr:
    short = code.str.extract(r"^(\d{3,7}[\dX])$", 1)
    width = short.str.len_chars().cast(pl.Int64)
    return pl.when(width.is_between(MIN_TAIL, MAX_TAIL)).then(pl.concat_str(_stars(ID_LENGTH - width), short))


def _one_lost(code: pl.Expr) -> pl.Expr:
    """Seventeen signs: a birth date that stands in its place tells on which side of it the lost sign was."""
    seventeen = code.str.contains(r"^\d{16}[\dX]$")
    behind = birth_inside(code).is_not_null()
    before = birth_inside(pl.concat_str(pl.lit("0"), code)).is_not_null()
    return (
        pl.when(seventeen & behind & ~before)
        .then(pl.concat_str(code.str.head(14), pl.lit("****")))
        .when(seventeen & before & ~behind)
        .then(pl.concat_str(pl.lit("*" * 6), code.str.slice(5)))
    )


def _stars(count: pl.Expr) -> pl.Expr:
    return pl.lit("*" * ID_LENGTH).str.slice(0, count.clip(0, ID_LENGTH))
