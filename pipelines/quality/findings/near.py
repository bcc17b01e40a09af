"""Near misses: texts that one slip of the pen explains."""

from __future__ import annotations

import polars as pl


def one_sign_apart(left: pl.Expr, right: pl.Expr, width: int) -> pl.Expr:
    """Say whether two texts of equal length differ in exactly one sign; false for other lengths.

    Args:
        left: a text.
        right: another.
        width: longest text that occurs.
    """
    differing = pl.sum_horizontal(
        (left.str.slice(place, 1) != right.str.slice(place, 1)).cast(pl.Int32) for place in range(width)
    )
    return (left.str.len_chars() == right.str.len_chars()) & (differing == 1)


def swapped_neighbours(left: pl.Expr, right: pl.Expr, width: int) -> pl.Expr:
    """Say whether two neighbouring signs stand in the other order, and all else is equal."""
    return pl.any_horizontal(
        (left != right)
        & (
            left
            == pl.concat_str(
                right.str.head(place),
                right.str.slice(place + 1, 1),
                right.str.slice(place, 1),
                right.str.slice(place + 2),
            )
        )
        for place in range(width - 1)
    )


def one_sign_lost(short: pl.Expr, whole: pl.Expr, width: int) -> pl.Expr:
    """Say whether `short` is `whole` without one sign."""
    return pl.any_horizontal(
        (short == pl.concat_str(whole.str.head(place), whole.str.slice(place + 1)))
        & (whole.str.len_chars() == short.str.len_chars() + 1)
        for place in range(width)
    )


def near_miss(left: pl.Expr, right: pl.Expr, width: int) -> pl.Expr:
    """Say whether one slip turns one text into the other: a wrong, lost or doubled sign, or two exchanged."""
    return (
        one_sign_apart(left, right, width)
        | swapped_neighbours(left, right, width)
        | one_sign_lost(left, right, width)
        | one_sign_lost(right, left, width)
    )


def known_signs_apart(pattern: pl.Expr, number: pl.Expr) -> pl.Expr:
    """Return in how many of its known places a pattern of 18 signs differs from a number."""
    return pl.sum_horizontal(
        ((pattern.str.slice(place, 1) != "*") & (pattern.str.slice(place, 1) != number.str.slice(place, 1))).cast(
            pl.Int32
        )
        for place in range(18)
    )
