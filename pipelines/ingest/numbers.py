"""Numbers and yes/no as departments write them; pure, over distinct texts."""

from __future__ import annotations

import polars as pl

# Units that stand behind a number in the same cell (`89.5㎡`, `3人`); the contract says which unit is meant.
_UNITS = r"(?:元|元/月|m2|平方米|平米|分钟|人|户|层|楼|分|个|件|台|年|岁|次|米|处|家|份)?"
_NUMBER = rf"^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?){_UNITS}$"
_THOUSANDS = r"^([+-]?\d{1,3}(?:,\d{3})+)(\.\d+)?"
# Beyond this a float no longer tells one whole number from the next.
_LARGEST_WHOLE = 2**53
_TRUE = ("是", "有", "true", "1", "y", "yes", "t", "√", "✓", "对")
_FALSE = ("否", "无", "没有", "false", "0", "n", "no", "f", "×", "x", "不是")


def parse_numbers(texts: pl.Series) -> pl.Series:
    """Read numbers as Float64, null where unread.

    Accepts full-width digits, thousands separators, `负` for minus, an exponent and a unit behind.

    >>> parse_numbers(pl.Series(["１２．５㎡", "1,200元", "负1", "12-3"])).to_list()
    [12.5, 1200.0, -1.0, None]
    """
    text = _plain(pl.col("text"))
    grouped = text.str.extract(_THOUSANDS, 0).is_not_null()
    bare = pl.when(grouped).then(text.str.replace_all(",", "")).otherwise(text)
    value = bare.str.extract(_NUMBER, 1).cast(pl.Float64, strict=False)
    frame = pl.DataFrame({"text": texts.cast(pl.String)})
    return frame.select(pl.when(value.is_finite()).then(value).alias(texts.name)).to_series()


def parse_integers(texts: pl.Series) -> pl.Series:
    """Read whole numbers as Int64 (`3.0` is one, `3.5` is unread); see `parse_numbers`."""
    frame = pl.DataFrame({"text": texts.cast(pl.String), "number": parse_numbers(texts)})
    whole = (pl.col("number") % 1 == 0) & (pl.col("number").abs() < _LARGEST_WHOLE)
    return frame.select(
        pl.when(whole).then(pl.col("number")).cast(pl.Int64, strict=False).alias(texts.name)
    ).to_series()


def parse_booleans(texts: pl.Series) -> pl.Series:
    """Read 是/否 and their kin as Boolean, null where unread."""
    frame = pl.DataFrame({"text": texts.cast(pl.String)})
    text = _plain(pl.col("text")).str.replace(r"^([01])\.0$", "$1")
    value = pl.when(text.is_in(_TRUE)).then(pl.lit(value=True)).when(text.is_in(_FALSE)).then(pl.lit(value=False))
    return frame.select(value.alias(texts.name)).to_series()


def _plain(text: pl.Expr) -> pl.Expr:
    return (
        text.str.normalize("NFKC")
        .str.replace_all(r"\s+", "")
        .str.strip_chars("'\"¥约")
        .str.to_lowercase()
        .str.replace("^负", "-")
        .str.replace("^−", "-")
    )
