"""Phone numbers as departments write them: several in a cell, masked, full-width, or a spreadsheet's float.

Rules: mainland mobile numbers have 11 digits and begin with 13 to 19 (工信部 numbering plan; the demo city's begin
with 142, which no operator issues); landlines are area code (0 and 2 or 3 digits) and 7 or 8 digits; a landline
without its area code is kept as it is.
"""

from __future__ import annotations

import polars as pl

_SEPARATORS = r"[、,，;；/|\\\s]+"
_MASKS = r"[*×●○•#?？_…]"


def parse_phones(texts: pl.Series) -> pl.DataFrame:
    """Read all phone numbers of every cell.

    Args:
        texts: one cell a row, a text as delivered or a list of texts; null where empty.

    Returns:
        One row a cell, in the same order: `phones` (list of distinct numbers, digits only, in the order written) and
        `phone_masks` (11 characters with `*` for hidden digits). Both lists are empty where nothing can be used.

    Example:
        >>> parse_phones(pl.Series(["142 1234 5678、0990-6362956", "142****5678"])).rows()
        [(['14212345678', '09906362956'], []), ([], ['142****5678'])]
    """
    cells = texts.list.join("、") if isinstance(texts.dtype, pl.List) else texts.cast(pl.String)
    keys = cells.rename("key").to_frame()
    distinct = keys.drop_nulls().unique(maintain_order=True)
    tokens = (
        distinct.with_columns(token=_tidy(pl.col("key")).str.split(" "))
        .explode("token")
        .with_columns(token=pl.col("token").str.replace_all(r"[-—–()+.]", ""))
        .with_columns(token=_without_country(pl.col("token")))
    )
    usable = tokens["token"].str.contains(r"^1[3-9]\d{9}$|^0\d{9,11}$|^[2-8]\d{6,7}$")
    masked = tokens["token"].str.contains(r"^1[3-9*][\d*]{9}$|^0[\d*]{9,11}$") & tokens["token"].str.contains(r"\*.*")
    lists = _collected(tokens.filter(usable), "phones").join(
        _collected(tokens.filter(masked), "phone_masks"), on="key", how="full", coalesce=True
    )
    empty = pl.lit([], dtype=pl.List(pl.String))
    return keys.join(lists, on="key", how="left", maintain_order="left").select(
        pl.col("phones").fill_null(empty), pl.col("phone_masks").fill_null(empty)
    )


def _tidy(cell: pl.Expr) -> pl.Expr:
    """One space between numbers and none inside one: `142 1234 5678` is one number, so is `0990 6362956`."""
    text = cell.str.normalize("NFKC").str.replace_all(_MASKS, "*")
    text = text.str.replace_all(r"[^\d*+\-—–().,，、;；/|\\\sEe]", " ")  # 手机:142..., 142...(妻)
    text = text.str.replace_all(r"\b1\.(\d{10})[Ee]\+?10\b", "1$1").str.replace_all(r"\b(1\d{10})\.0+\b", "$1")
    text = text.str.replace_all(_SEPARATORS, " ").str.strip_chars()
    text = text.str.replace_all(r"\b(1[\d*]{2})[ -]([\d*]{4})[ -]([\d*]{4})\b", "$1$2$3")
    return text.str.replace_all(r"(^| )\(?(0\d{2,3})\)?[ -](\d{7,8})\b", "$1$2$3")


def _without_country(token: pl.Expr) -> pl.Expr:
    return token.str.replace(r"^(?:0086|86)(1[\d*]{10})$", "$1").str.replace(r"^(?:0086|86)0?(\d{9,11})$", "0$1")


def _collected(tokens: pl.DataFrame, name: str) -> pl.DataFrame:
    return tokens.group_by("key", maintain_order=True).agg(pl.col("token").unique(maintain_order=True).alias(name))
